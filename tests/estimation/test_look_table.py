"""Extracts of looks: put in pairs, refused by row, and telling nobody's name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.registers import PATHWAY, estimation

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.look_table import RegisterLooks
from sisim.estimation.rates import read_extract
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError

HEAD = "person;state;seen"
SECRET = "KALLE-7731"
WHOLE = PATHWAY.read_text(encoding="utf-8").splitlines(keepends=True)


def read(folder: Path, *rows: str, head: str = HEAD, lines: str = "") -> RegisterLooks:
    text = "\n".join([head, *rows]) + "\n"
    # Looks tell rates only where these are the same for everyone.
    same = "".join(line for line in WHOLE if not line.startswith("factors ="))
    (folder / "same.toml").write_text(same, encoding="utf-8")
    more = {"columns": "{}", "pathway": "same.toml"}
    path = estimation(folder, text, lines=f'kind = "looks"\n{lines}', **more)
    return read_file(path)


def read_file(path: Path) -> RegisterLooks:
    found = read_extract(load_estimation(path), "placements")
    assert isinstance(found, RegisterLooks)
    return found


def test_looks_are_put_in_pairs_by_person_and_time(tmp_path: Path) -> None:
    rows = "7;HVB;2021-10-14", "7;Hemma;2020-10-15", "8;Hemma;2020-10-15", "7;HVB;2023-10-15"
    found = read(tmp_path, *rows)
    assert found.category.tolist() == [[0, 1], [1, 1]]
    assert found.years == pytest.approx([1, 2])
    assert len(set(found.person)) == 1


def test_looks_are_refused_where_rates_differ_between_people(tmp_path: Path) -> None:
    path = estimation(tmp_path, f"{HEAD}\n", columns="{}", lines='kind = "looks"')
    with pytest.raises(ScenarioError, match=r"and not of: begins, ends\. Give spells"):
        load_estimation(path)


def test_what_was_seen_outside_the_observation_is_left_out(tmp_path: Path) -> None:
    assert len(read(tmp_path, "7;HVB;2018-12-31", "7;Hemma;2019-12-31").person) == 0


@pytest.mark.parametrize(
    ("row", "en", "sv"),
    [
        (f"{SECRET};Jourhem;2021", '"Jourhem" is not among', "finns inte bland"),
        (f"{SECRET};HVB;igår", '"igår" is no date', "inget datum"),
        (";HVB;2021", "Nothing stands here", "Här står ingenting"),
        (f"{SECRET};Hemma;2020-07-02", "the same month in row 2", "samma månad"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_not_by_person(
    tmp_path: Path, row: str, en: str, sv: str
) -> None:
    for lang, said in (("en", en), ("sv", sv)):
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path, f"{SECRET};HVB;2020-07-01", row)
        with in_language(lang):  # type: ignore[arg-type]
            text = caught.value.render()
        assert said in text
        assert "register.csv:3" in text
        assert SECRET not in text


def test_personal_identity_numbers_and_a_state_between_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="personal identity numbers") as caught:
        read(tmp_path, "20080417-1234;HVB;2020")
    assert "0417" not in str(caught.value)
    with pytest.raises(ScenarioError, match="nothing of the time between"):
        read(tmp_path, "7;HVB;2020", lines='between = "home"')


def test_sums_and_footnotes_below_are_left_out_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, "7;HVB;2020", "7;Hemma;2021", "Summa;2;", "Källa: registret;;")
    assert found.category.tolist() == [[1, 0]]
    assert found.notes.rows("below") == (4, 5)


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    """A code for each state; days, and whole numbers with a gap, as pandas leaves them."""
    rows = "7;HVB;2021-10-14", "7;Hemma;2020-10-15", "8;Hemma;2020-10-15", "8;HVB;2023-10-15"
    plain = read(tmp_path, *rows)
    who, state, seen = zip(*(row.split(";") for row in rows), strict=True)
    table = pa.table(
        {
            "person": pa.array([float(one) for one in who]),
            "state": pa.array(state).dictionary_encode(),
            "seen": pa.array([date.fromisoformat(day) for day in seen]),
        }
    )
    pq.write_table(table, tmp_path / "looks.parquet")
    path = tmp_path / "estimate.toml"
    text = path.read_text(encoding="utf-8").replace("register.csv", "looks.parquet")
    path.write_text(text, encoding="utf-8")
    found = read_file(path)
    for name in ("person", "category", "years"):
        assert np.array_equal(getattr(found, name), getattr(plain, name))
