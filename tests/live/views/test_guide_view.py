"""The guide that is printed from the page: found where it is looked for, and of what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor
from helpers.words import READ, leaks

Enter = Callable[..., Visitor]
EXPECTED = ".guide tbody"


def test_the_guide_follows_the_page_that_it_was_opened_from(visit: Enter) -> None:
    someone = visit("?lang=sv")
    someone.page.click("#help")
    with someone.page.expect_popup() as opened:
        someone.page.click("#open-guide")
    guide = opened.value
    guide.on("pageerror", lambda error: someone.errors.append(str(error)))
    guide.wait_for_selector(EXPECTED)
    before = guide.inner_text(EXPECTED)
    assert f"{took_part(someone)} deltagare" in before
    assert leaks(str(guide.evaluate(READ))) == {}
    someone.come_forward()
    someone.page.keyboard.press("Escape")
    someone.page.wait_for_selector("dialog[open]", state="hidden")
    someone.slide("slider-reach", 0.3)
    guide.wait_for_function(
        f"before => (document.querySelector('{EXPECTED}')?.innerText ?? before) !== before",
        arg=before,
    )
    assert f"{took_part(someone)} deltagare" in guide.inner_text(EXPECTED)
    someone.page.keyboard.press("l")
    guide.wait_for_selector("text=Minutes")
    assert barriers(guide) == []


def took_part(someone: Visitor) -> str:
    """Return how many take part, as the row below figure 2 says."""
    return someone.text("#numbers-new_way td").split()[0]


def test_the_guide_is_on_two_sheets_of_paper(visit: Enter) -> None:
    someone = visit("?dark=1&lang=sv")
    someone.page.click("#more")
    with someone.page.expect_popup() as opened:
        someone.page.click("#drawer-guide")
    guide = opened.value
    guide.wait_for_selector(EXPECTED)
    printed = guide.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2


def test_a_guide_without_its_page_says_where_to_open_it(chromium: Any, server: Server) -> None:
    someone = Visitor(chromium, server.address, "guide/gone", wait=".guide p", rests=False)
    assert "Open the guide from a page" in someone.text(".guide")
    someone.leave()
