"""An answer is written whole: pictures, tables in two formats, and its sentences."""

from pathlib import Path

import pandas as pd
import pytest

from sisim.report.analysis.answer_files import publish_answer
from sisim.report.chart.canvas import canvas

TABLES = {"numbers": pd.DataFrame({"year": [2026, 2027], "amount": [1.5, 2.5]})}


def test_everything_is_written(tmp_path: Path) -> None:
    files = publish_answer(tmp_path / "out", "answer", {"picture": canvas}, TABLES, ["One.", "Å."])
    names = {file.name for file in files}
    assert {"picture.png", "picture.svg", "numbers.csv", "numbers.parquet", "answer.txt"} <= names
    assert (tmp_path / "out/answer.txt").read_text(encoding="utf-8") == "One.\nÅ.\n"
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "out/numbers.parquet"), TABLES["numbers"]
    )


def test_a_picture_that_cannot_be_drawn_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("cannot be drawn")

    with pytest.raises(RuntimeError):
        publish_answer(tmp_path / "out", "answer", {"picture": fail}, TABLES, [])  # type: ignore[dict-item]
    assert not list(tmp_path.rglob("*.*"))
