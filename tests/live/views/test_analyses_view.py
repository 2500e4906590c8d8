"""Analyses in a browser: one is started, the page is closed, and it is there when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving
from helpers.words import READ, leaks, slips

Enter = Callable[..., Visitor]
SMALL = ("placed-youth", "--residents", "150", "--set", "replications=1", "--set", "time.years=4")
PICTURE = "#chart-analysis-0 svg"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server of a tiny world."""
    with serving(*SMALL) as found:
        yield found


def test_an_analysis_goes_on_when_the_page_is_closed(visit: Enter) -> None:
    one = visit("?lang=sv")
    one.page.click("#more")
    one.page.click("#open-analyses")
    one.page.click("#start-sweep")
    one.page.wait_for_selector("#analysis-list progress")
    one.page.goto("about:blank")
    other = visit("?lang=sv&show=analyses&dark=1", wait="#analysis-list li", rests=False)
    page = other.page
    assert page.locator("#analysis-list li").count() == 1
    page.wait_for_selector(PICTURE, timeout=120_000)
    assert "Klar." in other.text("#analysis-list")
    assert "Teamet runt den unge" in other.text("#analysis-list")
    assert len(str(page.get_attribute("#chart-analysis-0", "aria-label"))) > 40
    assert barriers(page) == []
    read = str(page.evaluate(READ))
    assert (leaks(read), slips(read)) == ({}, {})
