"""Files of key figures, of several kinds, as one table.

Numbers are revised: of what stands in several files, that of the newest is kept, and what it
replaced is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from pydantic import Field

from sisim.loading.cells import MOST_BYTES, TableError
from sisim.loading.data_cube import figures_of
from sisim.loading.delimited_text import decoded
from sisim.loading.figure_table import TableMapping, read_figure_table
from sisim.loading.files import read
from sisim.loading.json_stat import cube_of
from sisim.loading.key_figure import SEX_WORDS, STATUS_WORDS, KeyFigure, KeyFigureError
from sisim.loading.kolada_json import (
    KoladaPage,
    Titles,
    figures_of_page,
    page_of,
    without_last_page,
)
from sisim.loading.px_file import read_px
from sisim.loading.spreadsheet import TEXTS, WORKBOOKS
from sisim.loading.validation import validate
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
from sisim.scenario.os_errors import content_of, expanded
from sisim.scenario.types import Table

TITLES = "titles"
"""The kind of a file from Kolada without numbers."""


class FigureMapping(Table):
    """A file that says how files of key figures are read."""

    files: dict[str, TableMapping] = Field(
        description="By the name of a file, or a pattern of names."
    )

    def of(self, file: str) -> TableMapping:
        """Return what is said of a file."""
        name = Path(file).name
        fitting = (one for pattern, one in self.files.items() if fnmatchcase(name, pattern))
        return next(fitting, TableMapping())


class Revision(NamedTuple):
    """A number that a newer file replaced."""

    before: KeyFigure
    after: KeyFigure


@dataclass(frozen=True)
class KeyFigures:
    """All that was read.

    Attributes:
        figures: One for each source, code, area, year and sex, in that order.
        kinds: What kind of file each was, by its name.
        revisions: What newer files replaced.
        footnotes: What stands below tables, by file.
        unread: Headings of columns that nobody asked for, by file.
        pages_lacking: Key figures of which the last page is not among the files.
    """

    figures: tuple[KeyFigure, ...]
    kinds: dict[str, str]
    revisions: tuple[Revision, ...]
    footnotes: dict[str, tuple[str, ...]]
    unread: dict[str, tuple[str, ...]]
    pages_lacking: tuple[str, ...]

    def of_areas(self, areas: Sequence[str]) -> KeyFigures:
        """Return what is of some areas, by code or name.

        Raises:
            ScenarioError: If nothing is of one of them.
        """
        asked = {area.casefold() for area in areas}
        known = {one.area_code.casefold() for one in self.figures}
        known |= {one.area.casefold() for one in self.figures}
        lacking = sorted(asked - known)
        if lacking:
            every = sorted({one.area_code or one.area for one in self.figures})
            reason = Reason("No file has numbers of this area. A code is text: 0581.")
            raise ScenarioError(
                Problem(Place("", 0), f"--municipality {one}", reason, None, tuple(every))
                for one in lacking
            )

        def wanted(one: KeyFigure) -> bool:
            return one.area_code.casefold() in asked or one.area.casefold() in asked

        return replace(
            self,
            figures=tuple(filter(wanted, self.figures)),
            revisions=tuple(one for one in self.revisions if wanted(one.after)),
        )


def read_mapping(path: Path, files: Sequence[str]) -> FigureMapping:
    """Return what a file says of how others are read.

    Args:
        path: The file, TOML.
        files: Those that are read.

    Raises:
        ScenarioError: With all that is wrong in it, and each part that is of no file.
    """
    document = read(path)
    mapping, problems = validate(FigureMapping, document)
    names = [Path(file).name for file in files]
    for pattern in mapping.files if mapping else ():
        if not any(fnmatchcase(name, pattern) for name in names):
            reason = Reason("None of the files that are read is called so.")
            place = document.locate(("files", pattern))
            problems.append(Problem(place, f"files.{pattern}", reason, nearest(pattern, names)))
    if problems or mapping is None:
        raise ScenarioError(problems)
    return mapping


def read_key_figures(files: Sequence[str], mapping: FigureMapping | None = None) -> KeyFigures:
    """Return the key figures in files of any kind.

    Args:
        files: Their names.
        mapping: How some of them are read.

    Raises:
        ScenarioError: With all that is wrong in all of them.
    """
    reader = _FileReader(mapping or FigureMapping(files={}))
    problems: list[Problem] = []
    for file in files:
        try:
            reader.read(file)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    figures = reader.every()
    kept, revisions = _newest(figures)
    return KeyFigures(
        tuple(sorted(kept, key=lambda one: one.identity)),
        reader.kinds,
        tuple(revisions),
        reader.footnotes,
        reader.unread,
        tuple(without_last_page(reader.pages)),
    )


class _FileReader:
    """What has been read of files so far."""

    def __init__(self, mapping: FigureMapping) -> None:
        self.mapping = mapping
        self.figures: list[KeyFigure] = []
        self.pages: list[KoladaPage] = []
        self.kinds: dict[str, str] = {}
        self.footnotes: dict[str, tuple[str, ...]] = {}
        self.unread: dict[str, tuple[str, ...]] = {}

    def read(self, file: str) -> None:
        """Read a file.

        Raises:
            ScenarioError: With what is wrong in it.
        """
        path = expanded(file)
        own = self.mapping.of(file)
        suffix = path.suffix.lower()
        if suffix == ".json":
            self._json(file, path, own)
        elif suffix == ".px":
            found = figures_of(read_px(path), _date_of(path, own))
            self.figures += [_stated(one, own) for one in found]
            self.kinds[file] = "PX"
        elif suffix in (*TEXTS, *WORKBOOKS):
            if isinstance(content := content_of(path, MOST_BYTES), Reason):
                raise KeyFigureError.at(file, 0, content)
            table = read_figure_table(file, _date_of(path, own), own)
            self.figures += table.figures
            self.kinds[file] = "Excel" if suffix in WORKBOOKS else "CSV"
            self.footnotes[file], self.unread[file] = table.footnotes, table.unread
        else:
            reason = Reason("Key figures are read from .json, .px, .csv, .tsv, .txt, .xlsx, .xlsm.")
            raise KeyFigureError.at(file, 0, reason)

    def every(self) -> list[KeyFigure]:
        """Return all key figures; those of Kolada have the titles in whatever page has them."""
        titles = Titles.of(self.pages)
        for page in self.pages:
            own = self.mapping.of(page.file)
            found = figures_of_page(page, titles, _date_of(expanded(page.file), own))
            self.figures += [_stated(one, own) for one in found]
        return self.figures

    def _json(self, file: str, path: Path, own: TableMapping) -> None:
        data = _json_in(file, path)
        if {"id", "title"} <= data.keys():  # one key figure or municipality, asked for alone
            data = {"values": [data]}
        if data.get("class") == "dataset":
            found = figures_of(cube_of(data, file), _date_of(path, own))
            self.figures += [_stated(one, own) for one in found]
            self.kinds[file] = "JSON-stat"
        elif "values" in data:
            self.pages.append(page_of(data, file))
            self.kinds[file] = "Kolada" if self.pages[-1].is_data else TITLES
        else:
            reason = Reason(
                "This is neither a page of Kolada's API (values) nor JSON-stat 2 (class dataset). "
                "In PxWeb, choose json-stat2."
            )
            raise KeyFigureError.at(file, 0, reason)


def _json_in(file: str, path: Path) -> dict[str, Any]:
    content = content_of(path, MOST_BYTES)
    if isinstance(content, Reason):
        raise KeyFigureError.at(file, 0, content)
    try:
        data = json.loads(decoded(content), parse_constant=_no_number)
    except TableError as error:
        raise KeyFigureError.at(file, error.line, error.reason) from error
    except json.JSONDecodeError as error:
        reason = Reason("The file is not whole JSON from here on. Fetch it anew.")
        raise KeyFigureError.at(file, error.lineno, reason) from error
    except (ValueError, RecursionError) as error:
        reason = Reason("The file is not JSON that can be read. Fetch it anew.")
        raise KeyFigureError.at(file, 0, reason) from error
    return data if isinstance(data, dict) else {}


def _no_number(text: str) -> NoReturn:
    """Refuse NaN and the infinite, which JSON does not have."""
    raise ValueError(text)


def _date_of(path: Path, mapping: TableMapping) -> date:
    """Return when a file was fetched: as a mapping says, or as the file system does."""
    if mapping.file_date is not None:
        return mapping.file_date
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except OSError:
        return date.min


def _stated(one: KeyFigure, mapping: TableMapping) -> KeyFigure:
    """Return a key figure with what a mapping says of its file."""
    stated: dict[str, Any] = {
        name: value
        for name in ("source", "licence", "unit", "label", "code", "area_code", "area")
        if (value := getattr(mapping, name)) is not None
    }
    if mapping.file_date is not None:
        stated["file_date"] = mapping.file_date
    if one.value is None and one.sign and (cell := mapping.cell(one.sign)) is not None:
        stated |= cell._asdict()
    return replace(one, **stated) if stated else one


def _newest(figures: Sequence[KeyFigure]) -> tuple[list[KeyFigure], list[Revision]]:
    """Return one key figure of each, and which numbers it replaced.

    Raises:
        ScenarioError: If two of the same day differ.
    """
    kept: dict[tuple[Any, ...], KeyFigure] = {}
    revisions: list[Revision] = []
    problems: list[Problem] = []
    for one in sorted(figures, key=lambda one: one.file_date):
        before = kept.setdefault(one.identity, one)
        if (before.value, before.status) == (one.value, one.status):
            continue
        if one.file_date == before.file_date and "deleted" not in (one.status, before.status):
            problems.append(one.problem(_twice(before, one)))
        elif one.file_date > before.file_date:
            kept[one.identity] = one
            revisions.append(Revision(before, one))
        elif before.status == "deleted":
            kept[one.identity] = one
    if problems:
        raise ScenarioError(problems)
    return list(kept.values()), revisions


def _twice(before: KeyFigure, one: KeyFigure) -> Reason:
    return Reason(
        "{code}, {area}, {year}, {sex} is {value} here and {other} in {place}, of the same day. "
        "Leave one out, or say in a mapping when each file was fetched (file_date).",
        code=one.code,
        area=one.area_code or one.area,
        year=one.year,
        sex=SEX_WORDS[one.sex],
        value=STATUS_WORDS[one.status] if one.value is None else one.value,
        other=STATUS_WORDS[before.status] if before.value is None else before.value,
        place=f"{before.place} {before.key}".strip(),
    )


def figure_rows(figures: Sequence[KeyFigure]) -> Iterator[tuple[Any, ...]]:
    """Yield what stands in the columns of the table, `sisim.loading.key_figure.COLUMNS`."""
    for one in figures:
        yield (
            *(one.source, one.code, one.label, one.area_code, one.area, one.year, one.sex),
            *(one.value, one.unit, one.status, Path(one.file).name, one.file_date.isoformat()),
            one.licence,
        )
