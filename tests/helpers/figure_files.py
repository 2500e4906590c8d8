"""Files of key figures, written as those who publish them write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Value = float | str | None
AREAS = {"0581": "Norrköping", "00": "Riket"}


def kolada(folder: Path, name: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> str:
    """Write a page of Kolada's API and return its name."""
    page = {"values": rows, "count": len(rows), **more}
    (folder / name).write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8", newline="")
    return str(folder / name)


def row(value: Value, area: str = "0581", year: int = 2023, **more: Any) -> dict[str, Any]:
    """Return a row of Kolada's for both sexes together."""
    inner = {"gender": "T", "count": 1, "status": "", "value": value, **more}
    return {"kpi": "N30999", "municipality": area, "period": year, "values": [inner]}


TITLE = {"id": "N30999", "title": "Placerade barn och unga 0-20 år under året, antal/10 000 inv"}


def text(folder: Path, content: str, encoding: str = "utf-8", name: str = "table.csv") -> str:
    """Write a text and return its name."""
    (folder / name).write_bytes(content.encode(encoding))
    return str(folder / name)


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Write a workbook and return its name."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for one in rows:
            sheet.append(list(one))
    book.save(folder / "book.xlsx")
    return str(folder / "book.xlsx")


def px(folder: Path, years: Sequence[str], numbers: Sequence[str]) -> str:
    """Write a PX file of areas by years, in Latin-1, and return its name."""
    listed = ",".join(f'"{year}"' for year in years)
    content = f"""CHARSET="ANSI";
AXIS-VERSION="2000";
LANGUAGE="sv";
LANGUAGES="sv","en";
MATRIX="BE0101";
CONTENTS="Folkmängd";
CONTENTS[en]="Population";
UNITS="antal";
SOURCE="SCB";
LAST-UPDATED="20250301 08:00";
NOTE="En not; med semikolon och "
"en rad till.";
STUB="region";
HEADING="år";
VALUES("region")="Norrköping",
"Riket";
CODES("region")="0581","00";
VALUES("år")={listed};
TIMEVAL("år")=TLIST(A1),{listed};
DATA=
{" ".join(numbers)};
"""
    return text(folder, content, "latin-1", "table.px")


def json_stat(folder: Path, years: Sequence[str], values: Sequence[Value]) -> str:
    """Write the same as JSON-stat 2; what is no number is a status."""
    numbers = [one if isinstance(one, float) else None for one in values]
    status = {str(n): one for n, one in enumerate(values) if isinstance(one, str)}
    data = {
        "version": "2.0",
        "class": "dataset",
        "label": "Folkmängd",
        "source": "SCB",
        "updated": "2025-03-01T08:00:00Z",
        "id": ["Region", "Tid"],
        "size": [len(AREAS), len(years)],
        "role": {"time": ["Tid"], "geo": ["Region"]},
        "dimension": {
            "Region": {
                "label": "region",
                "category": {"index": {"00": 1, "0581": 0}, "label": AREAS},
            },
            "Tid": {"label": "år", "category": {"index": list(years)}},
        },
        "extension": {"px": {"tableid": "BE0101"}},
        "value": numbers,
        "status": status,
    }
    return text(folder, json.dumps(data), name="cube.json")
