"""The project catalogue: ready scenarios in its columns, and scenario files started from its rows.

The columns are those of the catalogue of social investments (need, target group, goal, method,
outcome measures, budget). Ready scenarios are the files of a folder, by default `scenarios` where
one works, and those that ship with the package, which are there for everyone.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from sisim.i18n import KRONA, current_language, each_language, t
from sisim.loading.amounts import Unit
from sisim.loading.files import read, shipped
from sisim.loading.load import load_pathway, load_scenario
from sisim.loading.spreadsheet import Row, Sheet, read_sheet
from sisim.portable import file_name_fits
from sisim.scenario.errors import MOST_PROBLEMS, Problem, Reason, ScenarioError, nearest
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Text

FOLDER = Path("scenarios")
"""Where one's own scenarios are looked for when no folder is named."""
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("Namn", "Name"),
    "title": ("Satsning", "Title", "Titel", "Projekt", "Projektnamn", "Insatsens namn", "Project"),
    "need": ("Behov", "Need", "Needs"),
    "target_group": ("Målgrupp", "Target group", "Målgrupper", "Target groups"),
    "goal": ("Mål", "Goal", "Goals", "Målsättning"),
    "intervention": ("Metod", "Method", "Insats", "Intervention", "Arbetssätt"),
    "social_outcomes": (
        "Sociala utfallsmått",
        "Social outcome measures",
        "Utfallsmått",
        "Outcome measures",
    ),
    "economic_outcomes": ("Ekonomiska utfallsmått", "Economic outcome measures"),
    "budget": ("Budget (kr)", "Budget (SEK)", "Budget"),
    "currency": ("Valuta", "Currency"),
    "administration": ("Betalas av", "Paid by", "Förvaltning", "Administration"),
    "start": ("Start", "Projektstart", "Starts"),
    "years": ("Antal år", "Years", "Projekttid (år)"),
    "pathway": ("Livsförlopp", "Pathway", "Flöde"),
    "file": ("Fil", "File"),
}
"""The columns, and the headings each may have: the Swedish and the English first."""
TEXTS = ("need", "target_group", "goal", "intervention", "social_outcomes", "economic_outcomes")
FILTERS = ("target_group", "need", "intervention", "administration")


@dataclass(frozen=True)
class CatalogueEntry:
    """A ready scenario.

    Attributes:
        file: Where it stands.
        scenario: What it says.
        ships: Whether it comes with the package.
    """

    file: Path
    scenario: Scenario
    ships: bool = False

    @property
    def source(self) -> str:
        """What commands take: the name of what ships, else the file."""
        return self.file.stem if self.ships else str(self.file)

    def rows(self) -> list[dict[str, str | float | None]]:
        """Return what stands in each column, in every language."""
        return [self.row() for _ in each_language()]

    def row(self) -> dict[str, str | float | None]:
        """Return what stands in each column, in the current language."""
        scenario, own = self.scenario, self.scenario.catalogue
        found: dict[str, str | float | None] = dict.fromkeys(HEADINGS)
        found |= {"name": scenario.name, "title": scenario.title.text}
        for name in TEXTS if own is not None else ():
            value: Text | list[Text] = getattr(own, name)
            texts = value if isinstance(value, list) else [value]
            found[name] = "; ".join(one.text for one in texts)
        investments = scenario.investments.values()
        payers = dict.fromkeys(payer for one in investments for payer in one.cost.shares)
        found |= {
            "budget": budget(scenario),
            "currency": scenario.pathway.currency,
            "administration": "; ".join(scenario.payer_label(p).text for p in payers),
            "start": min((one.start for one in investments), default=None),
            "years": max((one.years for one in investments), default=None),
            "pathway": _pathway_of(scenario),
            "file": self.source,
        }
        return found


def headings(found: Iterable[CatalogueEntry]) -> dict[str, str]:
    """Return the headings of a catalogue, by column.

    Where all budgets are in kronor their heading says so; else each row names its currency.
    """
    language = 0 if current_language() == "sv" else 1
    chosen = {column: names[language] for column, names in HEADINGS.items()}
    if all(one.scenario.pathway.currency == KRONA for one in found):
        del chosen["currency"]
    else:
        chosen["budget"] = HEADINGS["budget"][-1]
    return chosen


def entries(folder: Path | None = None) -> tuple[list[CatalogueEntry], list[Problem]]:
    """Return the ready scenarios, and what is wrong in files that cannot be read.

    Args:
        folder: Where to look, besides among those that ship with the package; unset: `scenarios`,
            if there is one here.
    """
    ready = list(shipped("scenario").values())
    known = {one.resolve() for one in ready}
    own = [one for one in sorted((folder or FOLDER).glob("*.toml")) if one.resolve() not in known]
    found: list[CatalogueEntry] = []
    problems: list[Problem] = []
    for file in (*own, *ready):
        try:
            if "pathway" not in read(file).data:
                continue
            entry = CatalogueEntry(file, load_scenario(file), file in ready)
        except ScenarioError as error:
            problems += error.problems
            continue
        found.append(entry)
    return found, problems


def _pathway_of(scenario: Scenario) -> str:
    """Return what a scenario file can call the pathway: the name of what ships, else its file."""
    name, file = scenario.pathway.name, scenario.origin("pathway")
    return name if name in shipped("pathway") and Path(file).stem == name else file


def budget(scenario: Scenario) -> float | None:
    """Return what the projects of a scenario cost with all places filled, in its currency.

    None where somebody costs something for as long as they take part, and there is no telling
    without a simulation how many will.
    """
    total = 0.0
    for one in scenario.investments.values():
        cost, places = one.cost, one.capacity
        running = one.years - one.lead / 12
        total += cost.start_up.value + cost.running.value * running
        total += sum(part.cost.value for part in one.preparation.values())
        if one.fidelity is not None and one.fidelity.refresher is not None:
            # None falls on the day on which it ends.
            total += cost.refresher.value * (ceil(12 * running / one.fidelity.refresher) - 1)
        each, monthly = cost.per_participant.value, cost.per_participant_month.value
        if not each and not monthly:
            continue
        if places is None:
            return None
        turns = max(1.0, 12 * running / one.duration) if one.duration is not None else 1.0
        total += places * (each * turns + monthly * 12 * running)
    return total


def filtered(
    found: Iterable[CatalogueEntry], wanted: Mapping[str, str], text: str | None = None
) -> list[CatalogueEntry]:
    """Return the entries that have given texts in given columns, in either language.

    Args:
        found: The entries.
        wanted: A part of what should stand in a column, by column.
        text: What should stand in any of them.
    """
    return [one for one in found if matches(one.rows(), wanted, text)]


def matches(
    rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, str], text: str | None = None
) -> bool:
    """Return whether given texts stand in given columns of any of some rows.

    Examples:
        >>> matches([{"need": "Skolfrånvaro", "goal": ""}], {"need": "frånvaro"})
        True
        >>> matches([{"need": "Skolfrånvaro", "goal": ""}], {}, "placering")
        False
    """

    def stands(part: str, column: str) -> bool:
        return any(part.casefold() in str(row.get(column) or "").casefold() for row in rows)

    columns = {column for row in rows for column in row}
    return all(stands(part, column) for column, part in wanted.items()) and (
        text is None or any(stands(text, column) for column in columns)
    )


# ------------------------------------------------------------------------ from rows to files


@dataclass(frozen=True)
class Started:
    """A scenario file that has been started from a row.

    Attributes:
        name: Its name, and that of its file.
        text: What it says.
    """

    name: str
    text: str


def read_catalogue(path: Path) -> Sheet:
    """Return the rows of a project catalogue, CSV or XLSX.

    Raises:
        ScenarioError: If it cannot be read, or has no column with titles.
    """
    numbers: dict[str, tuple[Unit, ...]] = {"budget": ("money",), "years": ()}
    return read_sheet(path, HEADINGS, ["title"], numbers)


def start_all(rows: Iterable[Row], folder: Path, pathway: str = "child-youth") -> list[Started]:
    """Return a scenario file for each row, with all that the row says filled in.

    Args:
        rows: The rows of a catalogue.
        folder: Where the files will stand: a pathway that is a file is named from there.
        pathway: The pathway of rows that name none.

    Raises:
        ScenarioError: With everything that is wrong in the rows.
    """
    problems: list[Problem] = []
    known: dict[str, Pathway] = {}
    found: dict[str, Started] = {}
    for row in rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        own = row.values["pathway"] or pathway
        if own not in known:
            try:
                known[own] = load_pathway(own)
            except ScenarioError:
                close = nearest(own, shipped("pathway"))
                reason = Reason(
                    'There is no file and no ready {kind} called "{name}".',
                    kind=Reason("pathway"),
                    name=own,
                )
                choices = tuple(shipped("pathway"))
                problems.append(row.problem("pathway", reason, close, choices))
                continue
        wrong = list(_wrong(row, known[own].currency))
        problems += wrong
        name = slug(row.values["name"] or row.values["title"])
        if not row.values["title"]:
            continue
        if name in found:
            reason = Reason('"{name}" stands twice in the catalogue.', name=name)
            problems.append(row.problem("title", reason))
        elif not wrong:
            named = own if own in shipped("pathway") else _from(folder, own)
            found[name] = Started(name, _text(row, name, named, known[own]))
    if problems:
        raise ScenarioError(problems)
    return list(found.values())


def _from(folder: Path, file: str) -> str:
    """Return how a file is named in a file that stands in `folder`, on any system."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on another drive of Windows
        return Path(file).resolve().as_posix()


def slug(title: str) -> str:
    """Return a name for a file on any system, and for what stands in it.

    Examples:
        >>> slug("Hälsofrämjande insatser – seniorer"), slug("3 skolor"), slug("Con")
        ('halsoframjande-insatser-seniorer', 's-3-skolor', 's-con')
    """
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    usable = found[:1].isalpha() and file_name_fits(found)
    return found if usable else f"s-{found}".strip("-")


def _wrong(row: Row, currency: str) -> Iterator[Problem]:
    if not row.values["title"]:
        yield row.problem("title", Reason("The row has no title."))
    for name in ("budget", "years"):
        value = row.amounts.get(name)
        if isinstance(value, Reason):
            yield row.problem(name, value)
        elif value is not None and (value < 0 or (name == "years" and value == 0)):
            yield row.problem(name, Reason('"{text}" is not over 0.', text=row.values[name]))
    stated = row.values["currency"]
    if stated and stated != currency:
        reason = Reason(
            "The pathway is priced in {currency}, and nothing is converted between currencies.",
            currency=currency,
        )
        yield row.problem("currency", reason)
    start = row.values["start"]
    if start and _month(start) is None:
        reason = Reason('"{text}" is neither a year nor a month such as 2026-01.', text=start)
        yield row.problem("start", reason)


def _month(text: str) -> str | None:
    """Return a month as a file has it.

    Examples:
        >>> _month("2026"), _month("2026-08-01 00:00:00"), _month("spring")
        ('2026-01', '2026-08', None)
    """
    found = re.match(r"^(\d{4})(?:-(0[1-9]|1[0-2])\b.*)?$", text)
    return None if found is None else f"{found[1]}-{found[2] or '01'}"


def _text(row: Row, name: str, pathway: str, spec: Pathway) -> str:
    """Return a scenario file; what the row does not say stands as a comment."""
    title, place = row.values["title"], f"{Path(row.place.file).name}:{row.place.line}"
    hint = t(
        "Started from {place}. Lines with # are to be filled in; `sisim check` says what is "
        "missing.",
        place=place,
    )
    head = [f"# {hint}", "", f"name = {_quoted(name)}", f"title = {_quoted(title)}"]
    arm = [
        "",
        "[arms.project]",
        f"label = {_quoted(title)}",
        f'investments = {{ {name} = "ends" }}',
    ]
    lines = [
        *head,
        *(f"pathway = {_quoted(pathway)}", "", "[catalogue]"),
        *(_catalogue_line(row, column) for column in TEXTS),
        *_time_lines(row),
        *_investment_lines(row, name, pathway),
        *_cost_lines(row, name, place, spec),
        *arm,
        "",
    ]
    return "\n".join(lines)


def _catalogue_line(row: Row, column: str) -> str:
    said, listed = row.values[column], column.endswith("outcomes")
    several = [part.strip() for part in re.split(r"[;\n]", said) if part.strip()]
    value = f"[{', '.join(map(_quoted, several))}]" if listed else _quoted(said)
    return _line(column, value if said else None, "[]" if listed else '""')


def _start_line(row: Row) -> str:
    start = _month(row.values["start"]) if row.values["start"] else None
    return _line("start", start and _quoted(start), '"2026-01"')


def _time_lines(row: Row) -> list[str]:
    hint = t("How many live there, as far up in age as the pathway goes.")
    people = [f"# {hint}", "# [population]", "# residents = 20000", ""]
    return ["", "[time]", _start_line(row), "", *people]


def _investment_lines(row: Row, name: str, pathway: str) -> list[str]:
    years = _amount(row, "years")
    target = t("Who it is for, in the pathway's words.")
    effects = t(
        "What it changes: transitions of the pathway (`sisim pathway {name}`), with source and "
        "grade.",
        name=pathway,
    )
    return [
        f"[investments.{name}]",
        f"label = {_quoted(row.values['title'])}",
        _start_line(row),
        _line("years", None if years is None else f"{years:g}", "3"),
        f"# {target}",
        "# target = { age = { from = 12, below = 20 } }",
        f"# {effects}",
        "# effects = []",
        "",
    ]


def _amount(row: Row, column: str) -> float | None:
    value = row.amounts.get(column)
    return None if isinstance(value, Reason) else value


def _cost_lines(row: Row, name: str, place: str, spec: Pathway) -> list[str]:
    lines = [f"[investments.{name}.cost]"]
    years, total = _amount(row, "years"), _amount(row, "budget")
    if total is not None:
        note = t("The budget of the catalogue is {n} in all.", n=f"{total:.0f}")
        source = f"source = {_quoted(place)}"
        running = f"{{ value = {total / years:.0f}, {source} }}" if years else None
        lines += [f"# {note}", _line("running", running, "0")]
    payer, usual = _payer(row.values["administration"], spec), next(iter(spec.administrations), "")
    return [*lines, _line("payer", payer and _quoted(payer), _quoted(usual))]


def _payer(text: str, pathway: Pathway) -> str | None:
    """Return the administration that a text names, if it names one."""
    named = {
        label: name
        for name, one in pathway.administrations.items()
        for label in (name, one.label.sv, one.label.en)
    }
    first = text.partition(";")[0].strip()
    close = nearest(first, named) if first else None
    return None if close is None else named[close]


def _line(key: str, value: str | None, example: str) -> str:
    return f"# {key} = {example}" if not value else f"{key} = {value}"


def _quoted(text: str) -> str:
    """Return a text as a TOML string: JSON's, but for a character that TOML has escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
