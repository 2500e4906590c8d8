"""The decision document from the page is that of the command which it names."""

from __future__ import annotations

import re
import shlex
from html import unescape
from pathlib import Path

import pytest
from helpers.command_line import sisim

from sisim.i18n import in_language
from sisim.live.computations import GivenUp
from sisim.live.report_download import AskedReport
from sisim.live.scenario_library import Library, name_for
from sisim.live.settings import Settings
from sisim.live.view_state import ViewState

FEW = {"population.residents": 800, "time.years": 4, "time.history": 0, "figures.year": 2028}
SETTINGS = Settings(runs=1, seed=3, values={"inflow": 0.6})


def nothing(*_: object) -> None:
    """Hear how far it has come."""


@pytest.fixture(scope="module")
def asked() -> AskedReport:
    return AskedReport.of(ViewState(Library("placed-youth", FEW), Settings(), SETTINGS))


def test_it_is_what_the_command_writes_that_it_names(asked: AskedReport, tmp_path: Path) -> None:
    told: list[str] = []
    with in_language("en"):
        page = asked.page(nothing, lambda part, *_: told.append(part)).decode()
    assert told[0] == "Simulating"
    assert told[-1] == "Writing"
    named = unescape(re.sub("<[^>]*>", "", page))
    assert asked.command in named
    assert sisim(*shlex.split(asked.command)[1:], "--lang", "en", "--out", tmp_path).exit_code == 0
    other = (tmp_path / "report-en.html").read_text(encoding="utf-8")
    # The command that is named has its own words for the same.
    assert body(page, asked.command) == body(other, asked.command)


def body(page: str, command: str) -> str:
    """Return a page without the command that it names."""
    return re.sub(r"sisim report [^<]*", command, page)


def test_it_is_given_up_where_others_need_the_place(asked: AskedReport) -> None:
    def enough(*_: object) -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        asked.page(enough, nothing)


def test_a_file_that_a_visitor_has_brought_is_named_with_its_digest() -> None:
    content = b'name = "mine"\ntitle = "Mine"\npathway = "child-youth"\n'
    content += b'[time]\nstart = "2026-01"\nyears = 1\n[population]\nresidents = 100\n'
    library = Library("placed-youth")
    name = name_for("mine.toml", content)
    state = ViewState(library, Settings(), Settings())
    state.brought[name] = content
    state.take(name)
    asked = AskedReport.of(state)
    assert asked.command.startswith("sisim report mine.toml --set")
    assert list(asked.brought) == ["mine.toml"]
    assert asked.read().name == "mine"
