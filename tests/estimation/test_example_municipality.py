"""The invented municipality: its awkward extract is refused by row, mended, and told right."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sisim.estimation.estimate_file import EstimationPlan, load_estimation
from sisim.estimation.example_municipality import (
    HEAD,
    OWN,
    Placement,
    awkward_extract,
    example_lives,
    placements,
    write_estimation,
    write_example,
)
from sisim.estimation.rates import Estimates, estimates, pathway_rates, read_extract
from sisim.estimation.spell_table import read_spells
from sisim.loading.key_figures import read_key_figures
from sisim.report.estimation_report import reading_lines
from sisim.scenario.errors import ScenarioError

MUNICIPALITIES = 20
FUTURE = 3000.0
"""What has not ended ends then, and some systems write the year 9999."""
DECIDED = (
    ("to_included", 'overlap = "ended"\nto_included'),
    ('"Jourhem" =', '"Jourfamiljehem" = "emergency"\n"Jourhem" ='),
)
"""What somebody must decide about the extract of the example."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the files of the example."""
    found = tmp_path_factory.mktemp("exempelstad")
    write_example(found)
    return found


@pytest.fixture(scope="module")
def register() -> list[Placement]:
    """Return the register of the example before anything is wrong in it."""
    return placements(example_lives())


@pytest.fixture(scope="module")
def residents() -> list[Placement]:
    """Return the register of 60 000 people, of whom twenty municipalities are made."""
    return placements(example_lives(residents=60_000, seed=3), 3)


def decided(folder: Path) -> EstimationPlan:
    """Return the estimation when what must be decided has been, and a slip of the pen mended."""
    file, extract = folder / "estimate.toml", folder / "placeringar.csv"
    text = file.read_text(encoding="utf-8")
    for before, after in DECIDED:
        text = text if after in text else text.replace(before, after)
    file.write_text(text, encoding="utf-8", newline="\n")
    extract.write_bytes(extract.read_bytes().replace(b";1922-", b";2022-"))
    return load_estimation(file)


def test_what_nobody_has_decided_is_refused_by_row(folder: Path) -> None:
    plan = load_estimation(folder / "estimate.toml")
    with pytest.raises(ScenarioError) as caught:
        read_spells(plan.files["placements"], plan.estimation.data["placements"])
    said = [re.sub(r"[\d ]+", " ", str(one.reason.text)) for one in caught.value.problems]
    lines = [one.place.line for one in caught.value.problems]
    assert len(set(lines)) == len(lines) == 8
    assert sum("another state since row" in one for one in said) == 3
    assert sum("Jourfamiljehem" in one for one in said) == 4
    assert sum("ends before it begins" in one for one in said) == 1


def test_mended_and_decided_it_says_what_it_was_made_of(
    folder: Path, register: list[Placement]
) -> None:
    """Whatever rows stand twice, overlap or have times of the day: the spells are those lived."""
    plan = decided(folder)
    extract = plan.estimation.data["placements"]
    found = read_spells(plan.files["placements"], extract)
    rules = ("below", "repeated", "joined", "shortened")
    assert [len(found.notes.rows(rule)) for rule in rules] == [2, 6, 4, 3]
    lines = [HEAD, *(one.line() for one in register)]
    (folder / "plain.csv").write_text("\n".join(lines), encoding="utf-8", newline="\n")
    plain = read_spells(folder / "plain.csv", extract)
    assert found.category.tolist() == plain.category.tolist()
    for column in ("start", "end", "born"):
        told, lived = (np.minimum(getattr(one, column), FUTURE) for one in (found, plain))
        assert told == pytest.approx(lived)


def test_the_same_extract_is_written_every_time(folder: Path, register: list[Placement]) -> None:
    told = (folder / "placeringar.csv").read_bytes().replace(b";2022-", b";1922-")
    lines = "\r\n".join(awkward_extract(register)).encode("latin-1") + b"\r\n"
    assert told == lines.replace(b";2022-", b";1922-")
    assert lines.split(b"\r\n")[2].decode("latin-1") == HEAD


def test_its_key_figures_are_read_with_what_is_hidden_and_what_is_not_there_yet(
    folder: Path,
) -> None:
    found = read_key_figures([str(folder / "nyckeltal.csv")])
    states = {(one.year, one.status) for one in found.figures}
    assert {one.year for one in found.figures if one.status == "missing"} == {2025}
    assert any(status == "suppressed" for _, status in states)
    (value,) = [
        one.value
        for one in found.figures
        if (one.code, one.year, one.sex) == ("U90002", 2024, "total")
    ]
    assert value is not None
    assert 10 < value < 40


def test_in_twenty_municipalities_95_per_cent_of_the_intervals_hold_the_truth(
    residents: list[Placement], tmp_path: Path
) -> None:
    """Each is a twentieth of the people of a place whose rates are known; only the data count.

    The count is held to what a binomial one of 95 % gives in 99 of 100 cases; by forty
    with rates all their own, `experiments/register-recovery`.
    """
    plan = load_estimation(write_estimation(tmp_path, prior="none"))
    nation = pathway_rates(plan)
    emergency = plan.estimation.data["placements"].categories.index(frozenset({"emergency"}))
    ends = plan.pathway.transitions["emergency_ends"].rate
    assert ends is not None
    assert nation["placements"].rates[emergency].sum(axis=0) == pytest.approx(ends.per_year)
    where = np.random.default_rng(1).integers(0, MUNICIPALITIES, residents[-1].person + 1)
    held = tried = 0
    shares: list[tuple[float, float]] = []
    for municipality in range(MUNICIPALITIES):
        own = [one.line() for one in residents if where[one.person] == municipality]
        plan.files["placements"].write_text("\n".join([HEAD, *own]), encoding="utf-8", newline="\n")
        found = estimates(plan, {"placements": read_extract(plan, "placements")}, nation)
        for rate in found.rates:
            if rate.is_told:
                low, high = rate.ratio.interval((0.025, 0.975))
                held += low <= OWN.get(rate.transitions[0], 1.0) <= high
                tried += 1
            # Where people go from there is as in the pathway.
            shares += [one.ratio.interval((0.025, 0.975)) for one in rate.shares]
    low, high = stats.binom.ppf([0.005, 0.995], tried, 0.95)
    assert tried > 100
    assert low <= held <= high, f"{held} of {tried}"
    low, high = stats.binom.ppf([0.005, 0.995], len(shares), 0.95)
    held = sum(one[0] <= 1 <= one[1] for one in shares)
    assert len(shares) > 30
    assert low <= held <= high, f"{held} of {len(shares)}"


def test_what_was_put_right_is_told_by_row_in_both_languages(folder: Path) -> None:
    plan = decided(folder)
    registers = {"placements": read_extract(plan, "placements")}
    notes = {"placements": registers["placements"].notes}  # type: ignore[union-attr]
    said = reading_lines(Estimates(plan, (), (), notes=notes))
    assert len(said) == 5
    assert said[1].startswith("placeringar.csv: 6 rows say the same as another")
    assert all(re.search(r"\(rows \d+, \d+", one) for one in said)
