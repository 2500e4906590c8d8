"""A file of very many names, right or wrong, is answered in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.small_files import PATHWAY, SCENARIO

from sisim.analysis.experiment_file import load_experiment
from sisim.i18n import Lang, in_language
from sisim.loading.catalogue import read_catalogue, start_all
from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.errors import MOST_PROBLEMS, ScenarioError

SECONDS = 10.0
"""Of processor time."""
HERE = Path(__file__).parents[1] / "helpers"
Load = Callable[[Path], object]


def lines(text: str, count: int = 40_000) -> str:
    """Return lines with a number in each."""
    return "\n" + "\n".join(text.replace("N", str(number)) for number in range(count)) + "\n"


def refused(load: Load, path: Path) -> ScenarioError:
    """Return what is said of a file, which must not take long."""
    began = time.process_time()
    with pytest.raises(ScenarioError) as found:
        load(path)
    assert time.process_time() - began < SECONDS
    return found.value


FEW = 9_000
"""Not so many that a file is refused for that alone."""
FILES: list[tuple[Load, str, str]] = [
    (load_scenario, SCENARIO, lines("[unknownN]\nx = 1", FEW)),
    (load_scenario, SCENARIO, "\n[economy]" + lines("unknownN = 1")),
    (load_scenario, SCENARIO, "\n[override]" + lines('"transitions.unknownN.rate" = 1')),
    (load_scenario, SCENARIO, lines('[arms.unknownN]\nlabel = "A"\ninvestments = "support"', FEW)),
    (load_scenario, SCENARIO, lines('[outcomes.oN]\nlabel = "O"\ngroup = "groupN"', FEW)),
    (load_pathway, PATHWAY, lines("[unknownN]\nx = 1", FEW)),
    (load_pathway, PATHWAY, lines("[tracks.unknownN]\nx = 1", FEW)),
    (load_pathway, PATHWAY, lines('[groups.gN]\nlabel = "G"\ntrack = "tN"\nstates = ["a"]', FEW)),
    (load_pathway, PATHWAY, lines('[tracks.care.states.sN]\nlabel = "S"', FEW)),
]


@pytest.mark.parametrize(("load", "text", "more"), FILES)
def test_many_wrong_names_are_answered_in_seconds(
    load: Load, text: str, more: str, tmp_path: Path
) -> None:
    (tmp_path / "small.toml").write_text(PATHWAY, encoding="utf-8")
    path = tmp_path / "many.toml"
    path.write_text(text + more, encoding="utf-8")
    found = refused(load, path)
    assert len(found.problems) == MOST_PROBLEMS
    assert "no more were looked for" in found.summary()


def test_an_experiment_with_many_wrong_names_is_answered_in_seconds(tmp_path: Path) -> None:
    for name in ("cohort.toml", "cohort-pathway.toml"):
        (tmp_path / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (HERE / "cohort-experiment.toml").read_text(encoding="utf-8")
    path = tmp_path / "experiment.toml"
    path.write_text(text.replace("[levers]", "[levers]" + lines('"a.bN" = [1]', FEW)))
    assert refused(load_experiment, path).problems


def test_more_values_than_a_file_can_mean_are_refused(tmp_path: Path, lang: Lang) -> None:
    path = tmp_path / "many.toml"
    path.write_text(SCENARIO + lines("[unknownN]\nx = 1", 100_000), encoding="utf-8")
    found = refused(load_scenario, path)
    assert len(found.problems) == 1
    with in_language(lang):
        assert "50" in found.render()


@pytest.mark.parametrize("parts", ['["fN", "fN"]', '["fN"]'])
@pytest.mark.parametrize("order", [1, -1])
def test_a_product_of_products_has_an_end(parts: str, order: int, tmp_path: Path) -> None:
    first = '\n[factors.f0]\nfeature = "age"\nbelow = [1]\nvalues = [1, 1]\n'
    numbers = range(2_000)[::order]
    factors = [f"[factors.f{n + 1}]\nproduct = {parts.replace('N', str(n))}\n" for n in numbers]
    path = tmp_path / "many.toml"
    text = PATHWAY.replace("[transitions", first + "\n".join(factors) + "\n[transitions", 1)
    path.write_text(text.replace('factors = ["by_age"]', 'factors = ["f2000"]'), encoding="utf-8")
    assert "at most 100 factors" in str(refused(load_pathway, path))


def test_a_catalogue_of_many_wrong_names_is_answered_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    rows = lines("Project N;250000;nowhereN", 30_000)
    path.write_text("title;budget;pathway" + rows, encoding="utf-8")
    found = refused(lambda one: start_all(read_catalogue(one).rows, tmp_path), path)
    assert len(found.problems) == MOST_PROBLEMS
