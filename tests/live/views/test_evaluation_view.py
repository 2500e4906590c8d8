"""The planned evaluations in a browser: dots fall, and a room votes before it knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving

EV1 = Path(__file__).parents[2] / "helpers" / "ev1.toml"
Enter = Callable[..., Visitor]
CHART = "#chart-evaluation svg"
# A dot by its world, its municipality and where it stands. In the frame in which dots begin to fall
# there are none that move: what is waited for is what is read, in one look at the page.
DOTS = """() => sisim.chart("chart-evaluation").getOption().series
    .filter((one) => one.animation && one.data.length)
    .flatMap((one) => one.data.map((dot) => [one.xAxisIndex, dot.name, dot.value[0]]))"""
REPORTED = f"""n => {{
    const now = ({DOTS})();
    return new Set(now.map(([, name]) => name)).size >= n && now;
}}"""
MOVED = f"""before => {{
    const now = ({DOTS})(), was = new Map(before.map(([world, name, x]) => [world + name, x]));
    const moves = ([world, name, x]) => was.has(world + name) && was.get(world + name) !== x;
    const chosen = document.getElementById("evaluation-earlier").ariaPressed === "true";
    return chosen && now.some(moves) && now;
}}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of a tiny world with evaluations."""
    with serving(str(EV1)) as found:
        yield found


def reported(someone: Visitor, n: int) -> None:
    someone.page.wait_for_function(
        "n => document.querySelector('.evaluation progress')?.value * 50 > n - 0.5", arg=n
    )


def test_dots_fall_and_the_same_municipality_moves_between_designs(visit: Enter) -> None:
    someone = visit("?show=evaluation&lang=en", wait=CHART, rests=False)
    page = someone.page
    # The line of progress is told before the dots are drawn.
    before = page.wait_for_function(REPORTED, arg=5).json_value()
    assert re.match(r"\d+ of 50 municipalities have reported", someone.text("#evaluation-status"))
    assert "If the intervention had no effect at all" in str(
        page.get_attribute("#chart-evaluation", "aria-label")
    )
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('evaluation=earlier')")
    after = page.wait_for_function(MOVED, arg=before).json_value()
    assert {name for _, name, _ in before} <= {name for _, name, _ in after}
    # Who cannot see dots reads them.
    page.click("#evaluation-table")
    page.wait_for_selector("#as-table")
    assert page.locator("#as-table tbody tr").count() >= 5
    assert barriers(page) == []
    page.keyboard.press("Escape")
    assert barriers(page) == []


def test_the_room_votes_before_the_truth_is_told(visit: Enter) -> None:
    someone = visit("?show=evaluation&lang=sv&evaluation=earlier", wait=CHART, rests=False)
    page = someone.page
    reported(someone, 1)
    page.keyboard.press("g")
    page.wait_for_selector("#vote-carry-on")
    assert "guess=1" in someone.query()
    assert page.get_attribute("#show-evaluation", "aria-current") == "page"
    page.focus("#vote-carry-on")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#vote-carry-on').innerText.endsWith(': 1')")
    page.click("#vote-tell")
    page.wait_for_function("document.querySelector('#evaluation-words').innerText.length > 0")
    assert "1 röst i rummet" in someone.text("#evaluation-words")
    assert page.is_disabled("#vote-carry-on")
    page.click("#vote-next")
    page.wait_for_function("document.querySelector('#vote-carry-on').innerText.endsWith(': 0')")
    assert someone.text("#evaluation-words") == ""


def test_what_participants_cost_before_and_after_is_no_effect(visit: Enter) -> None:
    someone = visit("?show=evaluation&lang=en&years=9", wait="#course", rests=False)
    page = someone.page
    page.click("#course")
    page.wait_for_function("document.querySelector('#course-words')?.innerText.length > 0")
    assert "course=1" in someone.query()
    assert page.get_attribute("#course", "aria-pressed") == "true"
    page.click("#evaluation-other")
    page.wait_for_selector("#evaluation-words")
    assert "course" not in someone.query()
