"""Memory and time of a run are estimated before it begins, and what cannot fit is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.command_line import sisim as command_line

import sisim
from sisim.checks.run_size import (
    GB,
    MB,
    PER_BYTE,
    PER_RUN,
    PER_STEP,
    require_fits,
    run_size,
    slowness,
    too_large,
)
from sisim.i18n import Lang
from sisim.portable import run_apart
from sisim.scenario.errors import ScenarioError

MEASURE = """
import json, sys, tempfile
import sisim
from sisim.portable import peak_memory
scenario = sisim.load(sys.argv[1], json.loads(sys.argv[2]))
result = sisim.run(scenario)
if scenario.figures is not None:
    result.save(tempfile.mkdtemp())
else:
    result.costs, result.outcomes(), result.money_tables
print(peak_memory())
"""


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("placed-youth", {"replications": 6}),
        ("peterborough", {"replications": 4}),
        ("placed-youth", {"replications": 1, "population.residents": 100_000}),
    ],
)
def test_the_estimate_is_near_what_a_run_takes(name: str, changes: dict[str, Any]) -> None:
    scenario = sisim.load(name, changes)
    memory = float(run_apart(MEASURE, name, json.dumps(changes)))
    estimated = run_size(scenario, cores=2)
    assert 0.85 * memory < estimated.memory / MB < 2 * memory


def test_the_time_is_estimated_from_what_a_run_does() -> None:
    """One more year is lived by as many people, and counted in as many cells, as in a run."""
    changes = {"population.residents": 2_000, "replications": 1}
    scenario = sisim.load("placed-youth", changes)
    longer = sisim.load("placed-youth", {**changes, "time.years": scenario.time.years + 1})
    one, other = run_size(scenario, cores=1), run_size(longer, cores=1)
    counts = sisim.run(scenario).counts
    people = counts.people([]).query("arm == 'without' and state == 'resident'")["people"].mean()
    steps = scenario.pathway.steps_per_year
    tally = counts.replications[0].tally
    counted = sum(part.nbytes for part in vars(tally).values()) / tally.stock.shape[1]
    tracks = len(scenario.pathway.tracks)
    expected = steps * (people * tracks * PER_STEP + counted * PER_BYTE)
    assert expected / 1.3 < other.seconds - one.seconds < 1.3 * expected


def test_more_runs_take_longer_and_more_cores_less_long() -> None:
    scenario = sisim.load("placed-youth")
    one, two, four = (run_size(scenario, runs, cores=1).seconds for runs in (1, 2, 4))
    assert four - two == pytest.approx(2 * (two - one))
    beside = run_size(scenario, 4, cores=2).seconds
    assert beside - PER_RUN == pytest.approx((four - PER_RUN) / 2)
    # How slow this computer is does not change from one answer to the next.
    assert slowness() == slowness() > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"population.residents": 4_000_000},
        {"replications": 20_000},
        {"time.years": 100},
        {"population.growth": 0.3},
        {"time.history": 50, "replications": 100},
    ],
)
def test_what_makes_a_run_larger_makes_its_estimate_larger(changes: dict[str, Any]) -> None:
    plain = sisim.load("placed-youth")
    data = plain.model_dump(by_alias=True)
    for path, value in changes.items():
        *around, last = path.split(".")
        node = data
        for part in around:
            node = node[part]
        node[last] = value
    larger = type(plain).model_validate(data)
    assert run_size(larger).memory > 1.2 * run_size(plain).memory


def test_more_arms_take_more_memory() -> None:
    plain = sisim.load("placed-youth")
    arm = plain.arms["project"]
    many = plain.model_copy(update={"arms": {f"arm-{n}": arm for n in range(300)}})
    assert run_size(many).memory > 40 * run_size(plain).memory


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_what_cannot_fit_is_refused_with_what_would(lang: Lang) -> None:
    scenario = sisim.load("placed-youth")
    found = too_large(scenario, 1000, most=4 * GB)
    assert found is not None
    key, reason = found
    assert key == "replications"
    count = int("".join(c for c in reason.text.rpartition(":")[2] if c.isdigit()))
    require_fits(scenario, count, most=4 * GB)
    with pytest.raises(ScenarioError):
        require_fits(scenario, round(1.1 * count), most=4 * GB)


def test_where_one_replication_is_too_large_fewer_people_would_fit() -> None:
    scenario = sisim.load("placed-youth", {"population.residents": 200_000, "replications": 1})
    key, reason = too_large(scenario, most=GB) or ("", None)
    assert key == "population.residents"
    assert "people" in repr(reason)


def test_the_number_is_told_without_end_where_nothing_is() -> None:
    scenario = sisim.load("placed-youth")
    growing = scenario.population.model_copy(update={"max_age": 1e300})
    endless = scenario.model_copy(update={"population": growing})
    assert too_large(endless, 1) is not None


def test_every_door_refuses() -> None:
    huge = ["--set", "replications=1000000"]
    for words in (["check", "placed-youth"], ["run", "placed-youth"], ["money", "placed-youth"]):
        done = command_line(*words, *huge)
        assert done.exit_code == 2
        assert "replications" in done.stderr
        assert "would fit" in done.stderr
    with pytest.raises(ScenarioError):
        sisim.run("placed-youth", replications=1_000_000)
    with pytest.raises(ScenarioError):
        sisim.load("placed-youth", {"population.residents": 100_000_000})


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_check_says_what_a_run_takes(lang: Lang) -> None:
    last = command_line("check", "placed-youth", lang=lang).stdout.splitlines()[-1]
    assert " GB " in last or " MB " in last
    assert " s " in last
    assert ("A run takes" in last) == (lang == "en")
