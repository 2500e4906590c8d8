"""The page for everybody: no barrier of WCAG 2.1 AA in any view or dialog, no need of a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving

PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 720}
FUND = "&scenario=three-endings"
LIFE = "#chart-life"
PICTURES = """() => [...document.querySelectorAll(".chart, canvas, img")]
    .map((one) => [one.id, one.getAttribute("aria-label") ?? one.alt ?? ""])"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of the ready scenario, with few residents."""
    with serving("placed-youth", "--residents", "1500", "--set", "replications=1") as found:
        yield found


@pytest.fixture(scope="module")
def someone(chromium: Any, server: Server) -> Iterator[Visitor]:
    """Return a visitor whom all tests share: each begins where the one before ended."""
    visitor = Visitor(chromium, server.address)
    yield visitor
    visitor.leave()


def go(someone: Visitor, query: str, wait: str) -> None:
    someone.page.goto(f"{someone.address}?{query}")
    someone.page.wait_for_selector(wait)
    someone.rest()


def looked_at(someone: Visitor, what: str) -> dict[str, list[str]]:
    """Return what is found where something is seen."""
    found = barriers(someone.page)
    return {what: found} if found else {}


VIEWS = {
    "figures": ("show=figures", "#chart-project svg"),
    "administrations": ("show=administrations", "#chart-administrations svg"),
    "people": ("show=people", "#dots[aria-label*=':']"),  # who they are is told once it is known
    "inflow": ("show=people&arrivals=1", "#arrivals"),
    "fund": (f"show=money{FUND}", "#plan"),
    "story": ("told=2&notes=1", "#notes"),
    "two settings": ("kept=effect:0.1&effect=0.6", "#chart-project svg"),
    "guess": ("guess=1&only=project", ".figure.guessing svg"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_barrier(someone: Visitor, view: str) -> None:
    page, (query, wait) = someone.page, VIEWS[view]
    go(someone, query, wait)
    found = looked_at(someone, "light")
    page.click("#dark")
    page.wait_for_selector("body.body--dark")
    found |= looked_at(someone, "dark")
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(300)  # the picture is drawn anew
    found |= looked_at(someone, "on a phone")
    page.set_viewport_size(SCREEN)
    assert found == {}
    told = dict(page.evaluate(PICTURES))
    assert told
    assert all(len(text) > 20 for text in told.values()), told


@pytest.mark.parametrize(("colours", "size"), [("lang=sv&dark=1", SCREEN), ("lang=en", PHONE)])
def test_no_dialog_has_a_barrier(someone: Visitor, colours: str, size: dict[str, int]) -> None:
    page, found = someone.page, {}
    page.set_viewport_size(size)
    go(someone, colours, "#chart-project svg")
    for opens in ("#save", "#help", "#what-if"):
        page.click(opens)
        page.wait_for_selector("dialog[open]")
        found |= looked_at(someone, opens)
        page.keyboard.press("Escape")
    for show in ("figures", "administrations", "money"):
        page.click(f"#show-{show}")
        page.wait_for_selector(f"#show-{show}[aria-current=page]")
        someone.rest()
        page.keyboard.press("v")
        page.wait_for_selector("dialog[open] td")
        found |= looked_at(someone, f"the table of {show}")
        page.keyboard.press("Escape")
    page.click("#more")
    page.wait_for_selector("#drawer")
    page.fill("#look-for", "hvb")
    page.wait_for_selector("#looked-for .slider")
    found |= looked_at(someone, "the drawer")
    page.set_viewport_size(SCREEN)
    assert found == {}


def test_people_are_followed_without_a_mouse(someone: Visitor) -> None:
    page = someone.page
    go(someone, "show=people", "#dots")
    page.wait_for_function("() => sisim.dots.seen()?.people > 1")
    label = "document.getElementById('dots').getAttribute('aria-label')"
    before = page.evaluate(label)
    year, rest = before.split(". ", 1)
    assert rest.startswith("Without")
    assert "Placed: " in before
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => {label}.startsWith('{int(year) + 1}.')")
    page.focus("#dots-next")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{LIFE} svg")
    first = page.get_attribute(LIFE, "aria-label")
    page.focus("#life-arithmetic")
    page.keyboard.press("Enter")
    assert looked_at(someone, "two lives") == {}
    page.focus("#life-next")
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"first => ![undefined, first].includes(document.querySelector('{LIFE}')?.ariaLabel)",
        arg=first,
    )
    page.wait_for_selector(f"dialog[open] {LIFE} svg")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.wait_for_selector("#as-table")
    rows = page.locator("#as-table tbody tr").all_inner_texts()
    cells = next(row.split("\t") for row in rows if row.startswith(year))
    assert re.findall(r": (\d+)", before) == [*cells[1::2], *cells[2::2]]
    assert looked_at(someone, "the table of people") == {}
    page.keyboard.press("Escape")


def test_a_guess_is_drawn_with_the_keys(someone: Visitor) -> None:
    page = someone.page
    go(someone, "guess=1&only=project", ".figure.guessing svg")
    assert "arrow keys" in someone.text(".figure.guessing .caption")
    page.focus("#chart-project")
    for key in ("ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown"):
        someone.do(lambda key=key: page.keyboard.press(key))
    years, cost = zip(*someone.series("project", "guess"), strict=True)
    assert list(years) == list(range(years[0], years[0] + 3))
    assert cost[0] > cost[2]
    assert cost[1] == cost[0]
    page.focus("#guess")
    page.keyboard.press("Enter")
    page.wait_for_selector(".figure:not(.guessing) svg")
    someone.rest()
    assert someone.series("project", "cost-with")
    assert len(someone.series("project", "guess")) == 3


def test_the_focus_stays_where_it_was_when_the_page_is_put_together_anew(
    someone: Visitor,
) -> None:
    page = someone.page
    go(someone, "", "#chart-project svg")
    for name, then in (("dark", "body.body--dark"), ("language", "html[lang=sv]")):
        page.focus(f"#{name}")
        page.keyboard.press("Enter")
        page.wait_for_selector(then)
        page.wait_for_function("name => document.activeElement.id === name", arg=name)
