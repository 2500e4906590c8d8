"""One person's lives in words: who, what differed, and base × factors that come out right."""

import re
from math import prod
from pathlib import Path

import pytest
from helpers.languages import in_swedish

from sisim.engine.trace import UnknownPerson, trace
from sisim.i18n import LANGUAGES
from sisim.loading.load import load_scenario
from sisim.report.explanation import explanation
from sisim.scenario.scenario import Scenario

FILES = Path(__file__).parents[1] / "helpers"


def explain(scenario: Scenario, key: str | None = None) -> str:
    """Return the explanation of a person's lives, of the first whose lives differ unless named."""
    return explanation(trace(scenario, key))


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Return a scenario in which support brings children home from care earlier."""
    folder = tmp_path_factory.mktemp("trial")
    (folder / "small.toml").write_text((FILES / "small.toml").read_text())
    text = (FILES / "trial.toml").read_text()
    changed = text.replace(
        'on = "placement", ratio = 0.7',
        'on = "home_again", scale = "relative_risk", ratio = 3',
    )
    assert changed != text
    (folder / "trial.toml").write_text(changed)
    return load_scenario(folder / "trial.toml", {"transitions.placement.rate": 0.05})


@pytest.fixture(scope="module")
def first(trial: Scenario) -> str:
    """Return the first person whose lives differ, explained."""
    return explain(trial)


def key_in(text: str) -> str:
    """Return the key of the person explained."""
    return next(line for line in text.splitlines() if re.fullmatch(r"centre/[\d-]+/\d+", line))


def test_without_a_key_the_first_one_whose_lives_differ_is_explained(
    trial: Scenario, first: str
) -> None:
    assert re.match(r"The lives of \d+ people differ", first)
    again = explain(trial, key_in(first))
    assert again == first.partition("\n\n")[2]


def test_it_says_who_they_are_and_when_they_were_treated(first: str) -> None:
    assert re.search(r"Born \d{4}-\d{2}\. Lives in Centre\.\nrisk: (low|high)\.\n", first)
    assert re.search(r"Support \(.*Project.*\): 20\d\d-\d\d to 20\d\d-\d\d\.", first)


def test_arms_that_are_equal_share_a_column(first: str) -> None:
    header = next(line for line in first.splitlines() if line.strip().startswith("from"))
    assert header.split(maxsplit=3)[3].split("  ")[0] == "Without the investment"
    assert "Project and New way" in header


def test_the_product_of_base_and_factors_is_the_value_that_is_shown(first: str) -> None:
    lines = [line for line in first.splitlines() if " = " in line]
    assert lines
    for line in lines:
        product, value = re.sub(r"\([^)]*\)", "", line.partition(": ")[2]).split(" = ")
        value = re.split(r" a year|→", value)[0]
        factors = [float(factor) for factor in product.split("×")]
        assert float(value) == pytest.approx(prod(factors), rel=0.01)
    assert any("0.1 × 3 (Support)" in line for line in lines)


def test_what_a_product_comes_to_stands_after_its_last_factor(
    trial: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the factors need more lines than one."""
    monkeypatch.setattr("sisim.report.explanation.WIDTH", 40)
    lines = explain(trial).splitlines()
    last = next(n for n, line in enumerate(lines) if "× 3 (Support)" in line)
    assert "0.1" in lines[last - 1]
    assert "=" not in lines[last - 1]
    assert "= 0.3" in lines[last]


def test_whoever_is_helped_leaves_with_the_same_draw(first: str) -> None:
    why = first.partition("Why:")[2]
    draw = float(re.search(r"the draw is ([\d.]+)%", why)[1])  # type: ignore[index]
    chances = [float(found) for found in re.findall(r"chance of leaving ([\d.]+)%", why)]
    assert chances[0] < draw < chances[1]
    assert "Without the investment: Placed, stays" in why
    assert "Project and New way: Placed → Home" in why


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_a_life_that_is_the_same_everywhere_is_shown_once(trial: Scenario, lang: str) -> None:
    text = explain(trial, "centre/2026-03/0")
    assert {"sv": "i varje alternativ", "en": "in every arm"}[lang] in text
    assert "Home" in text or "Placed" in text
    assert "×" not in text


def test_swedish_is_swedish(trial: Scenario, first: str) -> None:
    text = in_swedish(lambda: explain(trial, key_in(first)))
    assert {"Född", "skiljer", "dragningen"} <= set(text.split())
    assert not {"Born", "the", "draw"} & set(text.split())


@pytest.mark.parametrize(
    "key", ["centr/2026-03/0", "centre/2026-03/999", "centre/2025-15/0", "centre", "", "a/b/c/d"]
)
def test_an_unknown_key_is_answered_with_one_that_exists(trial: Scenario, key: str) -> None:
    with pytest.raises(UnknownPerson) as unknown:
        explain(trial, key)
    assert re.fullmatch(r"centre/\d{4}-\d{2}/\d+", unknown.value.nearest)
    if "2026-03" in key:
        assert "/2026-03/" in unknown.value.nearest


def test_nobody_differs_where_nothing_is_invested(trial: Scenario) -> None:
    assert "Nobody's life differs" in explain(trial.model_copy(update={"arms": {}}))


def test_a_factor_by_formula_is_shown_with_it(tmp_path: Path) -> None:
    small = (FILES / "small.toml").read_text()
    named = small.replace("[attributes.risk]", "[parameters]\nmore = 4\n\n[attributes.risk]")
    (tmp_path / "small.toml").write_text(named.replace("high = 4 }", 'high = "more" }'))
    text = (FILES / "trial.toml").read_text()
    changed = text.replace(
        'on = "placement", ratio = 0.7',
        'on = "home_again", scale = "relative_risk", ratio = "more - 1"',
    )
    (tmp_path / "trial.toml").write_text(changed)
    told = explain(load_scenario(tmp_path / "trial.toml", {"transitions.placement.rate": 0.05}))
    assert "3 (more - 1; Support)" in told
