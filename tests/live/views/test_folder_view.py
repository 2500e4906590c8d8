"""The folder in a browser: what one visitor saves another one opens, compares, renames, deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.accessibility import barriers
from helpers.visitors import Server, Visitor, serving
from helpers.words import READ, leaks

Enter = Callable[..., Visitor]
SMALL = ("placed-youth", "--residents", "800", "--set", "replications=1", "--set", "time.years=8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the server."""
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """Return a server that saves in a folder of its own."""
    with serving(*SMALL, "--folder", str(folder)) as found:
        yield found


def said(someone: Visitor, text: str) -> None:
    """Wait until the dialog says something."""
    someone.page.wait_for_function(
        "text => document.getElementById('saved-said')?.innerText.includes(text)", arg=text
    )


def do(someone: Visitor, action: str, name: str) -> None:
    someone.page.click(f'#saved-list button[aria-label="{action}: {name}"]')


def test_what_one_visitor_saves_is_there_for_another(visit: Enter, folder: Path) -> None:
    one = visit("?lang=en&effect=0.6")
    one.page.keyboard.press("o")
    one.page.wait_for_selector("text=Nothing has been saved yet.")
    one.page.click("#save-setting")
    said(one, "Give it a name.")
    one.page.fill("#saved-name", "Dubbel effekt")
    one.page.click("#save-setting")
    said(one, "has been saved")
    assert barriers(one.page) == []
    (folder / "konstig.toml").write_bytes(b"[tool]\n")

    other = visit("?lang=sv", size=(390, 844))
    other.page.click("#more")
    other.page.click("#open-folder")
    other.page.wait_for_selector("text=Dubbel effekt")
    assert "Kan inte öppnas" in other.text("#saved-list")
    assert barriers(other.page) == []
    assert leaks(str(other.page.evaluate(READ))) == {}
    do(other, "Jämför med (A)", "Dubbel effekt")
    other.page.wait_for_function("location.search.includes('kept=effect%3A0.6')")

    one.come_forward()
    one.page.fill("#saved-name", "dubbel effekt")
    one.page.click("#save-scenario")
    said(one, "already")
    one.page.click("#saved-replace")
    said(one, "has been saved")
    do(one, "Rename", "Dubbel effekt")
    one.page.fill("#saved-new-name", "Lagom")
    one.page.click("#saved-rename")
    said(one, "now called")
    do(one, "Delete", "Lagom")
    said(one, "deleted")
    assert not (folder / "Lagom.toml").exists()
    one.page.click("#saved-undo")
    said(one, "is back")
    do(one, "Open", "Lagom")
    one.page.wait_for_function("location.search.includes('scenario=saved%3ALagom')")
    one.rest()
    assert one.at("slider-effect") == pytest.approx(0.6)
