"""Parquet files are read as the CSV of the same table is, and answered where they cannot be."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.i18n import Lang, in_language
from sisim.loading.cells import SizeLimit, TableError
from sisim.loading.parquet_table import parquet_lines
from sisim.loading.spreadsheet import read_sheet
from sisim.scenario.errors import ScenarioError


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """Return a Parquet file with these columns."""
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content, **options)
    return content.getvalue()


def texts(column: Any) -> list[str]:
    """Return what is read of a column, a text for each value; "" where nothing is."""
    _, *lines = parquet_lines(parquet({"x": column}))
    return [line.cells[0].text if 0 in line.cells else "" for line in lines]


NIGHT = datetime(2020, 6, 1, 22, 30, 15, 999999)


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (pa.array([date(2019, 5, 1), None, date(9999, 12, 31)]), ["2019-05-01", "", "9999-12-31"]),
        (pa.array([date(2019, 5, 1)], pa.date64()), ["2019-05-01"]),
        (pa.array([datetime(2019, 5, 1), NIGHT]), ["2019-05-01", "2020-06-01 22:30:15"]),
        (pa.array([datetime(2019, 5, 1)], pa.timestamp("ns")), ["2019-05-01"]),
        (pa.array([np.datetime64("2019-05-01T00:00:00.000000001")]), ["2019-05-01"]),
        # The first of May in Stockholm is the evening before in London.
        (
            pa.array(
                [datetime(2019, 4, 30, 22, tzinfo=UTC)], pa.timestamp("s", "Europe/Stockholm")
            ),
            ["2019-05-01"],
        ),
        (pa.array(["HVB", None, "SiS", "HVB"]).dictionary_encode(), ["HVB", "", "SiS", "HVB"]),
        (pa.array([" HVB ", ""]), ["HVB", ""]),
        (pa.array(["å"], pa.large_string()), ["å"]),
        (pa.array(["Åsa".encode()], pa.binary()), ["Åsa"]),
        (pa.array([2**53 + 1, None, -(2**63)]), [str(2**53 + 1), "", str(-(2**63))]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        # A column of whole numbers with gaps, as pandas has it.
        (pa.array([7.0, float("nan"), 0.5]), ["7", "", "0.5"]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([Decimal(10**19), Decimal("0.50")]), [str(10**19), "0.50"]),
        (pa.array([None, None]), ["", ""]),
        (pa.array([[1]]), ["list<element: int64>"]),
    ],
)
def test_what_stands_in_a_column_is_read_by_its_kind(column: Any, read: list[str]) -> None:
    assert texts(column) == read


ROWS = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(["HVB", "SiS", "Hem; hos far", 'ett "hem"']),
    st.integers(-1000, 1000),
)


@given(st.lists(ROWS, min_size=1, max_size=20), st.booleans())
def test_a_table_is_the_same_in_parquet_and_in_csv(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, int]], coded: bool
) -> None:
    folder = tmp_path_factory.mktemp("both")
    who, state, size = ([*column] for column in zip(*rows, strict=True))
    own = pa.array(state).dictionary_encode() if coded else pa.array(state)
    (folder / "t.parquet").write_bytes(
        parquet({"Who": who, "State": own, "Size": size}, row_group_size=3)
    )
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([("Who", "State", "Size"), *rows])
    columns = {"who": ("Who",), "state": ("State",), "size": ("Size",)}
    one, other = (
        read_sheet(folder / name, columns, columns, {"size": ()}).rows
        for name in ("t.parquet", "t.csv")
    )
    for here, there in zip(one, other, strict=True):
        assert here.place.line == there.place.line
        assert here.values == there.values
        assert here.amounts == there.amounts


GOOD = parquet({"Who": [1, 2, 3]})


@pytest.mark.parametrize(
    ("content", "en", "sv"),
    [
        (b"Who;State\n1;HVB\n", "This is no Parquet file", "ingen Parquet-fil, fast"),
        (b"PARE" + GOOD[4:], "The file is encrypted", "Filen är krypterad"),
        (GOOD[:-20], "The file is damaged", "Filen är skadad"),
        (GOOD[:40] + b"\xff" * 40 + GOOD[80:], "The file is damaged", "Filen är skadad"),
        (GOOD, 'column "State" is missing', "Kolumnen ”State” saknas"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, content: bytes, en: str, sv: str) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    said: dict[Lang, str] = {"en": en, "sv": sv}
    for lang, text in said.items():
        with pytest.raises(ScenarioError) as caught:
            read_sheet(path, {"who": ("Who",), "state": ("State",)}, ["who", "state"])
        with in_language(lang):
            assert text in caught.value.render()
        assert "t.parquet" in caught.value.render()


def test_a_file_that_is_too_large_is_refused_before_it_is_unpacked() -> None:
    many = parquet({"x": pa.array(np.zeros(300_000, np.int8))})
    with pytest.raises(TableError, match="more than 250") as caught:
        parquet_lines(many)
    assert caught.value.line == 0
    with pytest.raises(TableError, match="unpacked"):
        parquet_lines(parquet({"x": ["a" * 5000]}), SizeLimit(bytes=1000))


def test_a_text_that_stands_in_every_row_is_kept_once() -> None:
    long = "a" * 10_000
    lines = parquet_lines(parquet({"x": [long] * 2000}))
    assert len({id(line.cells[0].text) for line in lines[1:]}) == 1


@given(st.binary(max_size=200), st.integers(4, len(GOOD) - 1))
def test_a_file_that_was_changed_at_random_is_answered(change: bytes, at: int) -> None:
    with suppress(TableError):
        parquet_lines(GOOD[:at] + change + GOOD[at + len(change) :], SizeLimit(bytes=10_000))
