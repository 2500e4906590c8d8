"""A study that was cut off goes on, and comes to the same."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pandas as pd
import pytest

from sisim import load
from sisim.analysis.executors import Batch, CellSetup, Done, InProcess
from sisim.analysis.manifest import StoreError
from sisim.evaluation.study import EvaluationStudy, evaluate
from sisim.evaluation.study_log import FILE
from sisim.i18n import in_language

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
NAMES = ("other", "process")
DRAWS = 12


class CutOff(InProcess):
    """Runs some batches, and then no more."""

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield one batch."""
        done = super().run(setup, batches)
        yield next(done)
        raise KeyboardInterrupt


class Counted(InProcess):
    """Keeps which batches it was given."""

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield all batches."""
        given = list(batches)
        self.cells = sum(len(batch) for batch in given)
        yield from super().run(setup, iter(given))


@pytest.fixture(scope="module")
def whole() -> EvaluationStudy:
    """Return the study without a break."""
    return evaluate(load(EV1), NAMES, draws=DRAWS)


def cut_off(folder: Path) -> Path:
    """Begin a study, cut it off, and return its file."""
    with pytest.raises(KeyboardInterrupt):
        evaluate(load(EV1), NAMES, draws=DRAWS, executor=CutOff(), folder=folder)
    return folder / FILE


@pytest.mark.parametrize("torn", [0, 7])
def test_what_is_finished_is_not_run_again_and_comes_to_the_same(
    whole: EvaluationStudy, tmp_path: Path, torn: int
) -> None:
    """Also where the last line was cut off in the middle: then that batch alone is run again."""
    file = cut_off(tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) - torn])
    rest = Counted()
    study = evaluate(load(EV1), NAMES, draws=DRAWS, executor=rest, folder=tmp_path)
    pd.testing.assert_frame_equal(study.draws, whole.draws, check_exact=True)
    pd.testing.assert_frame_equal(study.designs, whole.designs, check_exact=True)
    assert rest.cells == DRAWS * 2 - (0 if torn else 10)
    assert not file.exists()


def test_a_longer_study_goes_on_with_a_shorter_one(whole: EvaluationStudy, tmp_path: Path) -> None:
    cut_off(tmp_path)
    more = evaluate(load(EV1), NAMES, draws=DRAWS + 2, folder=tmp_path)
    first = more.table[more.table["draw"] < DRAWS].reset_index(drop=True)
    shown = [name for name in first if name != "failed"]
    pd.testing.assert_frame_equal(first[shown], whole.table[shown], check_exact=True)


def test_another_study_is_not_mixed_in(tmp_path: Path) -> None:
    cut_off(tmp_path)
    other = load(EV1, {"investments.team.effects.0.ratio": 0.5})
    for lang, words in (("en", "is of another study"), ("sv", "hör till en annan studie")):
        with in_language(lang), pytest.raises(StoreError) as error:  # type: ignore[arg-type]
            evaluate(other, NAMES, draws=DRAWS, folder=tmp_path)
        with in_language(lang):  # type: ignore[arg-type]
            assert words in error.value.render()


def test_no_row_about_a_person_is_written(tmp_path: Path) -> None:
    text = cut_off(tmp_path).read_text(encoding="utf-8")
    assert "person" not in text
    assert len(text.splitlines()) == 2
