"""Every message that a reader can meet exists in Swedish, with the same fields."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import sisim.i18n
from sisim.i18n import in_language, number, source_text

SOURCE = Path(sisim.i18n.__file__).parent
SCENARIOS = SOURCE.parents[1] / "scenarios"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "n_": (1, 2), "Reason": None}


def messages() -> dict[str, str]:
    """Return every message written in the code, and where it stands."""
    with contextlib.redirect_stderr(io.StringIO()):
        # Babel complains of a field that is filled with an f-string.
        found = list(extract_from_dir(SOURCE, [("**.py", "python")], keywords=KEYWORDS))
    return {
        text: f"{file}:{line}"
        for file, line, message, *_ in found
        for text in (message if isinstance(message, tuple) else (message,))
    }


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of `t`, `n_` and `Reason`, and where it stands."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KEYWORDS
            ):
                yield f"{file.relative_to(SOURCE)}:{node.lineno}", node


def catalogue(file: str = "sv.po") -> dict[str, str]:
    """Return a Swedish catalogue; both forms of a message with a plural."""
    with (SOURCE / "data/locale" / file).open("rb") as stream:
        found = {}
        for message in read_po(stream, locale="sv"):
            if isinstance(message.id, tuple):
                found.update(zip(message.id, message.string, strict=True))
            elif message.id:
                found[message.id] = str(message.string)
        return found


def sources() -> set[str]:
    """Return the sources and notes of all ready files."""

    def within(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("source", "note") and isinstance(value, str):
                    yield value
                yield from within(value)
        elif isinstance(node, list):
            for value in node:
                yield from within(value)

    files = [*SOURCE.glob("data/*/*.toml"), *SCENARIOS.glob("*.toml")]
    return {
        text for file in files for text in within(tomllib.loads(file.read_text(encoding="utf-8")))
    }


def fields(text: str) -> set[str]:
    """Return the {fields} of a message."""
    return set(re.findall(r"\{(\w*)[^{}]*\}", text))


def test_no_message_lacks_its_swedish() -> None:
    known = catalogue()
    assert {m: place for m, place in messages().items() if not known.get(m)} == {}


def test_no_line_of_a_catalogue_is_left_behind_by_a_message_that_is_gone() -> None:
    """A text after an empty line is read as the end of the message before it."""
    for file in (SOURCE / "data/locale").glob("*.po"):
        assert '\n\n"' not in file.read_text(encoding="utf-8"), file.name


OTHER_WORDS = {
    "går jämnt upp": "går jämnt ut",
    "djupaste hål": "största ackumulerade underskottet",
    "svans": "restvärde",
    "teckning": "bild",
    "gallring": "Morrismetoden",
    "fickor": "tillfaller andra än dem som betalar",
    "böcker": "aktuell hos",
    "intensitet": "årlig risk",
    "takter": "årliga risker",
    "tidshorisont": "kalkylperiod",
    "standardfel": "medelfel",
    "inte diskonter": "odiskonter",
    "om året": "per år",
    "räckvidd": "andel som nås",
    "jämlik": "kamrat",
    "kännetecken": "egenskap",
    "insättning": "avsättning",
    "blandningen": "kombinationen",
    "arbetare": "arbetsprocess",
    "flöde": "livsförlopp",
}
"""What is not written, and the one word that is."""


@pytest.mark.parametrize("file", ["sv.po", "help.sv.po"])
def test_one_thing_has_one_word_in_swedish(file: str) -> None:
    said = "\n".join(catalogue(file).values())
    said = re.sub("”[^”]*”|`[^`]*`", "", said).lower()
    assert {
        word: right for word, right in OTHER_WORDS.items() if re.search(rf"\b{word}", said)
    } == {}


def test_no_translation_is_of_a_message_that_is_gone() -> None:
    assert set(catalogue()) - set(messages()) == set()


def test_no_message_is_only_the_plural_of_another() -> None:
    """A plural is looked up by its singular: asked for alone it would stay in English."""
    with (SOURCE / "data/locale/sv.po").open("rb") as stream:
        plurals = {m.id[1] for m in read_po(stream, locale="sv") if isinstance(m.id, tuple)}
        stream.seek(0)
        alone = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(stream, locale="sv")}
    asked = {
        call.args[0].value
        for _, call in calls()
        if getattr(call.func, "id", "") == "t" and isinstance(call.args[0], ast.Constant)
    }
    assert asked & (plurals - alone) == set()


def test_every_message_is_where_the_extractor_finds_it() -> None:
    """A message in an f-string, or one that is put together, would be in no catalogue."""
    known = messages()
    hidden = []
    for place, call in calls():
        wanted = call.args[: 2 if getattr(call.func, "id", "") == "n_" else 1]
        for text in wanted:
            if not (isinstance(text, ast.Constant) and text.value in known):
                hidden.append(f"{place.partition(':')[0]}: {ast.unparse(text)}")
    assert hidden == ["scenario/errors.py: self.message"]  # a `Reason`, which is found itself


ALWAYS_SEVERAL = {
    "The same people and luck meet every value. Changes are the mean of {n} of the {runs} runs, "
    "the line is that of all.": "told of five runs and more",
    "The same people and luck meet every value, in all {runs} runs.": "told of five runs and more",
    "In {carried} of {of} combinations it is above {turn} in at least nine runs of ten.": "said of "
    "two combinations and more",
    "Of {of} combinations, those with the highest and the lowest results are drawn.": (
        "over a limit"
    ),
    "The file says {of_file} runs: with --replications {of_file} less of the spread is chance.": (
        "more than the one or two that were run"
    ),
    "Bands: 10–90% of {n} runs.": "drawn from five runs on",
    "Dots: runs, with and without on the same people and luck. Band, from {n} runs on: 95% "
    "interval of their mean (Student's t).": "the least number of runs that has a band",
    "A window has 1 to {most} steps; this one has {steps}.": "a limit",
    "{n} transitions begin here; {most} can.": "over a limit",
    "The table has more than {n} cells.": "a limit",
    "The workbook has more than {n} sheets.": "a limit",
    "There can be at most {most} areas.": "a limit",
    "A product can be of at most {most} factors.": "a limit",
    "{n} problems found; no more were looked for.": "a limit",
    "There can be at most {most} destinations.": "a limit",
    "The row has {n} cells, which is more than the headings ({m}). A text or a number with the "
    'separator in it, as 2,5 where commas separate, stands in "quotes".': "more than one heading",
    "the mean of the {n} years before the start": "one year has words of its own",
    "paid {n} years later": "one year has words of its own",
    "Workers have died {n} times in a row without finishing anything; most often memory is too "
    "small. All that is finished is kept: go on with --resume and fewer --workers.": "three",
    "{n} of {all} ready scenarios.": "there are many",
    "It is left empty in {n} of {all} cells: where more than half of the runs are so.": "a map",
    "{what}: at {n} of {all} points some runs have no value, as {why}.": "a curve",
    "Two of the region's {n} sides are drawn: what is inside also lies within the others.": "three",
    "The simulation would take about {n} minutes, and the page gives at most {most} to one. Fewer "
    "residents, years or runs are sooner done; `sisim run` has no such limit.": "over a limit",
    "{n} versions have been worked out. Between them curves and numbers are read off in "
    "proportion, and words are those of the nearest. Drawn with Apache ECharts.": "a grid",
    "People are simulated from {years} years before the start, which would be before the year 0.": (
        "hundredsas many as a year has"
    ),
    "The page is open {n} times, which is all it takes.": "a limit",
    "Not told by these runs: what a verdict rests on takes at least {n} runs of an arm with an "
    "investment.": "a limit",
    "{n} people": "the fewest that a run is worth asking for",
    "{n} replications": "one has words of its own",
    "{n} days": "less is told in hours",
}
"""Messages whose number is never 1, and why."""
COUNTED = re.compile(r"\{(?!rule)\w+\}[ \xa0](?:of the |of |whole |ready |smaller )?([a-z]+)")


def test_a_number_that_can_be_one_decides_between_two_forms() -> None:
    """Whether in English or in Swedish: "1 years" and "1 körningar" are nobody's words."""
    with (SOURCE / "data/locale/sv.po").open("rb") as stream:
        found = list(read_po(stream, locale="sv"))
    both = [m.id for m in found if isinstance(m.id, tuple)]
    plurals = {
        noun
        for one, many in both
        for noun in set(re.findall("[a-z]+", many)) - set(re.findall("[a-z]+", one))
        if noun.endswith("s") or noun == "people"
    }
    assert {"years", "months", "runs", "people", "cells", "rows", "places"} <= plurals
    plurals |= {"areas", "days", "destinations", "hours", "minutes", "sheets", "steps", "times"}
    plurals -= {"as", "comes", "draws", "has", "is", "takes", "was"}
    single = {m.id for m in found if isinstance(m.id, str)}
    counted = {text for text in single if plurals & set(COUNTED.findall(text))}
    assert counted - set(ALWAYS_SEVERAL) == set()
    assert set(ALWAYS_SEVERAL) - single == set()


@pytest.mark.parametrize(("english", "translated"), catalogue().items())
def test_both_languages_have_the_same_fields(english: str, translated: str) -> None:
    assert fields(english) == fields(translated)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    with in_language("sv"):
        assert number(1234.5, 1) == "1\N{NO-BREAK SPACE}234,5"
    with in_language("en"):
        assert number(1234.5, 1) == "1,234.5"


def test_what_is_in_no_catalogue_stays_as_it_is() -> None:
    with in_language("sv"):
        assert source_text("Sweden Statistics 2024, table {3}") == (
            "Sweden Statistics 2024, table {3}"
        )


def test_every_source_of_a_ready_file_is_in_both_languages() -> None:
    known = catalogue("sources.sv.po")
    assert {text for text in sources() if not known.get(text)} == set()
    assert set(known) - sources() == set()
