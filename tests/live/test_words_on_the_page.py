"""What a Swedish visitor reads on the page is in Swedish, in every view and with all unfolded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.visitors import Visitor
from helpers.words import READ, leaks, slips


@pytest.mark.parametrize(
    "query",
    ["", "kept=effect:0.1", "show=administrations", "show=people", "show=money", "notes=1"]
    + ["show=people&arrivals=1"]
    + [f"told={step}&notes=1" for step in range(5)],
)
def test_no_word_on_the_page_is_english(visit: Callable[..., Visitor], query: str) -> None:
    someone = visit(f"?lang=sv&{query}")
    assert leaks(str(someone.page.evaluate(READ))) == {}


@pytest.mark.parametrize(
    ("opens", "what"),
    [
        ("#more", "#drawer"),
        *((opens, "#dialog") for opens in ("#save", "#help", "#what-if")),
    ],
)
def test_nothing_that_is_opened_on_the_page_is_english(
    visit: Callable[..., Visitor], opens: str, what: str
) -> None:
    someone = visit("?lang=sv")
    someone.page.click(opens)
    someone.page.wait_for_selector(what)
    said = str(someone.page.evaluate(READ))
    assert leaks(said) == {}
    assert slips(said) == {}
