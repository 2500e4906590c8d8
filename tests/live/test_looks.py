"""The page as it looks: nothing is cut, covered, outside its place, too small, or blank.

What is empty says what to do, and a shade says that there is more below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from helpers.looks import faults
from helpers.visitors import Server, Visitor, serving

SIZES = {"phone": (390, 844, 12.0), "screen": (1280, 720, 14.0)}
"""Width and height of a window, and the smallest letters that are read in it."""
FUND, CONTRACT = "scenario=three-endings", "scenario=team-nystart&runs=1"
VIEWS = {
    "figures": ("", "#chart-project svg"),
    "two settings": ("kept=effect:0.1&effect=0.6", "#numbers-project-a"),
    "story": ("told=4&notes=1", "#notes"),
    "guess": ("guess=1&only=project", ".figure.guessing svg"),
    "administrations": ("show=administrations", "#chart-administrations svg"),
    "administrations of many": (f"show=administrations&{FUND}", "#chart-administrations svg"),
    "people": ("show=people", "#dots"),
    "inflow": ("show=people&arrivals=1", "#arrivals"),
    "money": ("show=money", "#chart-who-gains svg"),
    "money with ranges": ("show=money&runs=5", "#chart-who-gains svg"),
    "fund": (f"show=money&{FUND}", "#plan"),
    "contract": (f"show=money&{CONTRACT}", "#plan"),
    "analyses": ("show=analyses", ".analyses"),
    "builder": ("show=build", "#build-see"),
}
DIALOGS = ("#what-if", "#save", "#help")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of the ready scenario, with few residents and an empty folder."""
    folder = str(tmp_path_factory.mktemp("folder"))
    small = ("--residents", "1500", "--set", "replications=1", "--folder", folder)
    with serving("placed-youth", *small) as found:
        yield found


@pytest.fixture(scope="module", params=SIZES)
def someone(
    request: pytest.FixtureRequest, chromium: Any, server: Server
) -> Iterator[tuple[Visitor, float]]:
    """Return a visitor whom all tests share, and the smallest letters that he reads."""
    wide, high, least = SIZES[request.param]
    visitor = Visitor(chromium, server.address, "?lang=sv", size=(wide, high))
    yield visitor, least
    visitor.leave()


def go(visitor: Visitor, query: str, wait: str) -> None:
    visitor.page.goto(f"{visitor.address}?lang=sv&{query}")
    visitor.page.wait_for_selector(wait)
    visitor.rest()


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_on_the_page_looks_wrong(someone: tuple[Visitor, float], view: str) -> None:
    visitor, least = someone
    go(visitor, *VIEWS[view])
    assert faults(visitor.page, least) == []


def test_no_dialog_looks_wrong(someone: tuple[Visitor, float]) -> None:
    visitor, least = someone
    go(visitor, "", "#chart-project svg")
    for opens in DIALOGS:
        visitor.page.click(opens)
        visitor.page.wait_for_selector("dialog[open]")
        assert faults(visitor.page, least) == []
        visitor.page.keyboard.press("Escape")


def test_the_guide_and_the_speakers_window_look_right(someone: tuple[Visitor, float]) -> None:
    visitor, least = someone
    go(visitor, "", "#chart-project svg")
    for opens, wait in (("guide", ".guide table"), ("speaker", ".speaker .group button")):
        with visitor.page.expect_popup() as opened:
            visitor.page.evaluate(f"sisim.{opens}()")
        window = opened.value
        window.set_viewport_size(visitor.page.viewport_size)
        window.wait_for_selector(wait)
        assert faults(window, least) == []
        window.close()


def test_one_number_of_each_figure_is_read_from_the_back_of_the_room(
    someone: tuple[Visitor, float],
) -> None:
    visitor, _ = someone
    go(visitor, "", "#headline-project")
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    rem = visitor.page.evaluate(f"({size})(document.documentElement)")
    for which in ("project", "new_way"):
        place = f"#headline-{which}"
        assert visitor.page.eval_on_selector(place, size) >= 1.6 * rem
        assert "kr" in visitor.text(place)  # a number has its unit
        table = visitor.text(f"#numbers-{which} .net")
        assert table.startswith(visitor.text(place))
    before = visitor.text("#headline-new_way")
    visitor.slide("slider-effect", 0.6)
    assert visitor.text("#headline-new_way") != before
    go(visitor, "guess=1&only=project", ".figure.guessing svg")
    assert visitor.text("#headline-project") == ""  # nothing is told before the room has guessed


@pytest.mark.parametrize(
    ("query", "called", "title"),
    [
        ("", "Pengar", "Vem betalar, vem vinner"),
        (FUND, "Fond", "Fonden"),
        (CONTRACT, "Kontrakt", "Kontraktet"),
    ],
)
def test_money_is_called_what_the_scenario_has_of_it(
    someone: tuple[Visitor, float], query: str, called: str, title: str
) -> None:
    visitor, _ = someone
    go(visitor, f"show=money&{query}", "#chart-who-gains svg")
    assert visitor.text("#show-money") == called
    assert visitor.text(".money h2") == title
    assert visitor.page.locator("#plan tbody tr").count() >= 2 * bool(query)
    assert not query or "tkr" in visitor.text("#plan")  # amounts have a unit


def test_what_is_empty_says_what_to_do(someone: tuple[Visitor, float]) -> None:
    visitor, _ = someone
    go(visitor, "show=analyses", "#analysis-list li")
    assert "välj" in visitor.text("#analysis-list")
    go(visitor, f"show=money&arm=new_way&{CONTRACT}", "#chart-who-gains svg")
    assert "välj" in visitor.text(".money .said")


def test_what_is_further_down_has_a_shade(someone: tuple[Visitor, float]) -> None:
    visitor, _ = someone
    go(visitor, "show=build", "#build-see")
    below = "(one) => getComputedStyle(one).backgroundAttachment"
    assert visitor.page.eval_on_selector(".view", below).startswith("local, scroll")
