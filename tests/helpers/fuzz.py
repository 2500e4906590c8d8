"""Fuzzing of every kind of file that comes in: each ends in an answer or in acceptance.

No traceback, no reading without end (the program is ended after `HANGS`), and of what is accepted a
sample is run. Run it from the folder of the tests:

    uv run python -m helpers.fuzz --count 100000 --seed 1

Every file is made from the seed and its number alone: `--only 4711` makes and reads that one. What
fails is kept, with its traceback, in the folder that `--keep` names.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import json
import random
import shutil
import sys
import tempfile
import tomllib
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd

from helpers import hostile
from helpers.any_files import to_toml
from helpers.small_files import PATHWAY, SCENARIO
from sisim.analysis.executors import in_process
from sisim.analysis.experiment_file import load_experiment
from sisim.analysis.manifest import StoreError
from sisim.analysis.monitoring import FollowUp, deviations, follow_up
from sisim.analysis.observed import read_observed
from sisim.analysis.sweep import open_study, sweep
from sisim.checks.run_size import run_size
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.simulation import Simulation
from sisim.i18n import each_language, in_language
from sisim.loading.catalogue import HEADINGS, read_catalogue, start_all
from sisim.loading.files import shipped
from sisim.loading.load import load_pathway, load_scenario
from sisim.report.analysis.monitoring_report import sentences
from sisim.report.spreadsheet_files import FillInTable
from sisim.results import Results
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

Outcome = Literal["answered", "accepted", "ran"]
HANGS = 300.0
"""After so many seconds the program is ended, with a traceback of where it was."""
RUNS = 0.03
"""The share of what is accepted that is run too."""
READY = 0.05
"""The share of scenarios and pathways that are changed ready ones."""
PEOPLE = 200
TOLD = 2500
"""After so many files the counts so far are printed, as a long run may be cut off."""
HERE = Path(__file__).parent
COHORT = ("cohort.toml", "cohort-pathway.toml", "cohort-experiment.toml")


# ------------------------------------------------------------------------ files of TOML


def documents(rng: random.Random) -> dict[str, str]:
    """Return a scenario, its pathway and, for one of them, an experiment, by name."""
    if rng.random() < 0.5:
        return {"trial.toml": SCENARIO, "small.toml": PATHWAY}
    return {name: (HERE / name).read_text(encoding="utf-8") for name in COHORT}


def changed(rng: random.Random, text: str) -> bytes:
    """Return a document that has been changed in one to three places."""
    times = rng.choice((1, 1, 1, 2, 3))
    kind = rng.random()
    if kind < 0.7:
        document = tomllib.loads(text)
        change = hostile.change if kind < 0.3 else hostile.change_little
        for _ in range(times):
            change(rng, document)
        lines = [f"{to_toml(key)} = {to_toml(value)}\n" for key, value in document.items()]
        return "".join(lines).encode("utf-8", "surrogatepass")
    if kind < 0.95:
        for _ in range(times):
            text = hostile.change_text(rng, text)
        return text.encode("utf-8", "surrogatepass")
    return hostile.change_bytes(rng, text.encode())


def toml_files(rng: random.Random, folder: Path, spoilt: str) -> Path:
    """Write the documents, one of them changed, and return the path of that of a kind."""
    texts = documents(rng)
    while spoilt == "experiment" and len(texts) < 3:
        texts = documents(rng)
    names = [name for name in texts if spoilt in _kind(name)]
    chosen = rng.choice(names)
    also = rng.choice([*texts, chosen, chosen])
    for name, text in texts.items():
        spoil = name == chosen or (name == also and rng.random() < 0.2)
        (folder / name).write_bytes(changed(rng, text) if spoil else text.encode())
    return folder / chosen


def _kind(name: str) -> str:
    kinds = {"small.toml": "pathway", "cohort-pathway.toml": "pathway"}
    return kinds.get(name, "experiment" if "experiment" in name else "scenario")


def make_scenario(rng: random.Random, folder: Path) -> Path:
    """Write a changed scenario: a small one, or now and then a ready one."""
    if rng.random() > READY:
        return toml_files(rng, folder, "scenario")
    ready = rng.choice(sorted(shipped("scenario").values()))
    for beside in ready.parent.glob("*.toml"):
        if beside.stem not in shipped("scenario"):
            shutil.copy(beside, folder)
    path = folder / "ready.toml"
    path.write_bytes(changed(rng, ready.read_text(encoding="utf-8")))
    return path


def make_pathway(rng: random.Random, folder: Path) -> Path:
    """Write a changed pathway: a small one, or now and then a ready one."""
    if rng.random() > READY:
        return toml_files(rng, folder, "pathway")
    ready = rng.choice(sorted(shipped("pathway").values()))
    path = folder / "ready.toml"
    path.write_bytes(changed(rng, ready.read_text(encoding="utf-8")))
    return path


def make_experiment(rng: random.Random, folder: Path) -> Path:
    """Write a changed experiment beside its scenario."""
    return toml_files(rng, folder, "experiment")


def read_scenario(path: Path, rng: random.Random) -> Outcome:
    """Read a scenario, and run some of those that are accepted."""
    scenario = load_scenario(path)
    if rng.random() > RUNS:
        return "accepted"
    run(scenario)
    return "ran"


def read_pathway(path: Path, rng: random.Random) -> Outcome:
    """Read a pathway, and the scenario that names it, if one does."""
    load_pathway(path)
    for beside in sorted(path.parent.glob("*.toml")):
        if _kind(beside.name) == "scenario" and path.name != "ready.toml":
            return read_scenario(beside, rng)
    return "accepted"


def read_experiment(path: Path, rng: random.Random) -> Outcome:
    """Read an experiment, and run what the first cells of some of them are."""
    plan = load_experiment(path)
    if rng.random() > RUNS:
        return "accepted"
    run(plan.scenario)
    return "ran"


def run(scenario: Scenario) -> None:
    """Run a scenario with few people: all of it if that is quick, else its first steps."""
    population = scenario.population
    fewer = {
        name: min(count, PEOPLE)
        for name in ("residents", "cohort")
        if (count := getattr(population, name)) is not None
    }
    few = scenario.model_copy(
        update={"population": population.model_copy(update=fewer), "replications": 1}
    )
    if run_size(few).seconds > 10:
        compiled = compile_scenario(few)
        simulation = Simulation(compiled, few.seed)
        simulation.advance(min(compiled.clock.end, 24))
        return
    results = Results(simulate(few, replications=1))
    assert len(results.totals)
    assert isinstance(results.money_tables, Mapping)
    if few.figures is not None:
        assert all(results.summary(lang) for lang in each_language())


# ------------------------------------------------------------------------ tables

AMOUNTS = ["250,000", "1 250 000", "2,5 mkr", "SEK 750,000", "3", "", "1.250", "-5", "12 %", "=1+1"]
COLUMNS = ["title", "budget", "years", "start", "need", "administration"]


def catalogue(rng: random.Random) -> FillInTable:
    """Return a catalogue with hostile cells here and there."""
    headings = [rng.choice(HEADINGS[name]) for name in COLUMNS]
    rows = []
    for number in range(rng.randrange(1, 6)):
        row: list[str | float | None] = [f"Project {number}", 250_000.0, 3, "2026-01", "Need", "S"]
        row[1] = rng.choice([row[1], rng.choice(AMOUNTS)])
        row[2] = rng.choice([row[2], row[2], rng.choice(AMOUNTS)])
        if rng.random() < 0.3:
            row[rng.randrange(len(row))] = rng.choice((*hostile.TEXTS, hostile.DIGITS))
        if rng.random() < 0.1:
            row.append(rng.choice(AMOUNTS))
        rows.append(row)
    return FillInTable("Catalogue", headings, rows)


def observed(rng: random.Random) -> FillInTable:
    """Return a table of what was observed, with hostile cells here and there."""
    plan = plan_of_follow_up()
    rows = []
    for month in plan.months:
        for measure in plan.measures:
            row: list[str | float | None] = [month, measure.name, rng.choice((None, 0.5, 12.0))]
            if rng.random() < 0.02:
                row[rng.choice((0, 1, 2, 2))] = rng.choice((*AMOUNTS, *hostile.TEXTS))
            rows.append(row)
    return FillInTable("Observed", ["month", "measure", "value"], rows)


def write_table(rng: random.Random, table: FillInTable, folder: Path, suffix: str) -> Path:
    """Write a table in the manner of a country, and change it most of the time."""
    path = folder / f"table{suffix}"
    with in_language(rng.choice(("sv", "en"))):
        table.write(path, suffix)
    content = path.read_bytes()
    if suffix == ".xlsx":
        for _ in range(rng.randrange(3)):
            content = hostile.change_workbook(rng, content)
        if rng.random() < 0.3:
            content = hostile.change_bytes(rng, content)
    else:
        text = content.decode("utf-8-sig")
        for _ in range(rng.randrange(3)):
            text = hostile.change_text(rng, text)
        encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
        content = text.encode(encoding, "replace")
        if rng.random() < 0.2:
            content = hostile.change_bytes(rng, content)
    path.write_bytes(content)
    return path


def table_maker(
    table: Callable[[random.Random], FillInTable], suffix: str
) -> Callable[[random.Random, Path], Path]:
    """Return what writes a changed table of a kind."""
    return lambda rng, folder: write_table(rng, table(rng), folder, suffix)


def read_catalogue_file(path: Path, rng: random.Random) -> Outcome:
    """Read a catalogue, and the files that are started from it."""
    for started in start_all(read_catalogue(path).rows, path.parent):
        said = tomllib.loads(started.text)
        assert said["name"] == started.name
    return "accepted"


def read_observed_file(path: Path, rng: random.Random) -> Outcome:
    """Read what was observed, and say what it means."""
    plan = plan_of_follow_up()
    seen = read_observed(path, plan.scenario, plan.arm, plan.months)
    found = deviations(plan, seen)
    assert len(found) == len(seen)
    assert all(sentences(plan, found) for _ in each_language())
    return "ran"


@cache
def plan_of_follow_up() -> FollowUp:
    """Return a plan of follow-up of a small scenario."""
    scenario = load_scenario(HERE / "trial.toml", {"population.residents": PEOPLE})
    return follow_up(scenario, "project", months=(18, 24), runs=2, drawn="nothing")


# ------------------------------------------------------------------------ manifests


@cache
def stored() -> Path:
    """Return the folder of a small result of a sweep."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-result-"))
    sweep(HERE / "cohort-experiment.toml", folder / "result", executor=in_process())
    return folder / "result"


def make_manifest(rng: random.Random, folder: Path) -> Path:
    """Write a result with a changed manifest."""
    shutil.copytree(stored(), folder / "result")
    path = folder / "result" / "manifest.json"
    text = path.read_text(encoding="utf-8")
    if rng.random() < 0.3:
        content = hostile.change_text(rng, text).encode("utf-8", "surrogatepass")
    elif rng.random() < 0.1:
        content = hostile.change_bytes(rng, text.encode())
    else:
        document = json.loads(text)
        hostile.change(rng, document)
        if rng.random() < 0.7:  # such a manifest has no digest of itself
            document.pop("digest", None)
            document["format"] = 1
        content = json.dumps(document, default=str).encode()
    path.write_bytes(content)
    return path


def read_manifest(path: Path, rng: random.Random) -> Outcome:
    """Open a result, and take its table."""
    study = open_study(path.parent)
    assert isinstance(study.table(), pd.DataFrame)
    assert study.finished <= study.cells
    return "ran"


Make = Callable[[random.Random, Path], Path]
Read = Callable[[Path, random.Random], Outcome]
KINDS: dict[str, tuple[float, Make, Read]] = {
    "scenario": (30, make_scenario, read_scenario),
    "pathway": (20, make_pathway, read_pathway),
    "experiment": (14, make_experiment, read_experiment),
    "catalogue, CSV": (9, table_maker(catalogue, ".csv"), read_catalogue_file),
    "catalogue, XLSX": (9, table_maker(catalogue, ".xlsx"), read_catalogue_file),
    "observed, CSV": (6, table_maker(observed, ".csv"), read_observed_file),
    "observed, XLSX": (6, table_maker(observed, ".xlsx"), read_observed_file),
    "manifest": (6, make_manifest, read_manifest),
}
"""How often each kind comes, what makes such a file, and what reads it."""


def one(seed: int, number: int, folder: Path) -> tuple[str, str, str]:
    """Make a file and read it.

    Returns:
        Its kind, what came of it ("answered", "accepted", "ran" or "failed"), and of what failed
        the traceback.
    """
    rng = random.Random(f"{seed}:{number}")
    kind = rng.choices(list(KINDS), [often for often, *_ in KINDS.values()])[0]
    _, make, read = KINDS[kind]
    path = make(rng, folder)
    said = io.StringIO()
    try:
        with warnings.catch_warnings(), redirect_stdout(said), redirect_stderr(said):
            warnings.simplefilter("ignore")
            outcome: str = _answered(read, path, rng)
    except Exception:
        return kind, "failed", traceback.format_exc()
    return kind, outcome, ""


def _answered(read: Read, path: Path, rng: random.Random) -> Outcome:
    try:
        return read(path, rng)
    except (ScenarioError, StoreError) as error:
        said = [error.render() for _ in each_language()]
    assert all(said)
    return "answered"


def fuzz(
    numbers: range, seed: int, keep: Path | None = None
) -> tuple[Counter[tuple[str, str]], dict[int, str]]:
    """Make and read files.

    Args:
        numbers: Of the files.
        seed: What they are made from, together with their numbers.
        keep: Where the folders of those that fail are kept.

    Returns:
        How often what came of each kind, and the tracebacks of what failed, by number.
    """
    counts: Counter[tuple[str, str]] = Counter()
    failed: dict[int, str] = {}
    plan_of_follow_up()
    stored()
    for number in numbers:
        with tempfile.TemporaryDirectory(prefix=f"fuzz-{number}-") as name:
            faulthandler.dump_traceback_later(HANGS, exit=True)
            kind, outcome, text = one(seed, number, Path(name))
            faulthandler.cancel_dump_traceback_later()
            counts[kind, outcome] += 1
            if outcome == "failed":
                failed[number] = f"{kind}\n{text}"
                if keep is not None:
                    shutil.copytree(name, keep / f"{number}", dirs_exist_ok=True)
                    said = keep / f"{number}" / "traceback.txt"
                    said.write_text(failed[number], encoding="utf-8", newline="\n")
                    print(f"{number}: {kind}: {text.strip().splitlines()[-1][:200]}", flush=True)
        if number % TOLD == TOLD - 1:
            print(f"up to file {number}\n{table(counts)}", flush=True)
    return counts, failed


def table(counts: Counter[tuple[str, str]]) -> str:
    """Return what came of each kind of file, as a table."""
    outcomes = ("answered", "accepted", "ran", "failed")
    lines = [f"{'':16}" + "".join(f"{outcome:>10}" for outcome in outcomes)]
    for kind in KINDS:
        lines.append(f"{kind:16}" + "".join(f"{counts[kind, outcome]:10}" for outcome in outcomes))
    sums = [sum(n for (_, outcome), n in counts.items() if outcome == o) for o in outcomes]
    return "\n".join([*lines, f"{'in all':16}" + "".join(f"{n:10}" for n in sums)])


def main() -> int:
    """Fuzz as the command line says, and print what came of each kind of file."""
    parser = argparse.ArgumentParser(description="Read changed files of every kind.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failed"))
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.count)
    if given.only is not None:
        numbers = range(given.only, given.only + 1)
    counts, failed = fuzz(numbers, given.seed, given.keep)
    print(table(counts))
    if given.only is not None:
        print(*failed.values())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
