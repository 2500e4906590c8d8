"""Analyses in a browser: one is started, the page is closed, and it is there when it is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving
from helpers.words import READ, leaks, slips

Enter = Callable[..., Visitor]
SMALL = ("placed-youth", "--residents", "150", "--set", "replications=1", "--set", "time.years=4")
PICTURE = "#chart-analysis-0 svg"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of a tiny world, with a folder of its own."""
    with serving(*SMALL, "--folder", str(tmp_path_factory.mktemp("saved"))) as found:
        yield found


def test_an_analysis_goes_on_when_the_page_is_closed(visit: Enter) -> None:
    one = visit("?lang=sv")
    one.page.click("#more")
    one.page.click("#open-analyses")
    one.page.click("#start-sweep")
    one.page.wait_for_selector("#analysis-list progress")
    one.page.goto("about:blank")
    other = visit(
        "?lang=sv&show=analyses&dark=1", wait="#analysis-list li:not(.empty)", rests=False
    )
    page = other.page
    assert page.locator("#analysis-list li:not(.empty)").count() == 1
    page.wait_for_selector(PICTURE, timeout=120_000)
    assert "Klar." in other.text("#analysis-list")
    assert "Teamet runt den unge" in other.text("#analysis-list")
    assert len(str(page.get_attribute("#chart-analysis-0", "aria-label"))) > 40
    assert barriers(page) == []
    read = str(page.evaluate(READ))
    assert (leaks(read), slips(read)) == ({}, {})


def test_a_sweep_outlives_the_page_and_the_process(chromium: Any, tmp_path: Path) -> None:
    """Killed while it ran it says so and goes on; killed again it is there to be opened."""
    world = (*SMALL, "--folder", str(tmp_path))
    query, row = "?lang=en&show=analyses", "#analysis-list li:not(.empty)"
    begun = f"/[2-9] of 25/.test(document.querySelector('{row}')?.innerText)"
    with serving(*world) as server:
        one = Visitor(chromium, server.address, query, wait="#start-sweep", rests=False)
        one.page.click("#start-sweep")
        one.page.wait_for_function(begun)
        one.leave()
        psutil.Process(server.pid).kill()
    with serving(*world) as server:
        other = Visitor(chromium, server.address, query, wait=row, rests=False)
        assert re.search(r"It was interrupted after \d+ of 25 runs\.", other.text(row))
        other.page.click(f"{row} button:has-text('Go on')")
        other.page.wait_for_selector(PICTURE, timeout=120_000)
        said = other.text("#analysis-answer")
        other.leave()
        psutil.Process(server.pid).kill()
    with serving(*world) as server:
        third = Visitor(chromium, server.address, query, wait=PICTURE, rests=False)
        assert "Done." in third.text(row)
        assert third.text("#analysis-answer") == said
        third.page.click(f"{row} button:has-text('Delete')")
        third.page.wait_for_selector(row, state="detached")
        third.leave()
    assert list((tmp_path / "analyses").iterdir()) == []
