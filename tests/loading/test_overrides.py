"""Other values by dotted path, in `[override]` or on the command line."""

import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from helpers.small_files import Write
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sisim.loading.file_summary import contents
from sisim.loading.files import shipped
from sisim.loading.load import changed, load_scenario
from sisim.loading.overrides import parse_value
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import derived
from sisim.scenario.register import assumptions

FILES = list(shipped("scenario").values())

TIME = "[time]\n"


def test_a_plain_value_keeps_the_source_and_leaves_the_range(write: Write) -> None:
    scenario = load_scenario(write(), {"transitions.placement.rate": 0.5})
    rate = scenario.pathway.transitions["placement"].rate
    assert rate is not None
    assert (rate.value, rate.source, rate.low, rate.high) == (0.5, "Z", None, None)


@pytest.mark.parametrize(
    "path", ["transitions.placement.rate.value", "pathway.transitions.placement.rate"]
)
def test_a_number_has_several_paths(write: Write, path: str) -> None:
    scenario = load_scenario(write(), {path: 0.5})
    assert float(scenario.pathway.transitions["placement"].rate or 0) == 0.5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_whatever_the_register_lists_can_be_set(file: Path) -> None:
    listed = assumptions(load_scenario(file)).set_index("key")
    given = {
        str(key): (row["value"] + row["low"]) / 2
        for key, row in listed.iterrows()
        if row["low"] < row["value"]
    }
    got = assumptions(load_scenario(file, given)).set_index("key")["value"]
    assert {key: got[key] for key in given} == given


def written(tables: Any, key: str) -> tuple[Any, str | int] | None:
    """Return where tables of a file write a number: a table or list, and the key there."""
    *above, last = (int(part) if part.isdigit() else part for part in key.split("."))
    try:
        for part in above:
            tables = tables[part]
        number = tables[last]
    except (KeyError, IndexError, TypeError):
        return None
    plain = number["value"] if isinstance(number, dict) and "value" in number else number
    return (tables, last) if isinstance(plain, int | float) else None


ALONE = r"(^parameters\.\w+|\.(rate|ratio|price|amount))$"


@pytest.mark.parametrize("name", ["early-or-late", "portfolio", "repayment", "every-number"])
@drawn(data=st.data())
@settings(max_examples=3, deadline=None)
def test_a_changed_scenario_is_the_one_of_files_that_say_so(name: str, data: st.DataObject) -> None:
    """In every field, and in what follows by formula."""
    own = Path(__file__).parents[1] / "helpers" / f"{name}.toml"
    file = own if own.exists() else shipped("scenario")[name]
    original = load_scenario(file)
    pathway = Path(original.origin("pathway"))
    tables, inner = (tomllib.loads(one.read_text(encoding="utf-8")) for one in (file, pathway))
    listed = assumptions(original).set_index("key")
    places = {key: written(tables, key) or written(inner, key) for key in map(str, listed.index)}
    # Of shares that are overridden only proportions are asked.
    free = [key for key, place in places.items() if place and re.search(ALONE, key)]
    keys = data.draw(st.sets(st.sampled_from(free), min_size=1, max_size=3))
    values = {key: listed.loc[key, "value"] * data.draw(st.floats(0.9, 1)) for key in sorted(keys)}
    for key, value in values.items():
        table, last = places[key] or ({}, "")
        old = table[last] if isinstance(table[last], dict) else {}
        kept = {k: part for k, part in old.items() if k not in ("low", "high", "distribution")}
        table[last] = {**kept, "value": value}
    with tempfile.TemporaryDirectory() as folder:
        for one, new in ((pathway, inner), (file, {**tables, "pathway": pathway.name})):
            (Path(folder) / one.name).write_bytes(tomli_w.dumps(new).encode())
        expected = load_scenario(Path(folder) / file.name)
    for found in (changed(original, values), load_scenario(file, values)):
        assert found.model_dump() == expected.model_dump()
        assert derived(found) == derived(expected)
        assert found.fixed == expected.fixed


USES = "tracks.attendance.states.long_absence.uses.joint_meeting_hour"


def test_a_number_that_stands_for_its_whole_table_is_found_by_its_key() -> None:
    value = {"value": 6, "low": 5, "high": 7, "source": "counted"}
    for path, given in ((USES, 6), (f"{USES}.amount", 6), (f"{USES}.amount", value)):
        scenario = load_scenario("placed-youth", {path: given})
        use = (
            scenario.pathway.tracks["attendance"].states["long_absence"].uses["joint_meeting_hour"]
        )
        assert use.amount.value == 6
        assert use.amount.low == (5 if given is value else None)
    only = load_scenario("placed-youth", {f"{USES}.amount.high": 30})
    use = only.pathway.tracks["attendance"].states["long_absence"].uses["joint_meeting_hour"]
    assert (use.amount.value, use.amount.high) == (12, 30)


def test_the_scenario_is_looked_in_first(write: Write) -> None:
    scenario = load_scenario(
        write(),
        {"name": "other", "seed": 7, "time.years": 20, "investments.support.effects.0.ratio": 0.5},
    )
    assert (scenario.name, scenario.pathway.name, scenario.seed) == ("other", "small", 7)
    assert scenario.time.years == 20
    assert scenario.investments["support"].effects[0].ratio.value == 0.5


def test_a_file_overrides_its_pathway(write: Write) -> None:
    scenario = load_scenario(
        write(
            (
                TIME,
                '[override]\n"factors.by_risk.values.high" = 6\n'
                "resources.care_day = { price = 100, cash = 'step' }\n[time]\n",
            )
        )
    )
    high = scenario.pathway.factors["by_risk"].values["high"]  # type: ignore[call-overload]
    assert high.value == 6
    resource = scenario.pathway.resources["care_day"]
    assert (resource.price.value, resource.price.source, resource.cash) == (100, "X", "step")
    origin = scenario.origin("pathway.factors.by_risk.values.high")
    assert origin.endswith("trial.toml:6")
    assert scenario.origin("pathway.factors.by_risk.values.low").endswith("small.toml")


def test_new_tables_and_longer_lists(write: Write) -> None:
    scenario = load_scenario(
        write(
            (
                TIME,
                "[override.factors.in_summer]\nfeature = 'calendar.month'\n"
                "below = [6, 9]\nvalues = [1, 2, 1]\n"
                "[override.transitions.placement]\nfactors.add = ['in_summer']\n[time]\n",
            )
        )
    )
    factors = scenario.pathway.transitions["placement"].factors
    assert factors == ["by_risk", "by_age", "in_summer"]


def test_zero_is_a_question_and_not_a_mistake(write: Write) -> None:
    assert load_scenario(write(), {"transitions.placement.rate": 0})
    # In a file too: what has never been seen may have been counted. Only `check` tells it.
    never = write(("rate = { value = 0.01, low = 0.005", "rate = { value = 0, low = 0"))
    assert load_scenario(never)
    assert any(line.startswith("Nobody ever comes to Placed") for line in contents(str(never), {}))


def test_one_share_may_change_alone(write: Write) -> None:
    scenario = load_scenario(write(), {"attributes.risk.shares.high": 0.4})
    assert scenario.pathway.attributes["risk"].shares["high"].value == 0.4


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("transitions.placment.rate", "transitions.placement.rate"),
        ("population.movers_in.peryear", "population.movers_in.per_year"),
        ("tme.years", "time.years"),
        ("sede", "seed"),
    ],
)
def test_an_unknown_path_is_answered(write: Write, path: str, nearest: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(), {path: 1})
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == ("--set", 0, path)
    assert problem.suggestion == nearest


def test_a_wrong_value_is_answered_where_it_was_given(write: Write) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(), {"transitions.home_again.probability": 1.5, "time.years": "long"})
    assert {(p.file, p.key) for p in caught.value.problems} == {
        ("--set", "transitions.home_again.probability"),
        ("--set", "time.years"),
    }


def test_the_values_on_a_command_line_are_toml_or_text() -> None:
    assert [parse_value(text) for text in ("1", "0.5", "true", "[1, 2]", "ends", "2026-01")] == [
        *(1, 0.5, True, [1, 2]),
        *("ends", "2026-01"),
    ]


def test_what_is_changed_for_one_is_not_changed_for_the_next() -> None:
    """A file is read once, and what it says is shared by all who load it."""
    before = load_scenario("placed-youth")
    rate = before.pathway.transitions["placed_for_care"].rate
    changed = load_scenario(
        "placed-youth",
        {"population.residents": 77, "pathway.transitions.placed_for_care.rate": 0.5},
    )
    assert changed.pathway.transitions["placed_for_care"].rate != rate
    assert load_scenario("placed-youth") == before
