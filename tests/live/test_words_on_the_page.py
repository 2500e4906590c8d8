"""What a Swedish visitor reads on the page is in Swedish, in every view and with all unfolded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.visitors import Visitor
from helpers.words import leaks, slips

READ = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true; });
    const seen = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const inside = walk.currentNode.parentElement.closest("script, style, #language, .icon");
        if (!inside) seen.push(walk.currentNode.textContent);
    }
    for (const name of ["title", "aria-label", "placeholder", "alt"])
        document.querySelectorAll(`[${name}]`).forEach(one => {
            if (one.id !== "language") seen.push(one.getAttribute(name));
        });
    return seen.join("\\n");
}"""
"""The texts of the page, seen or yet to be unfolded, and what is read aloud of it.

The letters in an icon are the name of a sign, which nobody reads.
"""


@pytest.mark.parametrize(
    "query",
    ["", "show=administrations", "show=people", "show=money", "notes=1"]
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
