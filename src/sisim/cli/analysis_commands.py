"""Commands that analyse a scenario: precision, sensitivity, break-even, uncertainty, comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from sisim.cli.options import (
    Arm,
    ArmOptions,
    Draws,
    Measure,
    MeasureOptions,
    RunOptions,
    ScenarioName,
    argument,
    count,
    flag,
    option,
    values,
)
from sisim.cli.output import write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.scenario_input import (
    chosen_arm,
    executor,
    load,
    open_scenario,
    require_measure,
    require_one_currency,
    result_folder,
    store_errors_answered,
)
from sisim.cli.user_errors import UserError
from sisim.i18n import t

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from sisim.analysis.evaluator import Evaluator
    from sisim.analysis.question import Ask
    from sisim.report.analysis.analysis_frame import Subject
    from sisim.scenario.scenario import Scenario

    Pictures = Mapping[str, Callable[[], Figure]]

NPV = "net_present_value"
DRAWS, POINTS, BASE_POINTS, TRAJECTORIES = 200, 5, 64, 10
SIMULATED_DRAWS = 50
"""So many have an answer in a minute or two; half as wide intervals take four times as long."""
RUNS_PER_DRAW = 2
"""Of a draw that is simulated: so few that chance between them can be told, and no more."""
DrawsOrFew = Annotated[
    int | None,
    count(
        "N",
        "How many draws of the uncertain numbers; unset: 200, or 50 where each is simulated.",
        least=20,
    ),
]
ROOT = 6
"""About how many points more it takes to find a root."""
Method = Literal["one-way", "sobol", "morris"]
Progress = Callable[[int, int], None]


def precision(
    scenario: ScenarioName,
    /,
    *,
    wish: Annotated[float | None, option("N", "± what the result should be sure to (95%).")] = None,
    until: Annotated[bool, flag("Run until that is reached.")] = False,
    most: Annotated[int, count("N", "Never more runs than this.", least=2)] = 1000,
    options: MeasureOptions = MeasureOptions(),
) -> None:
    """Say how sure a result is, and how many runs would make it as sure as you wish.

    Runs are paired: with and without meet the same people. `--until` goes on until it is sure.

    Example: `sisim precision placed-youth --wish 5000000 --until`
    """
    if wish is not None and wish <= 0:
        raise UserError(t("--wish takes a number over 0."))
    if until and wish is None:
        raise UserError(t("--until needs --wish: how sure should it be?"))
    loaded, folder = open_scenario(scenario, options)
    from sisim.analysis.precision import precision as precision_of
    from sisim.analysis.precision import until as run_until
    from sisim.report.analysis.precision_figure import course, draw_precision, sentences

    first = loaded.seed if options.seed is None else options.seed
    runs_asked = loaded.replications if options.replications is None else options.replications

    def run(start: int, many: int) -> Any:
        ask, _ = question(loaded, options, tell, seeds=(first + start, many))
        return ask([{}])[0]

    with simulating() as tell:
        if until and wish is not None:
            reached, runs = run_until(run, wish, first=max(runs_asked, 5), most=most)
        else:
            runs = run(0, runs_asked)
            reached = precision_of(runs, wish)
    subject = question(loaded, options, None, seeds=(first, len(runs)))[1]
    pictures = {"precision": lambda: draw_precision(subject, runs, reached)}
    tables = {"precision": course(runs)}
    publish(folder, "precision", pictures, tables, sentences(subject, reached))


def sensitivity(
    scenario: ScenarioName,
    /,
    *,
    method: Annotated[Method, option("", "How; unset: one-way.")] = "one-way",
    vary: Annotated[
        list[str] | None,
        option(
            "PATTERN",
            "Which uncertain numbers, as investments.*; unset: those of the scenario file. May be "
            "repeated.",
        ),
    ] = None,
    everything: Annotated[bool, flag("The numbers of the pathway too.", name="--all")] = False,
    size: Annotated[
        int | None,
        count(
            "N",
            "Base points of sobol, a power of 2 (unset: 64), or trajectories of morris (unset: "
            "10).",
            least=2,
        ),
    ] = None,
    options: MeasureOptions = MeasureOptions(),
) -> None:
    """Say which assumptions matter most.

    `--method one-way` (unset) takes each number to its lowest and highest and draws a tornado.
    `sobol` varies all at once and says what share of the variance each is due to; `morris` does so
    roughly, for many numbers. Ranges, distributions and grades are those of the file: see `sisim
    assumptions`.

    Example: `sisim sensitivity placed-youth --arm new_way --vary 'investments.*'`
    """
    loaded, folder = open_scenario(scenario, options)
    from sisim.analysis.global_sensitivity import morris, sobol
    from sisim.analysis.measures import turning_point
    from sisim.analysis.one_way import one_way
    from sisim.analysis.varied import factors
    from sisim.report.analysis.sensitivity_bars import draw_morris, draw_sobol
    from sisim.report.analysis.tornado import draw_tornado, sentences

    varied = factors(loaded, vary or (), pathway=everything)
    points = size or (BASE_POINTS if method == "sobol" else TRAJECTORIES)
    _require_varied(len(varied), method, points)
    grades = {factor.key: factor.grade or "" for factor in varied}
    with simulating() as tell:
        ask, subject = question(loaded, options, tell)
        table = {
            "one-way": lambda: one_way(ask, varied, turning_point(subject.measure)),
            "sobol": lambda: sobol(ask, varied, points, subject.seeds[0]),
            "morris": lambda: morris(ask, varied, points, subject.seeds[0]),
        }[method]()
    draw: Pictures = {
        "one-way": lambda: draw_tornado(subject, table),
        "sobol": lambda: draw_sobol(subject, table, grades),
        "morris": lambda: draw_morris(subject, table, grades),
    }
    stem = f"sensitivity-{method}"
    publish(folder, stem, {stem: draw[method]}, {stem: table}, sentences(subject, table))


def _require_varied(number: int, method: Method, points: int) -> None:
    """Check that there are numbers enough to vary, and as many points as the method takes."""
    least = 1 if method == "one-way" else 2
    if number < least:
        raise UserError(
            t(
                "Uncertain numbers to vary: {n}; {method} needs at least {least}. Give "
                "numbers a low and a high in the file, or ask for --all.",
                n=number,
                method=method,
                least=least,
            )
        )
    if method == "sobol" and points & (points - 1):
        raise UserError(t("--size of sobol is a power of 2, such as 64 or 128."))


def heatmap(
    scenario: ScenarioName,
    across: Annotated[str, argument("KEY", "The number across.")],
    up: Annotated[str, argument("KEY", "The number upwards.")],
    /,
    *,
    points: Annotated[int, count("N", "How many values of each; unset: 5.", least=2)] = POINTS,
    options: MeasureOptions = MeasureOptions(),
) -> None:
    """Vary two numbers together, and show the result for every pair.

    A number is its key, alone (through its range) or with ends, as KEY=LOW:HIGH.

    Example: `sisim heatmap placed-youth investments.team.reach=0.4:0.9 investments.team.years=2:6`
    """
    loaded, folder = open_scenario(scenario, options)
    from numpy import linspace, unique

    from sisim.analysis.one_way import two_way
    from sisim.cli.number_ranges import number_range
    from sisim.report.analysis.heat_map import draw_heat_map, sentences

    axes: list[tuple[str, list[float]]] = []
    for given in (across, up):
        span = number_range(loaded, given)
        places = linspace(span.low, span.high, points)
        whole = [round(x) for x in unique(places.round())]
        axes.append((span.key, whole if span.whole else [float(x) for x in places]))
    if axes[0][0] == axes[1][0]:
        raise UserError(t("A heat map needs two different numbers."))
    with simulating() as tell:
        ask, subject = question(loaded, options, tell)
        table = two_way(ask, axes[0], axes[1])
    pictures = {"heatmap": lambda: draw_heat_map(subject, table)}
    publish(folder, "heatmap", pictures, {"heatmap": table}, sentences(subject, table))


def break_even(
    scenario: ScenarioName,
    keys: Annotated[list[str], argument("KEY", "Which numbers, and how far.")],
    /,
    *,
    points: Annotated[
        int, count("N", "How many points the curve has; unset: 5.", least=2)
    ] = POINTS,
    options: MeasureOptions = MeasureOptions(),
) -> None:
    """Say what a number must be for the result to be zero: how lasting must the effect be, how
    many must be reached?

    A number is its key, alone (through its range) or with ends, as KEY=LOW:HIGH. Several are taken
    one at a time; a key with * stands for all that are like it, which then have the same value. If
    the result never turns, it is said on which side it stays.

    Example: `sisim break-even placed-youth --arm project
    investments.team.effects.*.persistence.years=0.1:5 investments.team.reach=0.2:1`
    """
    loaded, folder = open_scenario(scenario, options)
    from sisim.cli.number_ranges import number_range

    spans = [number_range(loaded, given) for given in keys]
    from sisim.analysis.measures import turning_point
    from sisim.analysis.question import together
    from sisim.analysis.threshold import break_even as turning_value
    from sisim.analysis.threshold import table
    from sisim.analysis.varied import alike, value_at
    from sisim.report.analysis.threshold_figure import MOST, draw_break_even, sentences

    turn = turning_point(options.measure)
    if turn is None:
        raise UserError(
            t(
                "A year has no zero at which it turns: {name} cannot be asked for here. "
                "net_present_value is zero where it is just paid back.",
                name=options.measure,
            )
        )
    with simulating() as tell:
        ask, subject = question(loaded, options, tell, expected=len(spans) * (points + ROOT))
        turns = []
        for span in spans:
            now = value_at(loaded, span.key)
            turns.append(
                turning_value(
                    together(ask, span.key, alike(loaded, span.key)) if "*" in span.key else ask,
                    span.key,
                    float("nan") if now is None else now,
                    span.low,
                    span.high,
                    whole=span.whole,
                    points=points,
                    turn=turn,
                )
            )
    pictures: dict[str, Callable[[], Figure]] = {}
    for start in range(0, len(turns), MOST):
        stem = "break-even" if not start else f"break-even-{1 + start // MOST}"
        pictures[stem] = partial(draw_break_even, subject, turns[start : start + MOST])
    curves = {f"curve-{turn.key}": turn.curve for turn in turns}
    tables = {"break-even": table(turns), **curves}
    publish(folder, "break-even", pictures, tables, sentences(subject, turns))


def uncertainty(
    scenario: ScenarioName,
    /,
    *,
    draws: DrawsOrFew = None,
    effect: Annotated[str | None, option("NAME", "What is gained: an outcome or a weight.")] = None,
    worth: Annotated[float, option("N", "The highest worth of a unit of it.", least=0)] = 1_000_000,
    simulate: Annotated[bool, flag("Simulate also what can be computed exactly.")] = False,
    options: ArmOptions = ArmOptions(),
) -> None:
    """Draw all uncertain numbers together, many times: how likely is it to pay for itself, who has
    the money back when, what is worth finding out?

    With `--effect NAME` (an outcome of the file, or a weight of the pathway) also the
    cost-effectiveness plane and the acceptability curve, up to a `--worth` of a unit; what is
    worth finding out is then worked out at that worth, otherwise by money alone. With `--arm` the
    choice is between that arm and doing without; otherwise between all.

    Each draw is computed exactly where that can be done (see `sisim cohort`), and otherwise
    simulated, in two runs unless `--replications` says otherwise; which way was taken is told.

    Example: `sisim uncertainty placed-youth --draws 200 --replications 1 --effect placed --worth
    2000000`
    """
    loaded, folder = open_scenario(scenario, options)
    gains = [*loaded.outcomes, *loaded.pathway.weights]
    if effect is not None and effect not in gains:
        names = ", ".join(gains) or "–"
        raise UserError(
            t('There is no outcome or weight "{name}"; there is {names}.', name=effect, names=names)
        )
    if effect is not None and not worth:
        raise UserError(t("--worth takes a number over 0."))
    from numpy import linspace

    from sisim.report.analysis import psa_figures

    analysis, subject = analysed(loaded, options.arm, draws, options, simulate=simulate)
    grades = _grades(loaded)
    with progress(t("What is worth finding out")) as tell:
        tell(0, 2)
        by_year = analysis.break_even_by_year()
        tell(1, 2)
        information = analysis.information(effect, worth)
    decided = psa_figures.Decision(analysis, effect, worth)
    pictures: dict[str, Callable[[], Figure]] = {
        "who-breaks-even": lambda: psa_figures.draw_who_breaks_even(subject, analysis, by_year),
        "information": lambda: psa_figures.draw_information(
            subject, information, analysis.perfect(effect, worth), grades, decided.rule()
        ),
    }
    tables = {
        "chance": analysis.chance,
        "who-breaks-even": by_year,
        "information": information,
        "draws": _draws_table(analysis),
    }
    if effect is not None:
        curve = analysis.acceptability(effect, [float(x) for x in linspace(0, worth, 101)])
        tables["acceptability"] = curve
        pictures["plane"] = lambda: psa_figures.draw_plane(subject, analysis, effect)
        pictures["acceptability"] = lambda: psa_figures.draw_acceptability(
            subject, analysis, effect, curve
        )
    words = psa_figures.sentences(subject, analysis, decided)
    if draws is None and not analysis.exact:
        words.append(_few_draws(len(analysis.drawn)))
    publish(folder, "uncertainty", pictures, tables, words)


def _few_draws(made: int) -> str:
    """Return that few draws were made, as they are simulated, and what more of them would give."""
    return t(
        "As each draw takes whole runs, {n} are made unless {option} says otherwise: {option} "
        "{more} takes four times as long, and halves the intervals.",
        n=made,
        option="--draws",
        more=4 * made,
    )


def discover(
    scenario: ScenarioName,
    /,
    *,
    draws: Draws = DRAWS,
    under: Annotated[float, option("N", "It fails below this; unset: 0.")] = 0.0,
    options: ArmOptions = ArmOptions(),
) -> None:
    """Find the region of assumptions in which the investment fails.

    All uncertain numbers are drawn together, many times; it fails where the result is below
    `--under` (unset: 0).

    Example: `sisim discover placed-youth --arm project --draws 300 --replications 1`
    """
    loaded, folder = open_scenario(scenario, options)
    from sisim.analysis.scenario_discovery import discover as find
    from sisim.report.analysis.scenario_discovery_figure import draw_discovery, sentences

    analysis, subject = analysed(loaded, chosen_arm(loaded, options.arm), draws, options)
    net = analysis.of(NPV)[:, analysis.arms.index(subject.arm)]
    fails = net < under
    if fails.all():
        raise UserError(t("Every draw fails ({n} in all): there is no region to find.", n=draws))
    if not fails.any():
        raise UserError(t("No draw fails ({n} in all): there is no region to find.", n=draws))
    drawn = {str(key): analysis.drawn[key].to_numpy(float) for key in analysis.drawn}
    box, path = find(drawn, fails)
    pictures = {"discover": lambda: draw_discovery(subject, box, analysis.drawn, net, under)}
    tables = {"discover": box.table(), "discover-path": path, "draws": _draws_table(analysis)}
    publish(folder, "discover", pictures, tables, sentences(subject, box, net, under))


def compare(
    first: Annotated[str, argument("FIRST", "A scenario file, or the name of a ready one.")],
    second: Annotated[str, argument("SECOND", "A scenario file, or the name of a ready one.")],
    /,
    *,
    arm: Arm = None,
    measure: Measure = NPV,
    options: RunOptions = RunOptions(),
) -> None:
    """Say what differs between two scenario files, and what each change does to the result, one at
    a time.

    The people and the luck are the same in both; seeds and runs are those of the first.

    Example: `sisim compare before.toml after.toml --arm new_way`
    """
    one, other = (load(file, options.changes, options.residents) for file in (first, second))
    require_one_currency((one, other))
    folder = result_folder(one, options.out)
    from sisim.analysis.scenario_diff import changes as found_changes
    from sisim.analysis.scenario_diff import difference
    from sisim.report.analysis.change_words import ChangeWords
    from sisim.report.analysis.scenario_diff_figure import draw_difference, sentences

    number = len(found_changes(one, other))
    if not number:
        print(t("Nothing that has a bearing on the result differs."))
        return
    chosen = chosen_arm(one, arm)
    chosen_arm(other, chosen)
    asked = MeasureOptions(
        seed=options.seed, replications=options.replications, arm=chosen, measure=measure, workers=1
    )
    with simulating() as tell:
        _, subject = question(one, asked, None)
        done = 0

        def ask(of: Scenario) -> Any:
            nonlocal done
            done += 1
            tell(done, number + 2)
            seeds = (subject.seeds[0], len(subject.seeds))
            return question(of, asked, None, seeds=seeds)[0]([{}])[0]

        table = difference(one, other, ask)
    names, words = (Path(first).stem, Path(second).stem), ChangeWords(one, other)
    pictures = {"compare": lambda: draw_difference(subject, table, names, words)}
    publish(folder, "compare", pictures, {"compare": table}, sentences(subject, table, words))


def mix(
    scenarios: Annotated[
        list[str], argument("SCENARIO", "A scenario file, or the name of a ready one.")
    ],
    /,
    *,
    budget: Annotated[
        list[float],
        option(
            "N",
            "An amount of money, discounted as the scenarios say. May be repeated.",
            least=0,
        ),
    ],
    options: RunOptions = RunOptions(),
) -> None:
    """Say which investments a budget is best spent on: of every scenario at most one arm, all
    together within the budget, the net as high as possible.

    Example: `sisim mix one.toml other.toml --budget 10000000 --budget 20000000`
    """
    given = values(options.changes)
    from sisim.loading.load import load_scenario

    loaded = {file: load_scenario(file, given) for file in dict.fromkeys(scenarios)}
    require_one_currency(loaded.values())
    for file, scenario in loaded.items():
        if not scenario.arms:
            raise UserError(t('"{file}" has no [arms] to invest in.', file=file))
    first = next(iter(loaded.values()))
    folder = result_folder(first, options.out)
    from sisim.analysis.portfolio_choice import Option, mixes
    from sisim.report.analysis.portfolio_choice_figure import draw_mix, sentences

    choices, names = [], {}
    titles = titles_of(loaded)
    with simulating() as tell:
        for number, (file, scenario) in enumerate(loaded.items()):
            tell(number, len(loaded))
            runs = _costs(scenario, options)
            for arm in scenario.arms:
                own = runs[runs["arm"] == arm]
                cost, worth = (float(own[column].mean()) for column in ("invested", NPV))
                positive = float((own[NPV] > 0).mean())
                choices.append(Option(Path(file).stem, arm, max(cost, 0.0), worth, positive))
                label = scenario.arms[arm].label.text
                if len(loaded) > 1:
                    label = f"{titles[file]}: {label}"
                names[f"{Path(file).stem}/{arm}"] = label
    table = mixes(choices, sorted(set(budget)))
    asked = MeasureOptions(seed=options.seed, replications=options.replications, workers=1)
    subject = question(first, asked, None)[1]
    pictures = {"mix": lambda: draw_mix(subject, table, names)}
    publish(folder, "mix", pictures, {"mix": table}, sentences(subject, table, names))


def titles_of(loaded: Mapping[str, Scenario]) -> dict[str, str]:
    """Return the title of each scenario; where two are alike, with the name of the file."""
    titles = [scenario.title.text for scenario in loaded.values()]
    return {
        file: title if titles.count(title) == 1 else f"{title} ({Path(file).stem})"
        for file, title in zip(loaded, titles, strict=True)
    }


def _costs(scenario: Scenario, options: RunOptions) -> DataFrame:
    """Return what is invested and the net, discounted, a row per run and arm."""
    from sisim.analysis.evaluator import Evaluator

    evaluator = Evaluator(
        scenario,
        outcomes=[NPV, "invested"],
        replications=options.replications,
        seed=options.seed,
    )
    return evaluator.evaluate({})


@contextmanager
def simulating() -> Iterator[Progress]:
    """Show how far a simulation has come; what stops its workers is answered."""
    with store_errors_answered(), progress(t("Simulating")) as tell:
        yield tell


def question(
    scenario: Scenario,
    options: MeasureOptions,
    tell: Progress | None,
    *,
    seeds: tuple[int, int] | None = None,
    expected: int = 0,
) -> tuple[Ask, Subject]:
    """Return a measure as a function of changes, and what a picture of it is about.

    Args:
        scenario: The scenario.
        options: The arm (None: the last), the measure, the runs and the processes.
        tell: Is told how many runs are done, and how many there are.
        seeds: The first seed and how many; None: as the options or the scenario say.
        expected: About how many points will be asked for, if that is not known from the start.

    Raises:
        UserError: If there is no such arm or measure.
    """
    from sisim.analysis.evaluator import Evaluator
    from sisim.report.analysis.analysis_frame import Subject

    arm, measure = chosen_arm(scenario, options.arm), options.measure
    require_measure(scenario, measure)
    first, runs = (options.seed, options.replications) if seeds is None else seeds

    def so_far(done: int, asked: int) -> None:
        if tell is not None:
            tell(done, max(asked, expected * len(evaluator.seeds)))

    evaluator: Evaluator = Evaluator(
        scenario,
        arm=arm,
        outcomes=[measure],
        replications=runs,
        seed=first,
        executor=executor(options.workers) if options.workers != 1 else None,
        progress=so_far,
    )
    return evaluator.outcome(measure), Subject(scenario, evaluator.seeds, arm, measure)


def analysed(
    scenario: Scenario,
    arm: str | None,
    number: int | None,
    options: ArmOptions,
    *,
    simulate: bool = False,
) -> tuple[Any, Subject]:
    """Return a probabilistic analysis of an arm (None: of all), and what a picture is about.

    Each draw is computed exactly where that can be done, else simulated.

    Args:
        scenario: The scenario.
        arm: Which arm; None: all.
        number: How many draws of the uncertain numbers; unset: many, or few where each is
            simulated.
        options: The runs and the processes, where it is simulated.
        simulate: Simulate in any case.

    Raises:
        UserError: If there is no such arm.
    """
    from sisim.analysis.evaluator import Evaluator
    from sisim.analysis.expected_evaluator import ExpectedEvaluator
    from sisim.analysis.psa import draws, measures, probabilistic
    from sisim.engine.cohort import NotExact
    from sisim.report.analysis.analysis_frame import Subject

    chosen = chosen_arm(scenario, arm)
    first = scenario.seed if options.seed is None else options.seed
    drawn, wanted = draws(scenario, number or DRAWS, first), measures(scenario)
    why = None
    with simulating() as tell:
        if not simulate:
            try:
                exact = ExpectedEvaluator(scenario, arm=arm, outcomes=wanted, progress=tell)
                analysis = probabilistic(exact, scenario, drawn)
                return analysis, Subject(scenario, exact.seeds, chosen, NPV)
            except NotExact as error:
                why = error
        if number is None:
            drawn = drawn[:SIMULATED_DRAWS]
        evaluator = Evaluator(
            scenario,
            arm=arm,
            outcomes=wanted,
            # Draws tell more of what is uncertain than runs of each do.
            replications=options.replications or min(scenario.replications, RUNS_PER_DRAW),
            seed=first,
            executor=executor(options.workers) if options.workers != 1 else None,
            progress=tell,
        )
        analysis = replace(probabilistic(evaluator, scenario, drawn), why_simulated=why)
    return analysis, Subject(scenario, evaluator.seeds, chosen, NPV)


def publish(
    folder: Path,
    name: str,
    pictures: Pictures,
    tables: Mapping[str, Any],
    words: Sequence[str],
    **more: Any,
) -> None:
    """Say what came out, and write it.

    Raises:
        UserError: If the folder cannot be written.
    """
    from sisim.report.analysis.answer_files import publish_answer

    with write_errors_answered(folder), progress(t("Writing")) as tell:
        written = publish_answer(folder, name, pictures, tables, words, progress=tell, **more)
    print("\n".join(words))
    print()
    for path in written:
        print(path)


def _grades(scenario: Scenario) -> dict[str, str]:
    from sisim.scenario.register import assumptions

    table = assumptions(scenario)
    return dict(zip(table["key"], table["grade"].fillna(""), strict=True))


def _draws_table(analysis: Any) -> DataFrame:
    """Return a row per draw: its numbers and the discounted net of each arm (for R and BCEA)."""
    net = analysis.of(NPV)
    arms = {f"{NPV}.{arm}": net[:, n] for n, arm in enumerate(analysis.arms) if n}
    table: DataFrame = analysis.drawn.assign(**arms)
    return table
