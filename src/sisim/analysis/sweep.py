"""Running an experiment: only the cells that are not there yet, and each as soon as it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.cell import Cell, Setup
from sisim.analysis.design import cells, count
from sisim.analysis.executors import Batch, Executor, leave_to_parent, processes
from sisim.analysis.experiment_file import Experiment, Plan, load_experiment
from sisim.analysis.manifest import Manifest, StoreError
from sisim.analysis.store import MANIFEST, SHOWN, ManifestError, Store
from sisim.analysis.variants import canonical
from sisim.engine.counts import WITHOUT
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario

Progress = Callable[[int, int], None]
"""Called with the cells done and the cells in all."""
SECONDS = 10.0
"""About how much work goes into a shard: it is what an interruption costs each worker."""
LARGEST = 1000
"""Most cells in a shard."""
ORDER = ("draw", "choice", "replication", "arm")
"""What tells the rows of a table apart, and orders them."""
TOLD_APART = ("cell", *ORDER)
"""The columns that tell the rows of the plan's cells from others."""
HEAD = ("cell", "choice", "draw", "replication", "seed", "arm")
"""The columns before the varied paths and the outcomes."""


@dataclass(frozen=True)
class Study:
    """The result of an experiment, whole or so far.

    Attributes:
        store: Where it is.
        healed: The files that were damaged, missing or of another result when it was gone on with.
    """

    store: Store
    healed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return where it is and how far it has come, in a line."""
        try:
            known = f"{self.finished} of {self.cells} cells"
        except StoreError as error:
            known = repr(error.reason)
        return f"<Study {str(self.store.folder)!r}: {known}>"

    @cached_property
    def manifest(self) -> Manifest:
        """How it was made."""
        return self.store.manifest()

    @cached_property
    def plan(self) -> Plan:
        """What was to be run."""
        return self.manifest.plan

    @property
    def experiment(self) -> Experiment:
        """What the experiment file said."""
        return self.plan.experiment

    @property
    def scenario(self) -> Scenario:
        """The scenario that is changed in each cell."""
        return self.plan.scenario

    @property
    def cells(self) -> int:
        """How many cells there are to be."""
        return count(self.plan)

    @property
    def finished(self) -> int:
        """How many cells are there.

        Raises:
            StoreError: If a shard is damaged.
        """
        return len(_keys(self._rows(())))

    def table(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return what came out, a row for each cell and arm.

        Columns: cell, choice (which combination of levers), draw, replication, seed, arm
        (`without` first), each varied path, each outcome. The rows are ordered by draw, choice,
        replication and arm.

        Args:
            columns: Only these; unset: all.

        Raises:
            StoreError: If a shard is damaged.
        """
        table = self._rows(columns)
        if table.empty:
            return pd.DataFrame(columns=list(columns or self.columns))
        table["arm"] = pd.Categorical(table["arm"], self._arms)
        table = table.sort_values([*ORDER], ignore_index=True)
        table["arm"] = table["arm"].astype(str)
        return table if columns is None else table[list(columns)]

    def _rows(self, columns: Sequence[str] | None) -> pd.DataFrame:
        """Return the rows of the plan's cells, whatever else lies in the folder.

        Args:
            columns: These, and those that tell rows apart; unset: all.
        """
        wanted = None if columns is None else list(dict.fromkeys([*columns, *TOLD_APART]))
        return self._own(self.store.table(self.manifest, wanted))

    def _own(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return those rows that are of the plan's cells, each once."""
        if rows.empty:
            return pd.DataFrame(columns=self.columns)
        plan = self.plan
        if self.manifest.format == 1:
            # No shard tells what made it; a cell's id does.
            own = {cell.id for cell in cells(plan, self.manifest.scenario_digest)}
            belongs = rows["cell"].isin(own)
        else:
            belongs = rows["choice"].between(0, len(plan.experiment.choices) - 1)
            belongs &= rows["draw"].between(0, plan.draws - 1)
            belongs &= rows["replication"].between(0, plan.replications - 1)
        belongs &= rows["arm"].isin(self._arms)
        return rows[belongs].drop_duplicates([*ORDER], ignore_index=True)

    @property
    def _arms(self) -> list[str]:
        return [WITHOUT, *self.scenario.arms]

    @property
    def columns(self) -> list[str]:
        """The columns of the table."""
        return [*HEAD, *self.plan.varied, *self.plan.outcomes]

    def spread(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """Return how each outcome is spread over draws and seeds, by combination of levers and arm.

        Columns: choice, the levers by path, arm, runs, and of each outcome the mean, the standard
        deviation and the 10th and 90th percentiles (`_mean`, `_sd`, `_low`, `_high`; NaN where it
        is undefined), and in how many runs it is defined (`_defined`).

        Args:
            outcomes: Which of them.

        Raises:
            StoreError: If a shard is damaged.
        """
        levers = [self.experiment.paths(key)[0] for key in self.experiment.levers]
        by = ["choice", *levers, "arm"]
        groups = self.table([*by, *outcomes]).groupby(by, sort=False)
        found = {"runs": groups.size()}
        for name in outcomes:
            own = groups[name].agg(["mean", "std", "count"])
            found[f"{name}_mean"], found[f"{name}_sd"] = own["mean"], own["std"]
            found[f"{name}_low"], found[f"{name}_high"] = (
                groups[name].quantile(share) for share in (0.1, 0.9)
            )
            found[f"{name}_defined"] = own["count"]
        return pd.DataFrame(found).reset_index()

    def reproduce(
        self,
        sample: int | None = None,
        *,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> Reproduction:
        """Run cells again, and say whether the same came out.

        Args:
            sample: How many of them, spread evenly; unset: all.
            executor: Where they run; unset: on all cores of this machine.
            progress: Called with the cells done and the cells in all.
        """
        keys = ["choice", "draw", "replication"]
        before = self.table().set_index(keys, drop=False).sort_index()
        there = set(before.index)
        number = len(there) if sample is None else min(sample, len(there))
        chosen = {round(n) for n in np.linspace(0, len(there) - 1, number)} if number else set()
        own = (cell for cell in cells(self.plan) if cell.key in there)
        again = (cell for n, cell in enumerate(own) if n in chosen)
        differing: list[pd.DataFrame] = []
        ran = 0
        for rows in _run(self.plan, again, number, executor, progress):
            ran_now = {*zip(*(rows[key] for key in keys), strict=True)}
            ran += len(ran_now)
            differing.append(_differences(before.loc[sorted(ran_now)], rows))
        found = pd.concat(differing) if differing else pd.DataFrame(columns=["cell"])
        changes = self.manifest.differences(Manifest.of(self.plan))
        return Reproduction(self.cells, ran, found.reset_index(drop=True), tuple(changes))


@dataclass(frozen=True)
class Reproduction:
    """What came of running an experiment again.

    Attributes:
        cells: How many cells the experiment has.
        ran: How many were run again.
        differing: Where another value came out, in any column: cell, arm, outcome, before, now.
        changes: What is otherwise than when it was made, such as the version.
    """

    cells: int
    ran: int
    differing: pd.DataFrame
    changes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every number was the same, to the bit."""
        return self.differing.empty and self.ran > 0


def sweep(
    experiment: str | os.PathLike[str] | Plan,
    out: str | os.PathLike[str],
    *,
    executor: Executor | None = None,
    resume: bool = False,
    expand: Mapping[str, int] | int | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run an experiment, and keep what comes of it in a folder.

    Args:
        experiment: The experiment file, or what `load_experiment` made of it.
        out: The folder.
        executor: Where cells run (see `sisim.analysis.executors`); unset: on all cores.
        resume: Go on with what is in the folder. Cells that are there are not run again; those of
            shards that are damaged are, and a manifest that is damaged or missing is written anew:
            `Study.healed` names these files.
        expand: So many draws (or, where nothing is drawn, replications) more than there are in
            the folder; or `{"draws": 100, "replications": 5}`.
        progress: Called with the cells done and the cells in all.

    Raises:
        ScenarioError: With everything that is wrong in the experiment or its scenario.
        StoreError: If the folder has another result, or is being written, or cannot be.
    """
    leave_to_parent()
    plan = experiment if isinstance(experiment, Plan) else load_experiment(experiment)
    store = Store(out)
    healed: list[str] = []
    with store.writing():
        if store.exists:
            plan, healed = _goes_on(plan, store, resume, expand)
        elif expand is not None:
            store.manifest()  # which says that there is none
        manifest = Manifest.of(plan)
        if store.exists and MANIFEST not in healed:
            manifest = _sized(store.manifest(), plan)
        store.begin(manifest)
        found = store.clear(manifest, TOLD_APART)
        healed += [path.name for path in (*found.damaged, *found.other)]
        study = Study(store, tuple(healed))
        there = _keys(study._own(store.rows(found, manifest)))
        total = count(plan)
        left = (cell for cell in cells(plan) if cell.key not in there)

        def tell(done: int, _: int) -> None:
            if progress is not None:
                progress(len(there) + done, total)

        tell(0, 0)
        with closing(_run(plan, left, total - len(there), executor, tell)) as finished:
            for rows in finished:
                store.add(rows, manifest)
    return study


def open_study(folder: str | os.PathLike[str]) -> Study:
    """Return the result in a folder.

    Raises:
        StoreError: If there is none.
    """
    study = Study(Store(folder))
    study.manifest  # noqa: B018 (it is read now, to be told of now)
    return study


def _goes_on(
    plan: Plan, store: Store, resume: bool, expand: Mapping[str, int] | int | None
) -> tuple[Plan, list[str]]:
    """Return the plan with as many draws and replications as the folder is to have.

    Also return the file that is to be written anew, if the manifest is damaged or missing.
    """
    try:
        manifest, healed = store.manifest(), []
    except ManifestError:
        if not resume:
            raise
        manifest, healed = _found_again(plan, store), [MANIFEST]
    if not resume and expand is None:
        raise StoreError(
            Reason(
                'There is a result in "{folder}" already. --resume goes on with it, --expand adds '
                "to it, --out chooses another folder.",
                folder=str(store.folder),
            )
        )
    differences = manifest.differences(Manifest.of(plan))
    if differences:
        more = len(differences) - SHOWN
        shown = [*differences[:SHOWN], *([f"… +{more}"] if more > 0 else [])]
        raise StoreError(
            Reason(
                'What is in "{folder}" was made from something else, and cannot be gone on with:\n'
                "{changes}\nTake the change back, or choose another folder with --out.",
                folder=str(store.folder),
                changes=_Lines(shown),
            )
        )
    more_of = {"draws": 0, "replications": 0}
    if isinstance(expand, int):
        more_of["draws" if plan.drawn else "replications"] = expand
    elif expand is not None:
        more_of |= expand
    if more_of["draws"] and not plan.drawn:
        raise StoreError(Reason("Nothing is drawn in this experiment; add replications instead."))
    sizes = {
        "draws": manifest.draws - plan.draws + more_of["draws"],
        "replications": manifest.replications - plan.replications + more_of["replications"],
    }
    return plan.expanded(**sizes), healed


def _found_again(plan: Plan, store: Store) -> Manifest:
    """Return the manifest of shards that have lost theirs, if they are of this plan.

    Raises:
        StoreError: If some are of another.
    """
    manifest = Manifest.of(plan)
    found = store.shards(manifest, ("draw", "replication"))
    if found.other:
        raise StoreError(
            Reason(
                'There are cells in "{folder}" that were made from something else (another '
                "experiment, scenario or version of sisim), and no manifest that says from what. "
                "Choose another folder with --out.",
                folder=str(store.folder),
            )
        )
    if not found.own:
        return manifest
    rows = store.rows(found, manifest)
    return manifest.model_copy(
        update={
            "draws": max(plan.draws, int(rows["draw"].max()) + 1),
            "replications": max(plan.replications, int(rows["replication"].max()) + 1),
        }
    )


def _keys(rows: pd.DataFrame) -> set[tuple[int, int, int]]:
    """Return the cells of some rows, by choice, draw and replication."""
    return {*zip(rows["choice"], rows["draw"], rows["replication"], strict=True)}


def _sized(manifest: Manifest, plan: Plan) -> Manifest:
    return manifest.model_copy(update={"draws": plan.draws, "replications": plan.replications})


class _Lines(str):
    """Several lines in a message."""

    def __new__(cls, lines: Iterable[str]) -> _Lines:
        return super().__new__(cls, "\n".join(f"  {line}" for line in lines))


@dataclass
class _Pace:
    """How many cells make a shard: as many as take some seconds, and fewer towards the end."""

    left: int
    executor: Executor
    seconds: list[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        if not self.seconds:
            return 1
        mean = max(sum(self.seconds) / len(self.seconds), 1e-6)
        fair = self.left // (2 * self.executor.workers)
        return max(1, min(int(SECONDS / mean), fair, LARGEST))


def _run(
    plan: Plan,
    wanted: Iterator[Cell],
    number: int,
    executor: Executor | None,
    progress: Progress | None,
) -> Generator[pd.DataFrame, None, None]:
    """Yield the rows of cells as they are done, a batch at a time."""
    first = next(wanted, None)
    if first is None:
        return
    where = executor or processes()
    pace = _Pace(number, where)
    setup = Setup(plan.scenario, plan.outcomes, tuple(plan.experiment.arms))
    kept = {WITHOUT, *(plan.experiment.arms or plan.scenario.arms)}
    texts = _texts(plan)
    done = 0
    batches = _batches(chain([first], wanted), pace)
    with closing(where.run(setup, batches)) as finished:
        for batch, rows, seconds in finished:
            done += len(batch)
            pace.seconds = [*pace.seconds[-19:], seconds / len(batch)]
            yield _as_kept(rows[rows["arm"].isin(kept)], plan, texts)
            if progress is not None:
                progress(done, number)


def _batches(wanted: Iterator[Cell], pace: _Pace) -> Iterator[Batch]:
    batch: list[Cell] = []
    for cell in wanted:
        batch.append(cell)
        if len(batch) >= pace.size:
            pace.left -= len(batch)
            yield batch
            batch = []
    if batch:
        yield batch


def _texts(plan: Plan) -> set[str]:
    """Return the levers whose values a column can hold only as text: lists, tables, mixtures."""
    found = set()
    for key, listed in plan.experiment.values.items():
        kinds = {float if type(value) is int else type(value) for value in listed}
        if kinds & {list, dict} or len(kinds) > 1:
            found.update(plan.experiment.paths(key))
    return found


def _as_kept(rows: pd.DataFrame, plan: Plan, texts: set[str]) -> pd.DataFrame:
    """Return rows whose columns are the same in every shard."""
    whole = dict.fromkeys(("choice", "draw", "replication"), np.int32)
    columns: dict[str, Any] = {name: rows[name].astype(kind) for name, kind in whole.items()}
    for path in plan.varied:
        if path in texts:
            columns[path] = rows[path].map(canonical)
        elif pd.api.types.is_numeric_dtype(rows[path]) and rows[path].dtype != bool:
            columns[path] = rows[path].astype(np.float64)
    kept = rows.assign(**columns)[[*HEAD, *plan.varied, *plan.outcomes]]
    return kept.reset_index(drop=True)


def _differences(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return where two tables of the same cells differ: cell, arm, outcome, before, now.

    Every column is compared, and a row or a column that only one of them has differs throughout.
    Ids are those of the first: they tell the cells apart, and nothing of what came out.
    """
    old, new = (t.set_index([*ORDER]).astype(object) for t in (before, now))
    rows = old.index.union(new.index)
    names = dict.fromkeys([*old, *new])
    old, new = (t.reindex(index=rows, columns=list(names)) for t in (old, new))
    ids = old.pop("cell").fillna(new.pop("cell"))
    parts = []
    for name in old:
        pair = pd.DataFrame({"cell": ids, "outcome": name, "before": old[name], "now": new[name]})
        both = zip(pair["before"], pair["now"], strict=True)
        parts.append(pair[[not _alike(one, other) for one, other in both]].reset_index())
    return pd.concat(parts, ignore_index=True)[["cell", "arm", "outcome", "before", "now"]]


def _alike(one: Any, other: Any) -> bool:
    """Return whether two values are the same, to the last bit; what is undefined is so in both."""
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    same_sign = not isinstance(one, float) or np.signbit(one) == np.signbit(other)
    return bool(one == other and same_sign)
