"""Digests of all that comes of the scenarios, part by part, to be held against those of before.

A scenario is run and its results are hashed: what was counted, the tables, the money, the contract
payments, and what the command line says and writes. A part that differs says where to look.

From the folder `tests`:

    uv run python -m helpers.digests                 # writes cases/results.json anew
    uv run python -m helpers.digests portfolio       # of this scenario alone; the others stay
    uv run python -m helpers.digests --full          # prints, writes nothing

The file holds every scenario with few people, numbers to ten digits: what the test compares.
`--full` takes as many people as the scenario says, two runs, more commands in both languages, and
every number to the last bit and every file to the byte. It is for one and the same computer, before
and after a change that should change nothing: let `diff` compare the two outputs.

Results that change on purpose are stated in CHANGELOG.md, and the file is written anew with them.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import hashlib
import io
import json
import re
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from math import floor, log10
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

import sisim
from helpers.unread import empty_workbook
from sisim.loading.files import shipped
from sisim.report import result_files

TESTS = Path(__file__).parents[1]
SCENARIOS = TESTS.parent / "scenarios"
HELD = TESTS / "cases" / "results.json"

READY = "placed-youth"
RUNS = 2
FEW, PART = 1500, 10
"""The test takes a tenth of a scenario's people, but not fewer than these."""
DIGITS, DECIMALS = 10, 6
"""Numbers are compared to so many digits, and no finer than so many decimals."""
OFF_THE_EDGE = 0.0318
"""By so much of the last digit numbers are moved before they are rounded."""
PICTURES = (".png", ".svg", ".pdf")
BESIDE = re.compile(
    r"(?:.*[/\\])?(?:README\.txt|.*\.manifest\.json|.*\.xlsx"
    r"|(?:ledger|units|prices|people|moves)\.\w+)"
)
"""How a result was made, and where a krona comes from: held by tests of their own."""

Parts = dict[str, str]
"""A digest by part of what comes of a scenario."""


def names() -> list[str]:
    """Return the ready scenarios, `placed-youth` first."""
    return [READY, *(name for name in shipped("scenario") if name != READY)]


def source(name: str) -> str:
    """Return what `sisim.load` and the command line know a scenario by."""
    return name if name == READY else str(SCENARIOS / f"{name}.toml")


def overrides(name: str) -> dict[str, Any]:
    """Return what makes a scenario one of few people and two runs."""
    population = sisim.load(source(name)).population
    key = "residents" if population.cohort is None else "cohort"
    people = getattr(population, key)
    few = min(people, max(FEW, people // PART))
    return {f"population.{key}": few, "replications": RUNS}


def small(name: str, folder: Path) -> Parts:
    """Return the digests that the test holds.

    Args:
        name: The scenario.
        folder: Where the commands may write.
    """
    changes = overrides(name)
    results = sisim.run(sisim.load(source(name), changes))
    wanted = [f"--set={key}={value}" for key, value in changes.items()]
    commands = {"run": ["--lang", "sv", *wanted], "money": ["--lang", "en", *wanted]}
    return {**of_results(results), **of_commands(name, commands, folder)}


def full(name: str, folder: Path) -> Parts:
    """Return the digests of a whole scenario, to the last bit: see `small`."""
    results = sisim.run(sisim.load(source(name)), replications=RUNS)
    runs = ["--replications", str(RUNS)]
    commands = {
        f"{command} {lang}": ["--lang", lang, *options]
        for lang in ("sv", "en")
        for command, options in {
            "run": runs,
            "money": runs,
            "figures": ["--ordinary", "--current", *runs],
            "needs": runs,
            "implement": ["--budget", "5e6", *runs],
            "follow-up": ["--certain", *runs],
            "explain": [],
            "assumptions": [],
            "check": [],
        }.items()
    }
    found = of_commands(name, commands, folder, exact=True)
    return {**of_results(results, exact=True), **found}


# ------------------------------------------------------------------------ what was computed


def of_results(results: Any, *, exact: bool = False) -> Parts:
    """Return digests of what `sisim.run` gave.

    Args:
        results: What it gave.
        exact: To the last bit, rather than to ten digits; and tables of people by every grouping
            too, which are the tallies once more.
    """
    counts = results.counts
    groupings, groups = list(counts.compiled.groupings), list(counts.compiled.groups)
    arms = list(counts.arms[1:])
    contents: dict[str, Any] = {
        "tallies": [one.tally for one in counts.replications],
        "treatments": [_without_tally(one) for one in counts.replications],
        "people": [
            table
            for by in ([], *([groupings] if exact else []))
            for table in (counts.people(by), counts.moves(by), counts.entries(by))
        ],
        "units": [
            *(
                table
                for by in ([], ["area"])
                for table in (counts.units(by), counts.weights(by), counts.participants(by))
            ),
            counts.investment_items(),
        ],
        "costs": [
            results.costs,
            results.totals,
            results.yearly_costs(),
            results.yearly_costs(ordinary=True),
            results.yearly_costs(current=True),
            results.yearly_costs(ordinary=True, current=True),
        ],
        "years": [
            results.yearly_participants(),
            results.goals(),
            *(results.yearly_entries(group) for group in groups),
            *(results.yearly_stock(group) for group in groups),
        ],
        "outcomes": results.outcomes(),
        "arms": [
            [arm, list(results.phases(arm)), results.break_even(arm), results.headline(arm)]
            for arm in arms
        ],
        "money": results.money_tables,
        "contracts": [
            [one.flows(), one.summary(), one.tiers(), one.prices()] for one in results.contracts
        ],
    }
    return {part: digest(content, exact=exact) for part, content in contents.items()}


def _without_tally(replication: Any) -> dict[str, Any]:
    """Return all else that a run has kept: its seed, treatments, and shares among peers."""
    return {name: value for name, value in _named(replication) if name != "tally"}


# ------------------------------------------------------------------------ what a user is given


def of_commands(
    name: str, commands: Mapping[str, Sequence[str]], folder: Path, *, exact: bool = False
) -> Parts:
    """Return digests of what commands say, and of what they write.

    Args:
        name: The scenario.
        commands: The options of each, by its name; what follows a space there is of no matter.
        folder: Where they may write.
        exact: Files to the byte, rather than their numbers to ten digits.
    """
    found: Parts = {}
    for command, options in commands.items():
        verb, out = command.split(" ")[0], Path(command.replace(" ", "-"))
        kept = {"explain": [], "check": [], "assumptions": ["--out", f"{out}/register.csv"]}
        where = kept.get(verb, ["--out", str(out)])
        # Who stands in the folder that is written to is not told where it lies.
        with contextlib.chdir(folder):
            text = _say([verb, source(name), *options, *where])
        lines = [line for line in text.split("\n") if not BESIDE.fullmatch(line)]
        found[f"{command}: said"] = digest(_anywhere("\n".join(lines)))
        found[f"{command}: written"] = digest(
            {
                path.name: _content(path, exact)
                for path in sorted((folder / out).glob("*"))
                if not BESIDE.fullmatch(path.name)
            },
            exact=exact,
        )
    return found


def _say(arguments: Sequence[str]) -> str:
    """Run a command, but for its pictures and workbook; return what it says, a refusal too."""
    said, refused = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["sisim", *arguments]),
        mock.patch.object(Figure, "savefig"),
        mock.patch.object(result_files, "write_workbook", empty_workbook),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(refused),
    ):
        try:
            runpy.run_module("sisim", run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    return f"{said.getvalue()}\n{code}\n{refused.getvalue()}" if code else said.getvalue()


def _content(path: Path, exact: bool) -> Any:
    """Return what is in a file that a user gets; of a picture, nothing but that it is there."""
    if path.suffix in PICTURES:
        return None
    if path.suffix == ".parquet":
        # Such a file names the versions of the libraries that wrote it.
        table = pd.read_parquet(path)
        return [[str(kind) for kind in table.dtypes], table]
    text = _anywhere(path.read_bytes().decode())
    if path.suffix != ".csv" or exact:
        return text
    swedish = ";" in text.partition("\n")[0] and path.stem != "follow-up-observed"
    manner: dict[str, Any] = {"sep": ";", "decimal": ","} if swedish else {}
    return pd.read_csv(io.StringIO(text.removeprefix("\ufeff") if swedish else text), **manner)


def _anywhere(text: str) -> str:
    """Return a text without the folders of the scenario and pathway files that it names."""
    return re.sub(r"[^\s\",]*/([^\s\",/]+\.toml)", r"\1", text)


# ------------------------------------------------------------------------ digests


def digest(content: Any, *, exact: bool = False) -> str:
    """Return a short hash of tables, arrays, numbers and words, however they are nested.

    Whole numbers are hashed as they are. So are others if `exact`; else they are rounded, since
    another computer may add them up in another order.
    """
    found = hashlib.sha256()
    for piece in _pieces(content, exact):
        # Each with its length: the same bytes, cut otherwise, are something else.
        found.update(len(piece).to_bytes(8, "little"))
        found.update(piece)
    return found.hexdigest()[:16]


def _pieces(content: Any, exact: bool) -> Iterator[bytes]:
    """Yield what is to be hashed."""
    if isinstance(content, bytes):
        yield content
    elif content is None or isinstance(content, str | bool | int | np.integer):
        yield str(content).encode()
    elif isinstance(content, pd.DataFrame):
        for name, column in content.items():
            yield str(name).encode()
            yield from _of_column(column, exact)
    elif isinstance(content, np.ndarray):
        yield repr(content.shape).encode()
        yield _of_numbers(content, exact)
    elif isinstance(content, float | np.floating):
        yield _of_numbers(np.asarray(content), exact)
    elif dataclasses.is_dataclass(content) or isinstance(content, Mapping):
        for name, value in _named(content):
            yield name.encode()
            yield from _pieces(value, exact)
    else:
        yield str(len(content)).encode()
        for value in content:
            yield from _pieces(value, exact)


def _named(content: Any) -> list[tuple[str, Any]]:
    """Return what stands in something under its names, by name."""
    if isinstance(content, Mapping):
        return sorted((str(name), value) for name, value in content.items())
    fields = sorted(field.name for field in dataclasses.fields(content))
    return [(name, getattr(content, name)) for name in fields]


def _of_column(column: pd.Series[Any], exact: bool) -> Iterator[bytes]:
    """Yield the numbers of a column, or its words: those there are, and which stands where."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        yield _of_numbers(column.to_numpy(), exact)
        return
    places, words = pd.factorize(column)
    yield "\n".join(map(str, words)).encode()
    yield _of_numbers(places, exact)


def _of_numbers(values: NDArray[Any], exact: bool) -> bytes:
    """Return numbers as bytes that are the same wherever the numbers are."""
    if values.dtype.kind in "biu":
        return values.astype(np.int64).tobytes()
    numbers = values.astype(np.float64).ravel()
    if exact:
        return numbers.tobytes()
    finite = np.abs(numbers[np.isfinite(numbers)])
    most = float(finite.max()) if len(finite) else 0.0
    # A small difference of large amounts is no surer than they are: what stands together is
    # rounded alike. Half as much again, as the largest is often a power of ten, or almost.
    size = floor(log10(1.5 * most)) if most else 0
    decimals = min(DECIMALS, DIGITS + 1 - size)
    # Amounts often end in a 5, half-way between two roundings: they must not lie on the edge.
    rounded = np.round(numbers + OFF_THE_EDGE * 10.0**-decimals, decimals) + 0.0
    return " ".join([f"{number:.{DIGITS}g}" for number in rounded]).encode()


# ------------------------------------------------------------------------ by hand


def main() -> None:
    """Write the digests that the test holds, or print those of whole scenarios."""
    parser = argparse.ArgumentParser(description="Digests of all that comes of the scenarios.")
    parser.add_argument("names", nargs="*", help="which scenarios; none: all")
    parser.add_argument("--full", action="store_true", help="whole scenarios: print, do not write")
    wanted = parser.parse_args()
    chosen = wanted.names or names()
    if unknown := sorted(set(chosen) - set(names())):
        parser.error(f"there is no scenario {', '.join(unknown)}")
    found: dict[str, Parts] = {}
    for name in chosen:
        with TemporaryDirectory() as folder:
            found[name] = (full if wanted.full else small)(name, Path(folder))
        if wanted.full:
            for part, value in found[name].items():
                print(f"{name}: {part}: {value}")
        print(f"{name}: {digest(found[name])}", flush=True)
    print(f"{len(found)} scenarios: {digest(found)}")
    if not wanted.full:
        before = json.loads(HELD.read_text()) if wanted.names and HELD.exists() else {}
        every = {**before, **found}
        kept = {name: every[name] for name in names() if name in every}
        HELD.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
