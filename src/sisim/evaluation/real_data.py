"""Real data of an evaluation: a table of people that has been collected, read and estimated.

The estimators are those of simulated municipalities: the plan and its answer are one code. What is
true is not known of real people. Rows about them stay in the process that reads them (law L12), and
a file with personal identity numbers is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sisim.arrays import Flags
from sisim.evaluation.estimate import NAN, Estimate
from sisim.evaluation.study import evaluated, say
from sisim.evaluation.study_data import unwanted
from sisim.loading.identity_numbers import IDENTITY_NUMBER, look_like_identities
from sisim.loading.spreadsheet import Row, Sheet, read_sheet
from sisim.scenario.dates import is_date, months_until
from sisim.scenario.errors import (
    MOST_PROBLEMS,
    Place,
    Problem,
    Reason,
    ScenarioError,
    shortened,
)
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.scenario import Scenario

HEADINGS: dict[str, tuple[str, ...]] = {
    "person": ("person", "id", "löpnummer", "personnummer", "personal identity number"),
    "area": ("area", "område"),
    "index": ("index", "month", "månad", "from", "från"),
    "treated": ("treated", "behandlad", "deltar", "takes part"),
    "post": ("post", "after", "efter"),
    "outcome": ("outcome", "utfall"),
    "before": ("before", "före"),
    "score": ("score", "poäng", "riskpoäng"),
    "cluster": ("cluster", "kluster"),
    "round": ("round", "omgång"),
}
"""Headings that the columns may have, in either language."""
NEEDED: dict[str, tuple[str, ...]] = {
    "lottery": ("treated",),
    "stepped": ("area", "treated", "index"),
    "discontinuity": ("score",),
    "difference": ("area", "treated"),
    "synthetic": ("area", "treated", "index"),
    "trend": ("treated", "index"),
    "matched": ("treated",),
    "other_areas": ("treated",),
    "earlier_cohorts": ("treated",),
    "before_after": ("before",),
}
"""What each design asks for, beside the outcome. Who is `post` is told by the month."""
DATED = ("difference",)
"""Designs that must know who came before the investment: by `post`, or by the month."""
KNOWN = ("year", "år")
"""What the month tells anyway."""
YES = frozenset({"1", "true", "yes", "ja", "sant", "x"})
NO = frozenset({"0", "false", "no", "nej", "falskt"})


@dataclass(frozen=True)
class RealEvaluation:
    """What an evaluation says of people who are real.

    Attributes:
        name: The evaluation.
        estimate: What it says.
        rows: How many rows were read.
        unread: Headings of the file that the evaluation does not ask for.
    """

    name: str
    estimate: Estimate
    rows: int
    unread: tuple[str, ...]


def evaluate_data(path: Path, scenario: Scenario, name: str) -> RealEvaluation:
    """Return what an evaluation says of the people in a file.

    Args:
        path: A CSV or XLSX file, a row per person: see `read_people`.
        scenario: The scenario that plans the evaluation.
        name: The evaluation.

    Raises:
        LookupError: If there is no such evaluation.
        ScenarioError: With everything that is wrong in the file.
    """
    spec = scenario.evaluations[name]
    people, unread = _read(path, scenario, spec)
    return RealEvaluation(name, say(spec, people), len(people), unread)


def read_people(path: Path, scenario: Scenario, name: str) -> pd.DataFrame:
    """Return the people in a file as the table that an evaluation is made from.

    Args:
        path: A CSV or XLSX file. Columns, in English or Swedish: `outcome`, in the units of the
            plan (empty where it was not obtained); `treated`, 1 or 0; and what the design asks
            for: `area`, `index` (the month in which a person came into the study), `post`,
            `before`, `score`, `cluster`, `round`, and what is adjusted for or matched on.
        scenario: The scenario that plans the evaluation.
        name: The evaluation.

    Returns:
        The columns of `sisim.evaluation.estimate`; outcomes are unwanted ones.

    Raises:
        LookupError: If there is no such evaluation.
        ScenarioError: With everything that is wrong in the file.
    """
    return _read(path, scenario, scenario.evaluations[name])[0]


def _read(path: Path, scenario: Scenario, spec: Evaluation) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if spec.design == "process":
        raise ScenarioError(
            [_whole(path, Reason("A process evaluation has nothing to compare with."))]
        )
    columns, beside = dict(HEADINGS), list(dict.fromkeys([*spec.adjust, *spec.match_on]))
    for name in beside:
        columns.setdefault(name, _headings(scenario, name))
    required = ["outcome", *NEEDED[spec.design], *(name for name in beside if name != "area")]
    numbers = [name for name in beside if name == "age" or _is_number(scenario, name)]
    amounts = ("outcome", "before", "score", "index", *numbers)
    sheet = read_sheet(path, columns, required, dict.fromkeys(amounts, ("money", "percent")))
    if not sheet.rows:
        raise ScenarioError([_whole(path, Reason("There are no rows under the headings."))])
    reader = _Reader(sheet, spec)
    table = reader.table([name for name in beside if name not in numbers], numbers)
    reader.problems += [
        Problem(Place(str(path), 0), name, _IDENTITY)
        for name, texts in zip(sheet.unread, sheet.elsewhere, strict=True)
        if look_like_identities(texts)
    ]
    filled = [name for name in columns if any(row.values[name] for row in sheet.rows)]
    if spec.design in DATED and not {"post", "index"} & set(filled):
        raise ScenarioError([_whole(path, Reason('The column "{name}" is missing.', name="index"))])
    if reader.problems:
        raise ScenarioError(reader.problems)
    for key in ("outcome", "before"):
        if key in table and spec.outcome is not None:
            table[key] = unwanted(spec.outcome, table[key].to_numpy(float))
    if "area" not in filled:
        own = scenario.investments[evaluated(scenario, spec)[1]].areas or ["all"]
        table["area"] = own[0]
    return table, tuple(name for name in sheet.unread if name.lower() not in KNOWN)


def _whole(path: Path, reason: Reason) -> Problem:
    return Problem(Place(str(path), 0), "", reason)


def _headings(scenario: Scenario, name: str) -> tuple[str, ...]:
    """Return what a column of a background may be called."""
    if name == "age":
        return ("age", "ålder")
    key = name.removeprefix("attribute.")
    label = scenario.pathway.attributes[key].label
    words = () if label is None else (label.sv, label.en)
    return tuple(dict.fromkeys((name, key, *words)))


def _is_number(scenario: Scenario, name: str) -> bool:
    attribute = scenario.pathway.attributes.get(name.removeprefix("attribute."))
    return attribute is not None and not attribute.shares


_IDENTITY = Reason(
    "Here stands what looks like a personal identity number. Take away such columns, and number "
    "the people instead."
)


class _Reader:
    """Reads the rows of a sheet, and keeps what is wrong in them.

    Attributes:
        problems: What is wrong.
    """

    def __init__(self, sheet: Sheet, spec: Evaluation) -> None:
        self._sheet, self._spec = sheet, spec
        self.problems: list[Problem] = []

    def table(self, texts: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
        """Return the people, with columns of text and of numbers beside."""
        own = set(NEEDED[self._spec.design])
        present = {
            name
            for name in (*HEADINGS, *texts, *numbers)
            if any(row.values[name] for row in self._sheet.rows)
        }
        rows = []
        for row in self._sheet.rows:
            if len(self.problems) >= MOST_PROBLEMS:
                break
            rows.append(self._row(row, present, own, texts, numbers))
        table = pd.DataFrame(rows)
        if "treated" not in table:
            table["treated"] = self._by_design(table)
        return table

    def _row(
        self,
        row: Row,
        present: Collection[str],
        own: Collection[str],
        texts: Sequence[str],
        numbers: Sequence[str],
    ) -> dict[str, object]:
        self._identities(row)
        found: dict[str, object] = {"person": row.values["person"] or row.place.line}
        for name in ("outcome", *(key for key in ("before", "score") if key in present)):
            found[name] = self._amount(row, name)
        for name in ("treated", "post"):
            if name in present:
                found[name] = self._yes(row, name)
        if "index" in present:
            found["index"] = index = self._moment(row, needed="index" in own)
            found["year"] = int(index) if np.isfinite(index) else -1
            start = months_until(self._spec.cohorts.from_) / 12
            found.setdefault("post", bool(index >= start - 1e-9))
        for name in ("area", "cluster", "round"):
            if name in present:
                found[name] = self._text(row, name)
        for name in texts:
            found[name] = row.values[name] or None
        for name in numbers:
            found[name] = self._amount(row, name)
        return found

    def _by_design(self, table: pd.DataFrame) -> Flags:
        """Return who is treated where the design says so: all of them, or those over a cutoff."""
        cutoff = self._spec.cutoff
        if cutoff is None:
            return np.ones(len(table), np.bool_)
        limit = cutoff.at
        if limit is None:
            limit = float(np.nanquantile(table["score"], 1 - (cutoff.share or 0.0)))
        return np.asarray(table["score"].to_numpy(float) >= limit)

    def _identities(self, row: Row) -> None:
        for name, text in row.values.items():
            if IDENTITY_NUMBER.fullmatch(text.replace(" ", "")):
                self._say(row, name, _IDENTITY)

    def _say(self, row: Row, name: str, reason: Reason) -> None:
        self.problems.append(row.problem(name, reason))

    def _amount(self, row: Row, name: str) -> float:
        """Return a number, or 1 and 0 for yes and no; NaN where nothing stands."""
        text = row.values[name].strip().lower()
        if text.isalpha() and text in YES | NO:
            return float(text in YES)
        amount = row.amounts.get(name)
        if isinstance(amount, Reason):
            self._say(row, name, amount)
        return amount if isinstance(amount, float) else NAN

    def _yes(self, row: Row, name: str) -> bool:
        found = _yes_or_no(row.values[name])
        if found is None:
            said = shortened(row.values[name])
            self._say(row, name, Reason('Neither yes nor no: "{text}". Write 1 or 0.', text=said))
        return bool(found)

    def _text(self, row: Row, name: str) -> str:
        text = row.values[name].strip()
        if not text:
            self._say(row, name, Reason("Nothing stands here."))
        return text

    def _moment(self, row: Row, *, needed: bool) -> float:
        """Return a month or a day as a decimal year."""
        text = row.values["index"].strip()
        if not text and not needed:
            return NAN
        if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?", text) and is_date(text):
            return months_until(text) / 12
        amount = row.amounts.get("index")
        if isinstance(amount, float) and 1900 <= amount < 2200:
            return amount
        said = shortened(text)
        reason = Reason('Not a month: "{text}". Write it as 2026-03, or as 2026-03-15.', text=said)
        self._say(row, "index", reason)
        return NAN


def _yes_or_no(text: str) -> bool | None:
    """Return what a cell says; None if it is neither."""
    said = re.sub(r"[.,]0+$", "", text.strip().lower())
    return True if said in YES else False if said in NO else None
