"""Numbers are read as people write them, and none is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.loading.amounts import Mark, amount, decimal_mark, readings, written
from sisim.scenario.errors import Reason

SPACES = [" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}"]
APOSTROPHES = ["'", "\N{RIGHT SINGLE QUOTATION MARK}"]
MARKS: tuple[Mark, ...] = (".", ",")


@given(
    whole=st.integers(-(10**9), 10**9),
    decimals=st.integers(0, 99_999),
    places=st.integers(1, 5),
    mark=st.sampled_from(MARKS),
    group=st.sampled_from([*SPACES, *APOSTROPHES, ".", ",", ""]),
    minus=st.sampled_from(["-", "\N{MINUS SIGN}", "\N{EN DASH}"]),
    unit=st.sampled_from([("", 1), (" kr", 1), (" SEK", 1), (" tkr", 1e3), (" Mkr", 1e6)]),
)
def test_a_number_is_the_same_however_it_is_grouped(
    whole: int,
    decimals: int,
    places: int,
    mark: Mark,
    group: str,
    minus: str,
    unit: tuple[str, float],
) -> None:
    if group == mark:
        group = ""
    part = f"{decimals:05d}"[:places]
    text = f"{abs(whole):,}".replace(",", group) + mark + part
    value = float(f"{whole}.{part}") if whole else float(f"0.{part}")
    text = (minus if whole < 0 else "") + text + unit[0]
    found = readings(text)
    assert found[mark] == pytest.approx(value * unit[1])
    # The other mark reads it only where one mark stands before three digits.
    if len(found) == 2:
        assert (places, group in ("", *SPACES, *APOSTROPHES)) == (3, True)
        assert 1 <= abs(whole) < 1000


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(MARKS))
def test_one_mark_before_three_digits_is_asked_about_unless_it_is_settled(
    whole: int, part: int, mark: Mark
) -> None:
    other: Mark = "," if mark == "." else "."
    text = f"{whole}{mark}{part:03d}"
    assert isinstance(amount(text), Reason)
    assert amount(text, mark) == float(f"{whole}.{part:03d}")
    assert amount(text, other) == 1000 * whole + part


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["250,000", "1,250,000"], "."),
        (["250,000", "0,5"], ","),
        (["250,000", "1.5"], "."),
        (["250,000", "3", "some"], None),
        (["1,5", "1.5"], None),
    ],
)
def test_other_numbers_settle_the_decimal_mark(texts: list[str], mark: Mark | None) -> None:
    assert decimal_mark(texts) == mark


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,5 mkr", 3_500_000),
        ("2,5 miljoner kronor", 2_500_000),
        ("SEK 2.5m", 2_500_000),
        ("750 tkr", 750_000),
        ("1,2 milj. kr", 1_200_000),
        ("SEK 1,250,000", 1_250_000),
        ("kr 2 500", 2500),
        ("2 500:-", 2500),
        ("1,2E+06", 1_200_000),
        ("12 %", 0.12),
        ("12,5%", 0.125),
        ("\N{MINUS SIGN}4", -4),
        ("(1 250)", -1250),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
    ],
)
def test_a_number_may_have_its_unit(text: str, value: float) -> None:
    assert amount(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "three",
        "",
        "inf",
        "nan",
        "1_000",
        "12 34",
        "12,50,000",
        "2,5 m",
        "5 % kr",
        "--5",
        "1e999",
        "€ 5",
    ],
)
@pytest.mark.parametrize("more", ["", "9" * 5000, " EUR", "½", "²"])
def test_what_is_no_number_is_called_none(text: str, more: str) -> None:
    said = amount(text + more)
    assert isinstance(said, Reason)
    assert len(said.text) < 80


def test_money_is_no_number_of_years() -> None:
    assert isinstance(amount("5 mkr", units=()), Reason)
    assert isinstance(amount("5 %", units=("money",)), Reason)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.sampled_from(MARKS))
def test_what_is_written_is_read_back_and_needs_no_asking(value: float, mark: Mark) -> None:
    assert amount(written(value, mark)) == pytest.approx(value)
