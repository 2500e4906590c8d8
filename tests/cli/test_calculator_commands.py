"""`sisim sroi` and `sisim static` as a user meets them, with good and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import sisim
from helpers.followed import EV1

from sisim.loading.result_table import read_table

SROI: dict[str, Any] = {
    "horizon": 1,
    "years_before": 3,
    "values": {"well": {"outcome": "again", "per_unit": 450000, "stakeholder": "The young"}},
}


def changed(**keys: Any) -> tuple[str, ...]:
    """Return the options that give EV1 a social return, with some keys of it otherwise."""
    values = {**{f"sroi.{key}": one for key, one in SROI.items()}, **keys}
    return tuple(part for key, one in values.items() for part in ("--set", f"{key}={_toml(one)}"))


def _toml(node: Any) -> str:
    if isinstance(node, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in node.items()) + " }"
    return json.dumps(node)


def test_both_ratios_and_the_sentence_of_what_they_lack(tmp_path: Path) -> None:
    said = sisim("sroi", EV1, *changed(), "--replications", 2, "--out", tmp_path, lang="sv")
    assert said.exit_code == 0, said.output
    lacks = "Den har ingen jämförelsegrupp (fråga 16); här är jämförelsen simulerad."
    assert f"Kvoten räknar även värden som ingen betalar. {lacks}" in said.stdout
    ratios = read_table(tmp_path / "sroi-ratios.csv").set_index("ratio")["value"]
    assert ratios["guessed"] == pytest.approx(0.75 * ratios["raw"])
    assert (tmp_path / "sroi.png").exists()


def test_a_ratio_without_meaning_is_said_to_be_so(tmp_path: Path) -> None:
    worse = changed(**{"investments.team.effects.0.ratio": 1.5})
    said = sisim("sroi", EV1, *worse, "--replications", 1, "--out", tmp_path)
    assert "The ratio has no meaning here" in said.stdout


def test_the_lines_of_a_calculator_and_the_bridge(tmp_path: Path) -> None:
    few = ("--replications", 2, "--out", tmp_path)
    said = sisim("static", EV1, "--effect", "0.2", "--participants", "180", *few)
    assert said.exit_code == 0, said.output
    assert "Units avoided per participant" in said.stdout
    bridge = read_table(tmp_path / "static-bridge.csv").set_index("part")["amount"]
    assert bridge.drop("seen").sum() == pytest.approx(bridge["seen"], abs=0.5)


@pytest.mark.parametrize(
    ("keys", "english", "swedish"),
    [
        ({"sroi.values": {}}, "Nothing is valued", "Inget värderas"),
        (
            {"sroi.values.well.outcome": "nothing"},
            'The outcome "nothing" does not exist',
            "”nothing” finns inte",
        ),
        ({"sroi.horizon": 5}, "nobody can be followed for so long", "kan ingen följas"),
        ({"sroi.years_before": 4}, "years_before = 4", "years_before = 4"),
        ({"sroi.guessed.deadweight": 25}, "write 25 % as 0.25", "skriv 25 % som 0.25"),
        ({"sroi.investment": "other"}, '"other" does not exist', "”other” finns inte"),
    ],
)
def test_a_mistake_is_answered_in_both_languages(
    keys: dict[str, Any], english: str, swedish: str
) -> None:
    for lang, text in (("en", english), ("sv", swedish)):
        said = sisim("sroi", EV1, *changed(**keys), lang=lang)
        assert said.exit_code == 2, said.output
        assert text in said.output
        assert "Traceback" not in said.output


def test_a_file_that_values_nothing_is_told_what_to_write() -> None:
    for lang, text in (("en", "says of no value what it is worth"), ("sv", "anger inget värde")):
        said = sisim("sroi", EV1, lang=lang)
        assert said.exit_code == 2
        assert text in said.output


@pytest.mark.parametrize("command", ["sroi", "static"])
def test_an_arm_in_which_nothing_is_invested_is_answered(command: str) -> None:
    arm = ("--set", 'arms.idle={ label = "Idle", investments = {} }', "--arm", "idle")
    one = tuple(
        part
        for name in ("one_year", "earlier", "other", "difference", "trend", "process")
        for part in ("--set", f'evaluations.{name}.arm="project"')
    )
    for lang, text in (("en", "Nothing is invested"), ("sv", "görs ingen investering")):
        said = sisim(command, EV1, *changed(), *one, *arm, lang=lang)
        assert said.exit_code == 2, said.output
        assert text in said.output


@pytest.mark.parametrize("command", ["sroi", "static"])
def test_an_arm_that_is_not_there_is_answered(command: str) -> None:
    said = sisim(command, EV1, *changed(), "--arm", "nothing")
    assert said.exit_code == 2
    assert 'no arm "nothing"' in said.output


def test_a_level_that_is_none_is_answered() -> None:
    for lang, text in (("en", "--level takes start or year"), ("sv", "--level tar start")):
        said = sisim("static", EV1, "--level", "summer", lang=lang)
        assert said.exit_code == 2
        assert text in said.output
