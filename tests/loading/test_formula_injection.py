"""A text that a spreadsheet would run is written as a text, and read back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.loading.formula_injection import neutralised, restored

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", " ", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@given(st.text(st.sampled_from([*STARTS, "a", "1"]), max_size=8))
def test_no_text_begins_as_a_formula_does_and_each_is_read_back(text: str) -> None:
    safe = neutralised(text)
    assert restored(safe) == text
    assert safe.lstrip()[:1] not in ("=", "@")
    assert safe[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize("text", ["-2.5", "+3", "-2,5", "-1e-05"])
def test_numbers_stay_numbers(text: str) -> None:
    assert neutralised(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+46 8 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_what_may_be_run_is_marked_as_a_text(text: str) -> None:
    assert neutralised(text) == f"'{text}"
