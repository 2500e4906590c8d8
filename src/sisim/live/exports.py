"""What a visitor takes home: the picture, the numbers, the scenario that the sliders describe."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from nicegui import ui

from sisim.analysis.comparison import drawn
from sisim.live.computations import computations
from sisim.live.refinement import Picture
from sisim.live.view_state import ViewState
from sisim.live.visitor_context import in_page
from sisim.report.spreadsheet_files import csv_text

TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv", "toml": "application/toml"}


def save(state: ViewState, kind: str) -> None:
    """Send the picture ("svg", "png"), the numbers ("csv") or the scenario ("toml") home."""
    name = f"{state.scenario.name}.{kind}"
    download = in_page(ui.download.content)

    async def work() -> None:
        picture = await state.settled()
        if picture is None:
            return
        content = await computations.result(object(), lambda _: made(state, picture, kind))
        download(content, name, TYPES[kind])

    state.start(work())


def made(state: ViewState, picture: Picture, kind: str) -> bytes:
    """Return the content of what is taken home."""
    if kind == "csv":
        return csv_text(drawn(picture.comparison)).encode()
    if kind == "toml":
        return scenario_text(state).encode()
    from sisim.report.chart.canvas import saved
    from sisim.report.comparison_figures import draw_comparison
    from sisim.report.result_files import PICTURE_DPI

    return saved(draw_comparison(picture.comparison), kind, PICTURE_DPI)


def scenario_text(state: ViewState) -> str:
    """Return the file of the scenario that is seen, with all that is changed in it."""
    s, library = state.settings, state.library
    given = {} if s.scenario in state.brought else library.source_of(s.scenario)[1]
    own = {**given, **state.described, "seed": s.seed, "replications": state.runs}
    return overridden(library.text(s, state.brought), own)


def overridden(text: str, changes: Mapping[str, Any]) -> str:
    """Return the text of a scenario file that gives some of its numbers other values.

    They are written into its table `[override]`, so that the file says what it is a change of.

    Examples:
        >>> print(overridden('name = "a"', {"time.years": 5}))
        name = "a"
        <BLANKLINE>
        [override]
        "time.years" = 5
        <BLANKLINE>
    """
    if not changes:
        return text
    known = tomllib.loads(text).get("override", {})
    lines = text.rstrip("\n").split("\n")
    written = [f'"{key}" = {toml_value(value)}' for key, value in changes.items()]
    heads = [n for n, line in enumerate(lines) if re.match(r"^\s*\[", line)]
    table = next((n for n in heads if re.match(r"^\s*\[override\]", lines[n])), None)
    if table is None:
        return "\n".join([*lines, "", "[override]", *written]) + "\n"
    end = next((n for n in heads if n > table), len(lines))
    kept = lines[table + 1 : end]
    for key in set(changes) & set(known):
        old = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*=""")
        kept = [line for line in kept if not old.match(line)]
    return "\n".join([*lines[: table + 1], *written, *kept, *lines[end:]]) + "\n"


def toml_value(value: Any) -> str:
    """Return a value as TOML has it on the line of its key, in no more figures than it has."""
    if isinstance(value, dict):
        parts = (f"{json.dumps(key)} = {toml_value(part)}" for key, part in value.items())
        return f"{{ {', '.join(parts)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, int) else repr(float(f"{value:.12g}"))
