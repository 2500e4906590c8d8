"""Tables of results, as they were written or as a spreadsheet program has saved them again."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from sisim.loading.amounts import Mark, amount
from sisim.loading.cells import TableError
from sisim.loading.delimited_text import delimited
from sisim.loading.formula_injection import restored
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.os_errors import content_of

MOST_BYTES = 1_000_000_000
"""Of a table of results: its rows are as many as the runs."""
SEPARATORS: dict[str, Mark] = {";": ",", ",": ".", "\t": ","}
"""What separates the cells where each decimal mark is used."""


def read_table(path: Path) -> pd.DataFrame:
    """Return a table of results that is kept as CSV, in whatever country's manner.

    Columns in which every cell is a number, or empty, are numbers, to the last bit.

    Args:
        path: The file.

    Raises:
        ScenarioError: If it cannot be read as a table.
    """
    content = content_of(path, MOST_BYTES)
    if isinstance(content, Reason):
        raise ScenarioError([Problem(Place(str(path), 0), "", content)])
    try:
        text = delimited(content).text
    except TableError as error:
        raise ScenarioError([Problem(Place(str(path), error.line), "", error.reason)]) from error
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns = zip_longest(*rows, fillvalue="") if rows else [()] * len(head)
    mark = SEPARATORS[separator]
    return pd.DataFrame(
        {
            restored(name): _column([restored(text) for text in column], mark)
            for name, column in zip(head, columns, strict=False)
        }
    )


def _column(texts: list[str], mark: Mark) -> pd.Series[Any]:
    """Return a column: whole numbers, numbers, truths or texts."""
    filled = [text for text in texts if text]
    if filled and set(filled) <= {"True", "False"} and len(filled) == len(texts):
        return pd.Series([text == "True" for text in texts])
    known = {text: _number(text, mark) for text in dict.fromkeys(filled)}
    if not filled or any(value is None for value in known.values()):
        return pd.Series([text or None for text in texts], dtype=object)
    whole = len(filled) == len(texts) and all(text.lstrip("-").isdigit() for text in known)
    values = [known[text] if text else float("nan") for text in texts]
    return pd.Series(values, dtype="int64" if whole else "float64")


def _number(text: str, mark: Mark) -> float | int | None:
    if text.lstrip("-").isdigit():
        return int(text)
    if text in ("inf", "-inf"):
        return float(text)
    found = amount(text, mark, ())
    return None if isinstance(found, Reason) else found
