"""Whatever a reader meets is in their language, and every picture of every command can be read.

In the tables that are written, headings and categories are keys, for programs and the same in every
language (`DATA`); a cell with words is looked at. The live page is looked at in `tests/live`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from babel.messages.pofile import read_po
from helpers.calibrations import ENTRIES, STOCK, calibration
from helpers.calibrations import PATHWAY as TWO_RATES
from helpers.command_line import sisim
from helpers.figure_files import TITLE, kolada, row
from helpers.figure_files import text as write_text
from helpers.pictures import faults
from helpers.registers import estimation, lives, register
from helpers.unread import empty_workbook
from helpers.words import SCENARIOS, SOURCE, WORD, leaks, slips
from matplotlib.figure import Figure
from matplotlib.text import Text

from sisim.i18n import Lang
from sisim.loading.result_table import read_table
from sisim.report import result_files
from sisim.report.result_files import README
from sisim.report.result_words import column_words

PUBLISHED = SCENARIOS.parent / "experiments/published"
FEW = ("--set", "population.residents=1500", "--set", "replications=2")
READY = ("placed-youth", *FEW)
SMALLEST = ("service-trainee", "--set", "population.residents=600", "--set", "replications=2")
"""What takes many draws is asked of a pathway with few numbers."""
TRAINEE = ("--set", "population.residents=4000", "--set", "replications=3")
EV1 = str(Path(__file__).parents[1] / "helpers" / "ev1.toml")
POCKETS = str(Path(__file__).parents[1] / "helpers" / "pockets.toml")
GATED = str(Path(__file__).parents[1] / "helpers" / "gated.toml")
MEASURED = str(Path(__file__).parents[1] / "helpers" / "measured.toml")


class _Shown(HTMLParser):
    """The text of a page, without its style and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._inside = ""
        self._section: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        if tag == "section":
            self._section = dict(attrs).get("id")
        self.text += [v or "" for k, v in attrs if k in ("title", "aria-label", "placeholder")]

    def handle_data(self, data: str) -> None:
        if self._inside == "script" and data.startswith("{"):  # what a lesson shows
            texts = _texts(json.loads(data))
            self.text += [text for text in texts if not DATA.fullmatch(text)]
        elif self._inside not in ("style", "script") and self._section not in SECTIONS_OF_KEYS:
            self.text.append(data)


def _texts(node: Any) -> Iterator[str]:
    """Yield the Swedish texts of what is written as JSON, but for its keys and for what is filled.

    A lesson holds both languages, in `words` those of the figures together.
    """
    if isinstance(node, str):
        yield re.sub(r"\{\w+\}", "", node)
    elif isinstance(node, dict):
        for key, below in node.items():
            if key not in ("en", "words"):
                yield from _texts(below)
    elif isinstance(node, list):
        for below in node:
            yield from _texts(below)


DATA = re.compile(r"[a-z0-9_.*:/+-]*")
"""A cell of a table for programs: a key, a category, a month or a number, in every language."""
REFERENCE = re.compile(r".* et al\. \d{4}.*")
"""A cell that names a publication, in its own language."""
KEYS_TOLD = (*("assumptions", "check", "explain", "catalogue", "values", "pathway", "key-figures"),)
"""Commands that tell the keys of files."""
SECTIONS_OF_KEYS = ("odd", "provenance", "glossary")
"""Sections of a decision document that tell keys, the command, and words in both languages."""
PICTURES = (".svg", ".png", ".pdf")
"""What is drawn is looked at before it becomes outlines of letters."""


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each file that has words for a reader, and its text.

    Args:
        folder: The folder, or a file.
    """
    inside = folder.rglob("*") if folder.is_dir() else [folder]
    for file in sorted(path for path in inside if path.is_file()):
        if file.suffix in PICTURES or file.suffix in (".parquet", ".json", ".xlsx"):
            continue
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix == ".html":
            page = _Shown()
            page.feed(text)
            text = "\n".join(page.text)
        elif file.suffix == ".toml":
            text = "\n".join(re.findall(r"(?m)^# ?([^=\[]*)$", text))
        elif file.suffix == ".csv":
            rows = csv.reader(text.splitlines(), delimiter=";" if ";" in text[:200] else ",")
            cells = (cell for row in rows for cell in row)
            told = (cell for cell in cells if not (DATA.fullmatch(cell) or REFERENCE.match(cell)))
            text = "\n".join(told)
        elif file.name == README:
            text = "\n".join(told for line in text.splitlines() for told in _of_readme(line))
        yield file.name, text


def _of_readme(line: str) -> Iterator[str]:
    """Yield what a line tells, without the name of the file, table or column that it is about."""
    if line.startswith("    "):
        yield " ".join(line.split()[1:]) if line[4:5] != " " else line
    elif not line.startswith(("==", "  sisim ")) and not line.endswith((".csv)", ".parquet)")):
        yield line


def untold(folder: Path) -> set[str]:
    """Return the columns of the tables in a folder that its README says nothing of."""
    if not (folder / README).exists():
        return set()
    laid_out = ("repayment-plan-", "follow-up-observed")
    tables = (file for file in folder.glob("*.csv") if not file.name.startswith(laid_out))
    return {column for file in tables for column in read_table(file) if not column_words(column)}


COMMANDS: dict[str, tuple[str, ...]] = {
    "run": READY,
    "figures": (*READY, "--ordinary", "--current"),
    "money": READY,
    "run with what the verdict rests on": (
        *("placed-youth", "--residents", "1500", "--replications", "5"),
        *("--set", "time.years=10"),
    ),
    "money with what the verdict rests on": (
        *("placed-youth", "--residents", "1500", "--replications", "5"),
        *("--set", "time.years=10"),
    ),
    "report": READY,
    "evaluate": (EV1, "--draws", "3", "--workers", "1"),
    "estimate": ("estimate.toml",),
    "calibrate": (str(TWO_RATES), "calibrate.toml"),
    "calibrate what is not known": (str(TWO_RATES), "calibrate.toml", "--workers", "1"),
    "sroi": ("service-trainee", *TRAINEE, "--arm", "project"),
    "static": ("service-trainee", *TRAINEE, "--arm", "new_way"),
    "gate": (GATED, "--draws", "4", "--workers", "1"),
    "spread": (GATED, "--replications", "2", "--runs", "20", "--set", "spread.years=5"),
    "check of an application": (GATED, "--application"),
    "money of a fund": (str(SCENARIOS / "portfolio.toml"), *FEW),
    "money of a contract": (str(SCENARIOS / "outcome-contract.toml"), *FEW),
    "money of later lives": (
        *(*READY, "--set", "time.tail=adult-life"),
        *("--set", "economy.perspective=society"),
    ),
    "run what is measured": (MEASURED, "--replications", "5"),
    "follow-up of what is measured": (MEASURED, "--certain"),
    "cohort": (str(PUBLISHED / "p1-sick-sicker.toml"),),
    "cohort of a tunnel": (str(PUBLISHED / "tunnel.toml"),),
    "check of a step": (str(PUBLISHED / "on-off.toml"),),
    "cohort of two tracks": (str(PUBLISHED / "p5-two-tracks.toml"),),
    "run without figures": (str(SCENARIOS / "peterborough.toml"), "--replications", "2"),
    "run of a cohort without arms": (
        *(str(PUBLISHED / "p5-two-tracks.toml"), "--set", "population.cohort=200"),
        *("--replications", "2"),
    ),
    "precision": (*READY, "--wish", "5000000"),
    "sensitivity": (*READY, "--vary", "investments.team.reach", "--workers", "1"),
    "sensitivity by morris": (
        *(*SMALLEST, "--method", "morris", "--size", "2", "--workers", "1"),
        *("--vary", "investments.trainee.*"),
    ),
    "heatmap": (
        *(*READY, "investments.team.reach=0.4:0.9", "investments.team.years=2:4"),
        *("--points", "2", "--workers", "1"),
    ),
    "break-even": (*READY, "investments.team.reach=0.2:1", "--points", "3", "--workers", "1"),
    "uncertainty": (*SMALLEST, "--draws", "20", "--effect", "unemployed", "--workers", "1"),
    "mix": ("placed-youth", *FEW, "--budget", "10000000"),
    "silo": (POCKETS, "--paper", "--replications", "2", "--set", "population.residents=60"),
    "system": (POCKETS, "--replications", "1", "--set", "population.residents=60"),
    "needs": READY,
    "follow-up": (*READY, "--certain"),
    "implement": (*READY, "--budget", "5e6"),
    "implement without a budget": READY,
    "precision of the benefit-cost ratio": (*READY, "--measure", "benefit_cost_ratio"),
    "heatmap of the rate of return": (
        *(*READY, "investments.team.reach=0.4:0.9", "investments.team.years=2:4"),
        *("--points", "2", "--workers", "1", "--measure", "internal_rate_of_return"),
    ),
    "explain": READY,
    "check": ("placed-youth",),
    "assumptions": ("placed-youth",),
    "pathway": ("child-youth", "--residents", "1000", "--years", "1"),
    "catalogue": (),
    "values": ("--text", "residential"),
    "catalogue --read": ("--read", "catalogue.csv"),
    "key-figures": ("data.json", "kpi.json", "kommuner.csv"),
    "discover": (
        *(*SMALLEST, "--arm", "project", "--under=-450e3", "--draws", "20", "--workers", "1"),
    ),
    "compare": ("placed-youth", str(SCENARIOS / "skolfam.toml"), *FEW),
    "sweep": ("experiment.toml", "--workers", "1"),
    "country": ("country.toml", "--workers", "1"),
    "reproduce": ("result",),
    "lesson": (*READY, "--residents", "1500", "--versions", "3"),
}
EXPERIMENT = """
name = "two"
title = "Två värden"
scenario = "placed-youth"
arms = ["project"]
outcomes = ["net_present_value", "payback_year", "invested"]
override = { "population.residents" = 1500, "time.history" = 0 }
levers = { "economy.perspective" = ["social", "public"], "investments.team.years" = [2, 3] }
chance = { replications = 1 }
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def prepare(name: str) -> None:
    """Write the files that a command takes."""
    Path("experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    if name == "catalogue --read":
        sisim("catalogue", "--administration", "social", "--out", "catalogue.csv", lang="sv")
    elif name == "estimate":
        estimation(Path(), register(lives(1, 100)))
    elif name == "calibrate":
        calibration(Path(), draws=16)
    elif name == "calibrate what is not known":
        few = {"waves": 1, "replications": 1, "residents": 3000}
        calibration(
            Path(), STOCK, ENTRIES, method="'emulator'", draws=16, held_out=["entries"], **few
        )
    elif name == "key-figures":
        kolada(Path(), "kpi.json", [TITLE])
        kolada(Path(), "data.json", [row(95.0), row(None, year=2024)], next_url="…")
        table = "Kod;Kommunkod;År;Värde;Annat\nA;0581;2023;X;\nKälla: Kommunen\n"
        write_text(Path(), table, name="kommuner.csv")
    elif name == "country":
        write_text(Path(), "kommun;invånare;län\nA;900;Norr\nB;500;Norr\n", name="kommuner.csv")
        lines = EXPERIMENT.replace('"population.residents" = 1500, ', "").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("levers"))
        text += '\nmunicipalities = { file = "kommuner.csv" }\n'
        Path("country.toml").write_text(text, encoding="utf-8")
    elif name == "reproduce":
        sisim("sweep", "experiment.toml", "--out", "result", "--workers", "1", lang="sv")


DRAWS_NOTHING = frozenset(
    {"check", "explain", "assumptions", "catalogue", "values", "lesson", "reproduce", "key-figures"}
)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_writes_and_draws_words_of_the_language(name: str, lang: Lang) -> None:
    command = name.split()[0]
    prepare(name)
    before = set(Path().iterdir())
    targets = {
        "check": None,
        "explain": None,
        "assumptions": "register.csv",
        "pathway": "pathway.svg",
        "catalogue": "out.csv",
        "values": "values.csv",
        "key-figures": "figures.csv",
        "catalogue --read": "egna",
        "estimate": "egna.toml",
        "calibrate": "kalibrerat.toml",
        "lesson": "lesson.html",
        "reproduce": None,
    }
    target = targets.get(name, targets.get(command, "resultat"))
    out = () if target is None else ("--out", target)
    drawn: list[str] = []
    looked_at: set[Figure] = set()
    unreadable: list[str] = []
    save = Figure.savefig

    def note(figure: Figure, file: Any, **more: Any) -> None:
        if figure not in looked_at:
            looked_at.add(figure)
            unreadable.extend(faults(figure))
            drawn.extend(one.get_text() for one in figure.findobj(Text) if one.get_visible())
        # Measured, it has been drawn as for a PNG; outlines of letters are of no language.
        kind = more.get("format") or Path(file).suffix[1:]
        if kind == "svg" and lang == "sv":
            save(figure, file, **more)
        elif kind == "svg" and not isinstance(file, Path):
            file.write(b"<svg></svg>")
        elif isinstance(file, Path):
            file.touch()

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(Figure, "savefig", note))
        if lang == "sv":  # no cell of a workbook is read here: that it can be written is seen once
            unread = mock.patch.object(result_files, "write_workbook", empty_workbook)
            patches.enter_context(unread)
        result = sisim(command, *COMMANDS[name], *out, lang=lang)
    assert result.exit_code == 0, result.output
    texts = {"said": result.output, "drawn": "\n".join(drawn)}
    texts |= {file: text for new in set(Path().iterdir()) - before for file, text in written(new)}
    found = {where: leaks(text) if lang == "sv" else {} for where, text in texts.items()}
    for where, text in texts.items():
        if command not in KEYS_TOLD:
            found[where] |= slips(text)
    assert {where: what for where, what in found.items() if what} == {}
    assert unreadable == []
    assert untold(Path(target or "resultat")) == set()
    assert bool(looked_at) == (command not in DRAWS_NOTHING)


@cache
def code() -> frozenset[str]:
    """Return the words that stand in backticks in the catalogues; help shows none of the ticks."""
    said = []
    for name in ("sv", "help.sv"):
        with (SOURCE / f"data/locale/{name}.po").open("rb") as stream:
            said += [str(message.string) for message in read_po(stream, locale="sv")]
    spans = (span for text in said for span in re.findall("`[^`]*`", text))
    return frozenset(word.lower() for span in spans for word in WORD.findall(span))


def commands() -> list[str]:
    """Return every command there is, as the help lists them."""
    return re.findall(r"(?m)^│ ([a-z][a-z-]*)  ", sisim("--help", lang="sv").output)


def test_help_has_nothing_in_english() -> None:
    names = commands()
    assert {"run", "money", "live", "bench"} <= set(names)
    found = {
        (command, word): line
        for command in ((), *((name,) for name in names))
        for word, line in leaks(sisim(*command, "--help", lang="sv").output).items()
        if word not in code() and word not in names
    }
    assert found == {}


def test_a_raw_key_a_wrong_plural_and_no_number_are_found() -> None:
    wrong = "economy.perspective, new_way, 1 years, nan, None, year 2,026, år 2 026, {n}"
    assert len(slips(wrong.replace(", ", "\n"))) == 8
    assert slips("“age_dies”, 1 year, SEK 2,026k, 1,001 years, in 2026. See net.csv") == {}


def test_a_word_in_english_is_found() -> None:
    assert set(leaks("Figur 1: before–after 5 %, med–utan 3 %")) == {"before", "after"}
    assert leaks("Nuvärde: ”the centre”, `--until`, investments.team.reach, placed-youth") == {}
