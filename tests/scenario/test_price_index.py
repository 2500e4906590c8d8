"""A price index of one's own, in the scenario or in a file beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import sisim as command_line
from helpers.small_files import Write

from sisim.economics.prices import conversion
from sisim.i18n import Lang
from sisim.loading.load import changed, load_scenario, read_scenario
from sisim.scenario.errors import ScenarioError
from sisim.scenario.price_index import PRICE_INDEX
from sisim.scenario.register import assumptions

LATER = max(PRICE_INDEX) + 3
INDEX = f'{LATER} = {{ value = 500, source = "ours", grade = "assumption" }}\n2024 = 400\n'
LEVEL = f"[economy]\nprice_level = {LATER}\n"
NAMED = LEVEL + 'price_index = "my-index.toml"\n\n[time]\n'


def beside(write: Write, content: str, economy: str = NAMED) -> Path:
    """Write a scenario, and an index beside it; return the scenario's path."""
    path = write(("[time]\n", economy))
    (path.parent / "my-index.toml").write_text(content)
    return path


def problems(path: Path, **more: Any) -> list[str]:
    """Return what is wrong."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, **more)
    return [one.render() for one in caught.value.problems]


def test_a_file_adds_years_to_those_that_ship(write: Write) -> None:
    index = load_scenario(beside(write, INDEX)).price_index
    assert index == PRICE_INDEX | {2024: 400.0, LATER: 500.0}
    assert conversion(2024, LATER, index) == 1.25
    assert list(index) == sorted(index)


def test_a_table_in_the_scenario_says_the_same(write: Write) -> None:
    inline = LEVEL + f"price_index = {{ {LATER} = 500, 2024 = 400 }}\n\n[time]\n"
    assert load_scenario(beside(write, "", inline)).price_index == PRICE_INDEX | {
        2024: 400.0,
        LATER: 500.0,
    }


def test_prices_follow_it(write: Write) -> None:
    path = write(("[time]\n", "[time]\n"))
    plain = command_line("money", path, "--set", "population.residents=300")
    path = beside(write, INDEX)
    own = command_line("money", path, "--set", "population.residents=300")
    assert plain.exit_code == own.exit_code == 0


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_what_is_wrong_in_the_file_is_told_with_its_place(lang: Lang, write: Write) -> None:
    (text,) = problems(beside(write, f"{LATER} = 500\n\nnext-year = 3\n"))
    assert "my-index.toml:3: next-year: " in text
    (text,) = problems(beside(write, f"{LATER} = 0\n"))
    assert f"my-index.toml:1: {LATER}: " in text
    (text,) = problems(beside(write, f"{LATER} = 500 kr\n"))
    assert "my-index.toml:1" in text


def test_a_file_that_is_not_there_is_told_where_it_is_named(write: Write) -> None:
    path = beside(write, INDEX)
    path.write_text(path.read_text().replace("my-index", "my-indx"))
    (text,) = [one for one in problems(path) if "price_index" in one]
    assert "trial.toml" in text
    assert 'Did you mean "my-index.toml"?' in text


def test_a_year_without_an_index_is_told_of_the_key(write: Write) -> None:
    (text,) = problems(write(("[time]\n", LEVEL + "\n[time]\n")))
    assert "price_index" in text


def test_it_stays_when_something_else_is_changed(write: Write) -> None:
    scenario = load_scenario(beside(write, INDEX))
    assert changed(scenario, {"time.years": 5}).price_index == scenario.price_index
    assert scenario.origin(f"economy.price_index.{LATER}").endswith("my-index.toml")
    assert scenario.origin("economy.price_level").endswith("trial.toml")


@pytest.mark.parametrize("where", ["file", "table"])
def test_a_year_of_it_can_be_set(where: str, write: Write) -> None:
    inline = LEVEL + f"price_index = {{ {LATER} = 500, 2024 = 400 }}\n\n[time]\n"
    path = beside(write, INDEX) if where == "file" else beside(write, "", inline)
    key = f"economy.price_index.{LATER}"
    assert load_scenario(path, {key: 600}).price_index[LATER] == 600
    assert key in set(assumptions(load_scenario(path))["key"])


def test_another_file_can_be_set(write: Write) -> None:
    path = beside(write, INDEX)
    (path.parent / "other.toml").write_text(f"{LATER} = 700\n", encoding="utf-8")
    found = load_scenario(path, {"economy.price_index": "other.toml"}).price_index
    assert found == PRICE_INDEX | {LATER: 700.0}


def test_the_documentation_shows_what_can_be_read(write: Write) -> None:
    page = Path(__file__).parents[2] / "docs" / "howto" / "price-index.md"
    text = page.read_text(encoding="utf-8")
    table, named, index = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = write(("[time]\n", table + "\n[time]\n"))
    shown = load_scenario(path)
    (path.parent / "our-index.toml").write_text(index, encoding="utf-8")
    path.write_text(path.read_text().replace(table, named), encoding="utf-8")
    known = PRICE_INDEX | {2026: 421, 2027: 429.4}
    assert load_scenario(path).price_index == shown.price_index == known


def test_a_scenario_in_the_page_has_no_file_beside_it(write: Write) -> None:
    text = beside(write, INDEX).read_text().replace("small.toml", "child-youth")
    with pytest.raises(ScenarioError, match="no file beside it"):
        read_scenario(text.encode(), "trial.toml")


def test_the_key_is_explained() -> None:
    said = command_line("explain-key", "economy.price_index").stdout
    assert "The price index of more years" in said
