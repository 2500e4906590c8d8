"""The work on a file of very many names, right or wrong, grows with it, not with its square."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.small_files import PATHWAY, SCENARIO
from helpers.work import grows_with

from sisim.analysis.experiment_file import load_experiment
from sisim.i18n import Lang, in_language
from sisim.loading.catalogue import read_catalogue, start_all
from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.errors import ScenarioError

HERE = Path(__file__).parents[1] / "helpers"
Load = Callable[[Path], object]


MANY = 100
"""Of names in the smallest file: more than there are problems that are told."""
PROBLEMS = 50
LIMITS = {
    "sisim.checks.issues.MOST_PROBLEMS": PROBLEMS,
    "sisim.loading.catalogue.MOST_PROBLEMS": PROBLEMS,
    "sisim.loading.overrides.MOST_PROBLEMS": PROBLEMS,
    "sisim.loading.validation.MOST_PROBLEMS": PROBLEMS,
    "sisim.scenario.errors.MOST_PROBLEMS": PROBLEMS,
    "sisim.loading.validation.MOST_ERRORS": 4 * PROBLEMS,
    "sisim.scenario.errors.MOST_COMPARED": 10_000,
}
"""A tenth of what is told and compared otherwise, so that small files reach it."""


@pytest.fixture(autouse=True)
def lower_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files of few names have too many wrong ones."""
    for limit, most in LIMITS.items():
        monkeypatch.setattr(limit, most)


def lines(text: str, count: int) -> str:
    """Return lines with a number in each."""
    return "\n" + "\n".join(text.replace("N", str(number)) for number in range(count)) + "\n"


def refused(load: Load, path: Path) -> ScenarioError:
    """Return what is said of a file."""
    with pytest.raises(ScenarioError) as found:
        load(path)
    return found.value


FILES: list[tuple[Load, str, str, str]] = [
    (load_scenario, SCENARIO, "", "[unknownN]\nx = 1"),
    (load_scenario, SCENARIO, "\n[economy]", "unknownN = 1"),
    (load_scenario, SCENARIO, "\n[override]", '"transitions.unknownN.rate" = 1'),
    (load_scenario, SCENARIO, "", '[arms.unknownN]\nlabel = "A"\ninvestments = "support"'),
    (load_scenario, SCENARIO, "", '[outcomes.oN]\nlabel = "O"\ngroup = "groupN"'),
    (load_pathway, PATHWAY, "", "[unknownN]\nx = 1"),
    (load_pathway, PATHWAY, "", "[tracks.unknownN]\nx = 1"),
    (load_pathway, PATHWAY, "", '[groups.gN]\nlabel = "G"\ntrack = "tN"\nstates = ["a"]'),
    (load_pathway, PATHWAY, "", '[tracks.care.states.sN]\nlabel = "S"'),
]
"""What reads a file, what stands in it, and the table and the lines that are added to it."""


@pytest.mark.parametrize(("load", "text", "table", "line"), FILES)
def test_the_work_on_wrong_names_grows_with_their_number(
    load: Load, text: str, table: str, line: str, tmp_path: Path
) -> None:
    (tmp_path / "small.toml").write_text(PATHWAY, encoding="utf-8")

    def read(count: int) -> Callable[[], None]:
        path = tmp_path / f"{count}.toml"
        path.write_text(text + table + lines(line, count), encoding="utf-8")

        def answered() -> None:
            found = refused(load, path)
            assert len(found.problems) == PROBLEMS
            assert "no more were looked for" in found.summary()

        return answered

    grows_with(MANY, read)


def test_the_work_on_an_experiment_grows_with_its_wrong_names(tmp_path: Path) -> None:
    for name in ("cohort.toml", "cohort-pathway.toml"):
        (tmp_path / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (HERE / "cohort-experiment.toml").read_text(encoding="utf-8")

    def read(count: int) -> Callable[[], None]:
        path = tmp_path / f"{count}.toml"
        many = "[levers]" + lines('"a.bN" = [1]', count)
        path.write_text(text.replace("[levers]", many), encoding="utf-8")

        def answered() -> None:
            assert refused(load_experiment, path).problems

        return answered

    grows_with(MANY, read)


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

    def read(count: int) -> Callable[[], None]:
        numbers = range(count)[::order]
        factors = [f"[factors.f{n + 1}]\nproduct = {parts.replace('N', str(n))}\n" for n in numbers]
        path = tmp_path / f"{count}.toml"
        text = PATHWAY.replace("[transitions", first + "\n".join(factors) + "\n[transitions", 1)
        text = text.replace('factors = ["by_age"]', f'factors = ["f{count}"]')
        path.write_text(text, encoding="utf-8")

        def answered() -> None:
            assert "at most 100 factors" in str(refused(load_pathway, path))

        return answered

    grows_with(150, read)


def test_the_work_on_a_catalogue_grows_with_its_wrong_names(tmp_path: Path) -> None:
    def read(count: int) -> Callable[[], None]:
        path = tmp_path / f"{count}.csv"
        rows = lines("Project N;250000;nowhereN", count)
        path.write_text("title;budget;pathway" + rows, encoding="utf-8")

        def answered() -> None:
            found = refused(lambda one: start_all(read_catalogue(one).rows, tmp_path), path)
            assert len(found.problems) == PROBLEMS

        return answered

    grows_with(MANY, read)
