"""The command that measures how fast this computer simulates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sisim.cli.options import count, flag, option
from sisim.cli.output import print_table, write_errors_answered
from sisim.cli.progress import compile_once, progress
from sisim.cli.user_errors import MISTAKE, UserError, print_error
from sisim.i18n import number, t

if TYPE_CHECKING:
    from sisim.bench.peers import PeerComparison


def bench(
    *,
    as_json: Annotated[bool, flag("Print the measurements as JSON.", name="--json")] = False,
    cells: Annotated[
        int | None,
        count("N", "Measure a sweep alone, of so many cells, on one core and on two."),
    ] = None,
    peers: Annotated[
        bool,
        flag("Measure Sick-Sicker alone: here, in NumPy, Numba and Mesa, and in Starsim."),
    ] = False,
    growth: Annotated[
        bool,
        flag("Measure alone how cost grows with people, steps, tracks, arms and replications."),
    ] = False,
    country: Annotated[
        bool,
        flag("Measure ten municipalities alone, and say how long Sweden would take."),
    ] = False,
    out: Annotated[
        Path | None, option("FOLDER", "With --growth: the folder in which it is drawn.")
    ] = None,
) -> int:
    """Measure how fast this computer simulates.

    With `--peers` each tool that is installed simulates the same people, in turn, and must give the
    published answer; `pip install "sisim[peers]"` installs those that are missing.

    Example: `sisim bench --json`, or `sisim bench --cells 1000` for a long sweep alone
    """
    if sum((cells is not None, peers, growth, country)) > 1:
        text = t("One of --cells, --peers, --growth and --country is measured at a time.")
        raise UserError(text)
    compile_once()
    if peers:
        return _peers(as_json=as_json)
    if growth:
        _growth(out, as_json=as_json)
    elif country:
        _country(as_json=as_json)
    else:
        _whole(cells, as_json=as_json)
    return 0


def _whole(cells: int | None, *, as_json: bool) -> None:
    """Print what this computer does, or what it does of a sweep."""
    from sisim.bench.bench_engine import bench as measure
    from sisim.bench.bench_sweep import bench_sweep

    if cells is None:
        with progress(t("Measuring")) as tell:
            measured = measure(tell)
    else:
        measured = bench_sweep(cells)
    if as_json:
        print(json.dumps(measured, indent=2))
    else:
        for name, value in measured.items():
            print(f"{name}: {value}")


def _peers(*, as_json: bool) -> int:
    """Print how fast Sick-Sicker is in each tool; a mistake if any does not give the answer."""
    from sisim.bench.peers import compare_peers

    with progress(t("Measuring")):
        found = compare_peers()
    if as_json:
        print(found.table.to_json(orient="records", indent=2))
    else:
        _print_peers(found)
    if found.equal:
        return 0
    print_error(t("The tools do not give the same answer: what they take is not to be compared."))
    return MISTAKE


def _print_peers(found: PeerComparison) -> None:
    headings = {
        "tool": t("Tool"),
        "version": t("Version"),
        "people": t("People"),
        "least_ns": t("ns per person and cycle, least"),
        "median_ns": t("ns per person and cycle, median"),
        "times": t("Times as long as sisim"),
        "deviation": t("Furthest from the answer, standard errors"),
    }
    shown = found.table[list(headings)].round({"least_ns": 1, "median_ns": 1, "deviation": 1})
    print_table(shown.round({"times": 2}).rename(columns=headings))
    if found.missing:
        names = ", ".join(found.missing)
        print(t("Not installed, and left out: {names}.", names=names))
    furthest = float(found.table["deviation"].max())
    if found.equal:
        print(
            t(
                "All give the published answer: the share that lies furthest from it does so by "
                "{furthest} standard errors, and chance alone brings up to {limit}.",
                furthest=number(furthest, 1),
                limit=number(found.limit, 1),
            )
        )


def _growth(out: Path | None, *, as_json: bool) -> None:
    """Print to which power of each the time is proportional; draw it where that is asked for."""
    from sisim.bench.growth import compare_growth, exponents
    from sisim.bench.growth_chart import growth_chart, growth_words

    with progress(t("Measuring")):
        table = compare_growth()
    found = exponents(table)
    written: list[Path] = []
    if out is not None:
        from sisim.report.chart.canvas import save
        from sisim.report.chart.matplotlib_painter import paint
        from sisim.report.result_files import PICTURE_DPI, write_all

        def draw(folder: Path) -> None:
            save(paint(growth_chart(table)), folder / "growth", PICTURE_DPI)

        with write_errors_answered(out):
            written = write_all(out, draw)
    if as_json:
        print(found.to_json(orient="records", indent=2))
        return
    seconds = table.pivot(index="what", columns="times", values="seconds")
    shown = found.set_index("what").join((1000 * seconds).round(1)).reset_index().round(2)
    shown["what"] = shown["what"].map(growth_words())
    times = {n: t("ms × {n}", n=n) for n in seconds.columns}
    headings = {"what": t("What grows"), "exponent": t("Exponent"), "error": t("Standard error")}
    print_table(shown.rename(columns={**headings, **times}))
    for path in written:
        print(path)


def _country(*, as_json: bool) -> None:
    """Print what some municipalities take, and what Sweden would."""
    from sisim.bench.bench_country import MUNICIPALITIES, RESIDENTS, bench_country, sweden
    from sisim.portable import usable_cores

    with progress(t("Measuring")):
        runs = bench_country()
    seconds = sweden(runs)
    if as_json:
        rows = [vars(one) for one in runs]
        print(json.dumps({"runs": rows, "sweden_seconds": seconds}, indent=2))
        return
    for one in runs:
        text = t(
            "Municipalities: {n}. Residents in all: {residents}. Time: {seconds} s",
            n=one.municipalities,
            residents=number(one.residents),
            seconds=number(one.seconds, 1),
        )
        memory = "" if one.memory is None else f", {number(round(one.memory))} MB"
        print(f"{text}{memory}")
    print(
        t(
            "Sweden: about {minutes} min on this computer ({cores} processes, one run of each "
            "municipality, the ready scenario with all of its arms).",
            minutes=number(max(seconds / 60, 0.1), 1 if seconds < 600 else 0),
            cores=usable_cores(),
        )
    )
    print(
        t(
            "It rests on the runs above: what the start takes, each of {municipalities} "
            "municipalities, and each of {residents} residents.",
            municipalities=number(MUNICIPALITIES),
            residents=number(RESIDENTS),
        )
    )
