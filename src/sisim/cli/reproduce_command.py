"""The command that runs a result again, and says whether the same comes out."""

from __future__ import annotations

import io
import os
from contextlib import chdir, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from sisim.cli.line_runner import run_another
from sisim.cli.options import Workers, argument, count
from sisim.cli.output import print_table
from sisim.cli.progress import progress
from sisim.cli.scenario_input import executor, store_errors_answered
from sisim.cli.sweep_commands import MOST_ROWS, Cluster
from sisim.cli.user_errors import UserError
from sisim.i18n import n_, number, t

if TYPE_CHECKING:
    from sisim.analysis.answer_manifest import AnswerManifest

DIFFERS = 1
"""Exit code when another result comes out."""


def reproduce(
    result: Annotated[Path, argument("RESULT", "The folder of a result.")],
    /,
    *,
    sample: Annotated[
        int | None,
        count("N", "Of a sweep, only so many of its cells, spread evenly; unset: all."),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
) -> int:
    """Run a result again, and say whether the same comes out, to the last bit.

    All that is needed is in the folder: the command, the files that it read, the seed. What holds
    rows about people is read where it was. Example: `sisim reproduce result`, and of a sweep
    `sisim reproduce result --sample 20`
    """
    from sisim.analysis.answer_manifest import manifests
    from sisim.analysis.store import MANIFEST

    answers = manifests(result) if result.is_dir() else []
    if not answers or (result / MANIFEST).exists():
        return _sweep(result, sample, workers, cluster)
    if sample is not None or cluster is not None:
        raise UserError(t("--sample and --cluster are for sweeps; this is another result."))
    # Of a file that several answers have written, there is that of the last.
    owner = {name: one.answer for one in answers for name in one.written}
    same = True
    for one in answers:
        names = [name for name in one.written if owner[name] == one.answer]
        same = _answer(one, names, result) and same
    return 0 if same else DIFFERS


def _answer(made: AnswerManifest, names: list[str], result: Path) -> bool:
    """Run an answer again; say whether the same came out, and where it did not."""
    from sisim.analysis.answer_differences import compared, differences
    from sisim.analysis.answer_manifest import digest_of

    for change in made.changes():
        print(t("Otherwise than when it was made: {change}", change=change))
    if not made.command:
        print(t("{answer}: made in Python; there is no command to run again.", answer=made.answer))
        return False
    with TemporaryDirectory(prefix="sisim-") as folder:
        again = Path(folder) / "again"
        _run_again(made, Path(folder) / "files", again)
        found = differences(names, result, again)
    edited = [
        name
        for name in names
        if (result / name).is_file()
        and digest_of((result / name).read_bytes()) != made.written[name]
    ]
    for name in edited:
        print(t("{file} has been changed since it was written.", file=name))
    if not found:
        print(
            n_(
                "{answer}, the same: one file compared, and it is the same to the last bit.",
                "{answer}, the same: {n} files compared, and all are the same to the last bit.",
                len(compared(names)),
                answer=made.answer,
            )
        )
        return not edited
    first = found[0]
    print(
        t(
            "{answer}, not the same: {file} differs first, {place}: {before} before, {now} now.",
            answer=made.answer,
            file=first.file,
            place=first.place.text,
            before=first.before or "–",
            now=first.now or "–",
        )
    )
    if len(found) > 1:
        print(n_("One file more differs.", "{n} files more differ.", len(found) - 1))
    return False


def _run_again(made: AnswerManifest, files: Path, out: Path) -> None:
    """Give a command again, where the files are that it read, and let it write into `out`.

    Raises:
        UserError: If it cannot be run, or what it was given as data is gone.
    """
    words = [_from_here(word, made) for word in made.command]
    here = made.restore(files)
    name, *rest = words
    own = any(word.partition("=")[0] == "--lang" for word in rest)
    lang = [] if own else ["--lang", made.lang]
    with chdir(here), redirect_stdout(io.StringIO()):
        code = run_another([name, *lang, "--out", str(out), *rest])
    if code != 0:
        raise UserError(t("{answer} could not be made again.", answer=made.answer))


def _from_here(word: str, made: AnswerManifest) -> str:
    """Return a word; the whole path of a file that was given as data, and is read where it was.

    Raises:
        UserError: If it is not there.
    """
    option, equals, value = word.partition("=")
    name = value if word.startswith("--") and equals else word
    if os.path.normpath(name) not in made.elsewhere:
        return word
    path = Path(name).absolute()
    if not path.is_file():
        raise UserError(
            t(
                '"{file}" is not here: what was given as data is in no result. Run this where the '
                "command was given.",
                file=name,
            )
        )
    return f"{option}={path}" if name != word else str(path)


def _sweep(result: Path, sample: int | None, workers: int | None, cluster: str | None) -> int:
    """Run a sweep again."""
    from sisim.analysis.sweep import open_study

    with store_errors_answered():
        study = open_study(result)
        with progress(t("Simulating")) as tell:
            again = study.reproduce(sample, executor=executor(workers, cluster), progress=tell)
    for change in again.changes:
        print(t("Otherwise than when it was made: {change}", change=change))
    counts = {"n": number(again.ran), "cells": n_("{n} cell", "{n} cells", again.cells)}
    if again.same:
        print(
            t(
                "The same: {n} of {cells} run again, and every number is the same.",
                **counts,
            )
        )
        return 0
    if not again.ran:
        raise UserError(t("There is no finished cell to run again."))
    print_table(again.differing.head(MOST_ROWS))
    print(
        t(
            "Not the same: {n} of {cells} run again; with other numbers: {different}.",
            **counts,
            different=number(again.differing["cell"].nunique()),
        )
    )
    return DIFFERS
