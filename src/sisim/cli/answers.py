"""The commands that ask something of a scenario: how sure, how sensitive, what it takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from sisim.cli.options import RESULTS, Options, values
from sisim.cli.output import politely, refuse_early
from sisim.cli.progress import progress
from sisim.cli.speech import Refusal
from sisim.cli.sweeping import told
from sisim.i18n import t
from sisim.loading.load import changed, load_scenario
from sisim.loading.overrides import parse_value
from sisim.scenario.errors import Place, nearest
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sisim.analysis.executors import Executor
    from sisim.analysis.question import Question
    from sisim.report.analysis.analysis_frame import Subject

NPV = "net_present_value"
DRAWS, POINTS, BASE_POINTS, TRAJECTORIES = 200, 5, 64, 10
ROOT = 6
"""About how many points more it takes to find a root."""
Method = Literal["one-way", "sobol", "morris"]
Pictures = Mapping[str, "Callable[[], Figure]"]


def add_answers(
    command: Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]],
    options: Options,
) -> None:
    """Add the commands that ask something of a scenario.

    Args:
        command: Makes a command of a function, given a name and a help text.
        options: Makes arguments and options, and has those that commands share.
    """
    argument, option = options.argument, options.option
    name = t("SCENARIO")
    ready = t("A scenario file, or the name of a ready one.")
    Asked = Annotated[str, options.scenario]  # noqa: N806 (types)
    Arm = Annotated[  # noqa: N806
        str | None,
        option("--arm", t("ARM"), t("Which arm of the scenario; unset: the last.")),
    ]
    Measure = Annotated[  # noqa: N806
        str,
        option(
            "--measure",
            t("MEASURE"),
            t(
                "What is asked for; unset: net_present_value. An outcome of the file is "
                "outcome.NAME."
            ),
        ),
    ]
    Changes = Annotated[list[str] | None, options.changes]  # noqa: N806
    Seed = Annotated[int | None, options.seed]  # noqa: N806
    Replications = Annotated[int | None, options.replications]  # noqa: N806
    Workers = Annotated[int | None, options.workers]  # noqa: N806
    Out = Annotated[Path | None, options.out]  # noqa: N806
    Vary = Annotated[  # noqa: N806
        list[str] | None,
        option(
            "--vary",
            t("PATTERN"),
            t(
                "Which uncertain numbers, as investments.*; unset: those of the scenario file. "
                "May be repeated."
            ),
        ),
    ]
    Draws = Annotated[  # noqa: N806
        int,
        option(
            "--draws",
            t("N"),
            t("How many draws of the uncertain numbers; unset: {n}.", n=DRAWS),
            min=20,
        ),
    ]

    def ready_for(out: Path | None, scenario: Scenario) -> Path:
        folder = out or RESULTS / scenario.name
        refuse_early(folder)
        return folder

    @command(
        "precision",
        t(
            "Say how sure a result is, and how many runs would make it as sure as you wish.\n\n"
            "Runs are paired: with and without meet the same people. `--until` goes on until it is "
            "sure.\n\nExample: `sisim precision placed-youth --wish 5000000 --until`"
        ),
    )
    def precision(
        scenario: Asked,
        wish: Annotated[
            float | None,
            option("--wish", t("N"), t("± what the result should be sure to (95%).")),
        ] = None,
        until: Annotated[bool, option("--until", None, t("Run until that is reached."))] = False,
        most: Annotated[
            int, option("--most", t("N"), t("Never more runs than this."), min=2)
        ] = 1000,
        arm: Arm = None,
        measure: Measure = NPV,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        if wish is not None and wish <= 0:
            raise Refusal(t("--wish takes a number over 0."))
        if until and wish is None:
            raise Refusal(t("--until needs --wish: how sure should it be?"))
        loaded = load_scenario(scenario, values(changes))
        known(loaded, arm, measure)
        folder = ready_for(out, loaded)
        from sisim.analysis.precision import precision as sure
        from sisim.analysis.precision import until as run_until
        from sisim.report.analysis.precision_figure import course, draw_precision, sentences

        first = loaded.seed if seed is None else seed
        count = loaded.replications if replications is None else replications

        def run(start: int, many: int) -> Any:
            ask, _ = question(loaded, arm, measure, many, first + start, tell, workers=workers)
            return ask([{}])[0]

        with simulating() as tell:
            if until and wish is not None:
                found, runs = run_until(run, wish, first=max(count, 5), most=most)
            else:
                runs = run(0, count)
                found = sure(runs, wish)
        subject = question(loaded, arm, measure, len(runs), first, None)[1]
        pictures = {"precision": lambda: draw_precision(subject, runs, found)}
        answer(
            folder, "precision", pictures, {"precision": course(runs)}, sentences(subject, found)
        )

    @command(
        "sensitivity",
        t(
            "Say which assumptions matter most.\n\n"
            "`--method one-way` (unset) takes each number to its lowest and highest and draws a "
            "tornado. `sobol` varies all at once and says what share of the variance each is "
            "due to; `morris` does so roughly, for many numbers. Ranges, distributions and grades "
            "are those of the file: see `sisim assumptions`.\n\n"
            "Example: `sisim sensitivity placed-youth --arm new_way --vary 'investments.*'`"
        ),
    )
    def sensitivity(
        scenario: Asked,
        method: Annotated[
            Method, option("--method", "one-way|sobol|morris", t("How; unset: one-way."))
        ] = "one-way",
        vary: Vary = None,
        everything: Annotated[
            bool, option("--all", None, t("The numbers of the pathway too."))
        ] = False,
        size: Annotated[
            int | None,
            option(
                "--size",
                t("N"),
                t(
                    "Base points of sobol, a power of 2 (unset: {base}), or trajectories of "
                    "morris (unset: {trajectories}).",
                    base=BASE_POINTS,
                    trajectories=TRAJECTORIES,
                ),
                min=2,
            ),
        ] = None,
        arm: Arm = None,
        measure: Measure = NPV,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        known(loaded, arm, measure)
        folder = ready_for(out, loaded)
        from sisim.analysis.global_sensitivity import morris, sobol
        from sisim.analysis.one_way import one_way
        from sisim.analysis.varied import factors
        from sisim.report.analysis.sensitivity_bars import draw_morris, draw_sobol
        from sisim.report.analysis.tornado import draw_tornado, sentences

        varied = factors(loaded, vary or (), pathway=everything)
        least = 1 if method == "one-way" else 2
        if len(varied) < least:
            raise Refusal(
                t(
                    "There are {n} uncertain numbers to vary; {method} needs at least {least}. Give "
                    "numbers a low and a high in the file, or ask for --all.",
                    n=len(varied),
                    method=method,
                    least=least,
                )
            )
        points = size or (BASE_POINTS if method == "sobol" else TRAJECTORIES)
        if method == "sobol" and points & (points - 1):
            raise Refusal(t("--size of sobol is a power of 2, such as 64 or 128."))
        grades = {one.key: one.grade or "" for one in varied}
        with simulating() as tell:
            ask, subject = question(loaded, arm, measure, replications, seed, tell, workers=workers)
            first = subject.seeds[0]
            if method == "one-way":
                table = one_way(ask, varied)
            elif method == "sobol":
                table = sobol(ask, varied, points, first)
            else:
                table = morris(ask, varied, points, first)
        draw: dict[str, Callable[[], Figure]] = {
            "one-way": lambda: draw_tornado(subject, table),
            "sobol": lambda: draw_sobol(subject, table, grades),
            "morris": lambda: draw_morris(subject, table, grades),
        }
        stem = f"sensitivity-{method}"
        answer(folder, stem, {stem: draw[method]}, {stem: table}, sentences(subject, table))

    @command(
        "heatmap",
        t(
            "Vary two numbers together, and show the result for every pair.\n\n"
            "A number is its key, alone (through its range) or with ends, as KEY=LOW:HIGH.\n\n"
            "Example: `sisim heatmap placed-youth investments.team.reach=0.4:0.9 "
            "investments.team.years=2:6`"
        ),
    )
    def heatmap(
        scenario: Asked,
        across: Annotated[str, argument(t("KEY"), t("The number across."))],
        up: Annotated[str, argument(t("KEY"), t("The number upwards."))],
        points: Annotated[
            int,
            option("--points", t("N"), t("How many values of each; unset: {n}.", n=POINTS), min=2),
        ] = POINTS,
        arm: Arm = None,
        measure: Measure = NPV,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        known(loaded, arm, measure)
        folder = ready_for(out, loaded)
        from numpy import linspace, unique

        from sisim.analysis.one_way import two_way
        from sisim.report.analysis.heat_map import draw_heat_map, sentences

        axes: list[tuple[str, list[float]]] = []
        for given in (across, up):
            key, low, high, whole = ends(loaded, given)
            places = linspace(low, high, points)
            axes.append(
                (
                    key,
                    [round(x) for x in unique(places.round())]
                    if whole
                    else [float(x) for x in places],
                )
            )
        if axes[0][0] == axes[1][0]:
            raise Refusal(t("A heat map needs two different numbers."))
        with simulating() as tell:
            ask, subject = question(loaded, arm, measure, replications, seed, tell, workers=workers)
            table = two_way(ask, axes[0], axes[1])
        pictures = {"heatmap": lambda: draw_heat_map(subject, table)}
        answer(folder, "heatmap", pictures, {"heatmap": table}, sentences(subject, table))

    @command(
        "break-even",
        t(
            "Say what a number must be for the result to be zero: how lasting must the effect be, "
            "how many must be reached?\n\n"
            "A number is its key, alone (through its range) or with ends, as KEY=LOW:HIGH. Several "
            "are taken one at a time; a key with * stands for all that are like it, which then "
            "have the same value. If the result never turns, it is said on which side it "
            "stays.\n\n"
            "Example: `sisim break-even placed-youth --arm project "
            "investments.team.effects.*.persistence.years=0.1:5 investments.team.reach=0.2:1`"
        ),
    )
    def break_even(
        scenario: Asked,
        keys: Annotated[list[str], argument(t("KEY"), t("Which numbers, and how far."))],
        points: Annotated[
            int,
            option(
                "--points", t("N"), t("How many points the curve has; unset: {n}.", n=POINTS), min=2
            ),
        ] = POINTS,
        arm: Arm = None,
        measure: Measure = NPV,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        known(loaded, arm, measure)
        folder = ready_for(out, loaded)
        spans = [ends(loaded, given) for given in keys]
        from sisim.analysis.question import together
        from sisim.analysis.threshold import break_even as turn
        from sisim.analysis.threshold import table
        from sisim.analysis.varied import alike, value_at
        from sisim.report.analysis.threshold_figure import MOST, draw_break_even, sentences

        with simulating() as tell:
            ask, subject = question(
                loaded,
                arm,
                measure,
                replications,
                seed,
                tell,
                workers=workers,
                expected=len(spans) * (points + ROOT),
            )
            found = [
                turn(
                    together(ask, key, alike(loaded, key)) if "*" in key else ask,
                    key,
                    _or_nan(value_at(loaded, key)),
                    low,
                    high,
                    whole=whole,
                    points=points,
                )
                for key, low, high, whole in spans
            ]
        pictures: dict[str, Callable[[], Figure]] = {}
        for start in range(0, len(found), MOST):
            stem = "break-even" if not start else f"break-even-{1 + start // MOST}"
            some = found[start : start + MOST]
            pictures[stem] = lambda some=some: draw_break_even(subject, some)  # type: ignore[misc]
        curves = {f"curve-{one.key}": one.curve for one in found}
        answer(
            folder,
            "break-even",
            pictures,
            {"break-even": table(found), **curves},
            sentences(subject, found),
        )

    @command(
        "uncertainty",
        t(
            "Draw all uncertain numbers together, many times: how likely is it to pay for itself, "
            "who has the money back when, what is worth finding out?\n\n"
            "With `--effect NAME` (an outcome of the file, or a weight of the pathway) also the "
            "cost-effectiveness plane and the acceptability curve, up to `--worth` kronor a "
            "unit. With `--arm` the choice is between that arm and doing without; otherwise "
            "between all.\n\n"
            "Example: `sisim uncertainty placed-youth --draws 200 --replications 1 --effect "
            "placed --worth 2000000`"
        ),
    )
    def uncertainty(
        scenario: Asked,
        draws: Draws = DRAWS,
        effect: Annotated[
            str | None,
            option("--effect", t("NAME"), t("What is gained: an outcome or a weight.")),
        ] = None,
        worth: Annotated[
            float,
            option("--worth", t("N"), t("The highest worth of a unit of it."), min=0),
        ] = 1_000_000,
        arm: Arm = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        folder = ready_for(out, loaded)
        gains = [*loaded.outcomes, *loaded.pathway.weights]
        if effect is not None and effect not in gains:
            text = t(
                'There is no outcome or weight "{name}"; there is {names}.',
                name=effect,
                names=", ".join(gains) or "–",
            )
            raise Refusal(text)
        from numpy import linspace

        from sisim.report.analysis import psa_figures as pictures_of

        analysis, subject = analysed(loaded, arm, draws, replications, seed, workers)
        grades = _grades(loaded)
        by_year = analysis.break_even_by_year()
        informed = analysis.information()
        chosen: dict[str, Callable[[], Figure]] = {
            "who-breaks-even": lambda: pictures_of.draw_who_breaks_even(subject, analysis, by_year),
            "information": lambda: pictures_of.draw_information(
                subject, informed, analysis.perfect(), grades, t("The decision is by money alone.")
            ),
        }
        tables = {
            "chance": analysis.chance,
            "who-breaks-even": by_year,
            "information": informed,
            "draws": _psa(analysis),
        }
        if effect is not None:
            curve = analysis.acceptability(effect, [float(x) for x in linspace(0, worth, 101)])
            tables["acceptability"] = curve
            chosen["plane"] = lambda: pictures_of.draw_plane(subject, analysis, effect)
            chosen["acceptability"] = lambda: pictures_of.draw_acceptability(
                subject, analysis, effect, curve
            )
        words = pictures_of.sentences(subject, analysis)
        answer(folder, "uncertainty", chosen, tables, words)

    @command(
        "discover",
        t(
            "Find the region of assumptions in which the investment fails.\n\n"
            "All uncertain numbers are drawn together, many times; it fails where the result is "
            "below `--under` (unset: 0).\n\n"
            "Example: `sisim discover placed-youth --arm project --draws 300 --replications 1`"
        ),
    )
    def discover(
        scenario: Asked,
        draws: Draws = DRAWS,
        under: Annotated[
            float, option("--under", t("N"), t("It fails below this; unset: 0."))
        ] = 0.0,
        arm: Arm = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        workers: Workers = None,
        out: Out = None,
    ) -> None:
        loaded = load_scenario(scenario, values(changes))
        folder = ready_for(out, loaded)
        from sisim.analysis.scenario_discovery import discover as find
        from sisim.report.analysis.scenario_discovery_figure import draw_discovery, sentences

        chosen = _arm(loaded, arm)
        analysis, subject = analysed(loaded, chosen, draws, replications, seed, workers)
        net = analysis.of(NPV)[:, analysis.arms.index(subject.arm)]
        fails = net < under
        if fails.all() or not fails.any():
            text = (
                t("All {n} draws fail: there is no region to find.", n=draws)
                if fails.all()
                else t("None of {n} draws fails: there is no region to find.", n=draws)
            )
            raise Refusal(text)
        drawn = {str(key): analysis.drawn[key].to_numpy(float) for key in analysis.drawn}
        box, path = find(drawn, fails)
        pictures = {"discover": lambda: draw_discovery(subject, box, analysis.drawn, net, under)}
        tables = {"discover": box.table(), "discover-path": path, "draws": _psa(analysis)}
        answer(folder, "discover", pictures, tables, sentences(subject, box, net, under))

    @command(
        "compare",
        t(
            "Say what differs between two scenario files, and what each change does to the "
            "result, one at a time.\n\n"
            "The people and the luck are the same in both; seeds and runs are those of the "
            "first.\n\nExample: `sisim compare before.toml after.toml --arm new_way`"
        ),
    )
    def compare(
        first: Annotated[str, argument(t("FIRST"), ready)],
        second: Annotated[str, argument(t("SECOND"), ready)],
        arm: Arm = None,
        measure: Measure = NPV,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        one, other = (load_scenario(file, values(changes)) for file in (first, second))
        folder = ready_for(out, one)
        from sisim.analysis.scenario_diff import changes as found_changes
        from sisim.analysis.scenario_diff import difference
        from sisim.report.analysis.scenario_diff_figure import draw_difference, sentences

        count = len(found_changes(one, other))
        if not count:
            print(t("Nothing that has a bearing on the result differs."))
            return
        chosen = _arm(one, arm)
        _arm(other, chosen)
        with simulating() as tell:
            _, subject = question(one, chosen, measure, replications, seed, None)
            done = 0

            def ask(of: Scenario) -> Any:
                nonlocal done
                done += 1
                tell(done, count + 2)
                runs, start = len(subject.seeds), subject.seeds[0]
                return question(of, chosen, measure, runs, start, None)[0]([{}])[0]

            table = difference(one, other, ask)
        names = (Path(first).stem, Path(second).stem)
        pictures = {"compare": lambda: draw_difference(subject, table, names)}
        answer(folder, "compare", pictures, {"compare": table}, sentences(subject, table))

    @command(
        "mix",
        t(
            "Say which investments a budget is best spent on: of every scenario at most one "
            "arm, all together within the budget, the net present value as high as possible.\n\n"
            "Example: `sisim mix one.toml other.toml --budget 10000000 --budget 20000000`"
        ),
    )
    def mix(
        scenarios: Annotated[list[str], argument(name, ready)],
        budget: Annotated[
            list[float],
            option("--budget", t("N"), t("Kronor, as a present value. May be repeated."), min=0),
        ],
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        out: Out = None,
    ) -> None:
        given = values(changes)
        loaded = {file: load_scenario(file, given) for file in dict.fromkeys(scenarios)}
        for file, one in loaded.items():
            if not one.arms:
                raise Refusal(t('"{file}" has no [arms] to invest in.', file=file))
        first = next(iter(loaded.values()))
        folder = ready_for(out, first)
        from sisim.analysis.evaluator import Evaluator
        from sisim.analysis.portfolio_choice import Option, mixes
        from sisim.report.analysis.portfolio_choice_figure import draw_mix, sentence

        titles = [one.title.text for one in loaded.values()]
        # Two versions of a scenario often have the same title.
        called = {
            file: title if titles.count(title) == 1 else f"{title} ({Path(file).stem})"
            for file, title in zip(loaded, titles, strict=True)
        }
        options, names = [], {}
        with simulating() as tell:
            for number, (file, one) in enumerate(loaded.items()):
                tell(number, len(loaded))
                ask = Evaluator(
                    one, outcomes=[NPV, "invested"], replications=replications, seed=seed
                )
                means = ask.evaluate({}).groupby("arm")[["invested", NPV]].mean()
                for arm in one.arms:
                    cost, worth = (float(means[column][arm]) for column in ("invested", NPV))
                    options.append(Option(Path(file).stem, arm, max(cost, 0.0), worth))
                    label = one.arms[arm].label.text
                    names[f"{Path(file).stem}/{arm}"] = (
                        label if len(loaded) == 1 else f"{called[file]}: {label}"
                    )
        table = mixes(options, sorted(set(budget)))
        subject = question(first, None, NPV, replications, seed, None)[1]
        pictures = {"mix": lambda: draw_mix(subject, table, names)}
        answer(folder, "mix", pictures, {"mix": table}, [sentence(table, names)])


@contextmanager
def simulating() -> Iterator[Callable[[int, int], None]]:
    """Show how far a simulation has come; workers that cannot go on are answered."""
    with told(), progress(t("Simulating")) as tell:
        yield tell


def known(scenario: Scenario, arm: str | None, measure: str) -> str:
    """Return the arm that is asked about: the last, unless it is named.

    Raises:
        Refusal: If there is no such arm or measure.
    """
    from sisim.analysis.measures import chosen, names

    found = _arm(scenario, arm)
    every = names(scenario)
    if measure not in every:
        close = nearest(measure, every)
        text = t('There is no measure "{name}".', name=measure)
        more = (
            t("Valid here: {names}.", names=", ".join(chosen(scenario, ())))
            if close is None
            else t('Did you mean "{name}"?', name=close)
        )
        raise Refusal(f"{text} {more}")
    return found


def question(
    scenario: Scenario,
    arm: str | None,
    measure: str,
    replications: int | None,
    seed: int | None,
    tell: Callable[[int, int], None] | None,
    *,
    workers: int | None = 1,
    expected: int = 0,
) -> tuple["Question", "Subject"]:
    """Return what is asked of a scenario, and what a picture of it is about.

    Args:
        scenario: The scenario.
        arm: Which arm; None: the last.
        measure: Which measure.
        replications: How many runs; None: as the scenario says.
        seed: The seed of the first; None: as the scenario says.
        tell: Is told how many runs are done, and how many there are.
        workers: How many processes; None: one for each core.
        expected: About how many points will be asked for, if that is not known from the start.

    Raises:
        Refusal: If there is no such arm or measure.
    """
    from sisim.analysis.evaluator import Evaluator
    from sisim.analysis.question import Question
    from sisim.report.analysis.analysis_frame import Subject

    chosen = known(scenario, arm, measure)

    def so_far(done: int, asked: int) -> None:
        if tell is not None:
            tell(done, max(asked, expected * len(evaluator.seeds)))

    evaluator = Evaluator(
        scenario,
        arm=chosen,
        outcomes=[measure],
        replications=replications,
        seed=seed,
        executor=_executor(workers),
        progress=so_far,
    )
    subject = Subject(scenario, evaluator.seeds, chosen, measure)
    return Question(evaluator, chosen, measure), subject


def analysed(
    scenario: Scenario,
    arm: str | None,
    count: int,
    replications: int | None,
    seed: int | None,
    workers: int | None,
) -> tuple[Any, "Subject"]:
    """Return a probabilistic analysis of an arm (None: of all), and what a picture is about."""
    from sisim.analysis.evaluator import Evaluator
    from sisim.analysis.psa import draws, measures, probabilistic
    from sisim.report.analysis.analysis_frame import Subject

    chosen = _arm(scenario, arm)
    first = scenario.seed if seed is None else seed
    drawn = draws(scenario, count, first)
    with simulating() as tell:
        evaluator = Evaluator(
            scenario,
            arm=arm,
            outcomes=measures(scenario),
            replications=replications,
            seed=first,
            executor=_executor(workers),
            progress=tell,
        )
        found = probabilistic(evaluator, scenario, drawn)
    return found, Subject(scenario, evaluator.seeds, chosen, NPV)


def _executor(workers: int | None) -> "Executor | None":
    from sisim.analysis.executors import processes

    return None if workers == 1 else processes(workers)


def answer(
    folder: Path, name: str, pictures: Pictures, tables: Mapping[str, Any], words: Sequence[str]
) -> None:
    """Say what came out, and write it."""
    from sisim.report.analysis.answer_files import publish_answer

    with politely(folder):
        written = publish_answer(folder, name, pictures, tables, words)
    print("\n".join(words))
    print()
    for path in written:
        print(path)


def ends(scenario: Scenario, given: str) -> tuple[str, float, float, bool]:
    """Return the key in KEY or KEY=LOW:HIGH, how far it goes, and whether it is a whole number.

    Raises:
        Refusal: If the ends are no numbers, or upside down.
        ScenarioError: If there is no such number, or if it cannot be what was asked.
    """
    from sisim.analysis.varied import alike, factors, is_whole, value_at

    key, equals, span = given.partition("=")
    if equals:
        found = [parse_value(part) for part in span.split(":")]
        if len(found) != 2 or not all(_is_number(one) for one in found):
            raise Refusal(t('"{given}" is not KEY=LOW:HIGH.', given=given))
        low, high = float(found[0]), float(found[1])
    else:
        value = value_at(scenario, key)
        if value is None:
            if "*" not in key:
                _try(scenario, {key: 0})  # which says what was probably meant
            raise Refusal(t('"{key}" is no number; give KEY=LOW:HIGH.', key=key))
        known = {one.key: one for one in factors(scenario, pathway=True)}
        one = known.get(key)
        low, high = (one.low, one.high) if one is not None else sorted((0.0, 2.0 * value))
    if not low < high:
        text = t(
            "{key}: the lowest value ({low}) must be below the highest ({high}).",
            key=key,
            low=f"{low:g}",
            high=f"{high:g}",
        )
        raise Refusal(text)
    whole = is_whole(scenario, key)
    if "*" in key:
        keys = alike(scenario, key)
        if not keys:
            raise Refusal(t('No number is called anything like "{pattern}".', pattern=key))
        for end in (low, high):
            _try(scenario, dict.fromkeys(keys, end))
        return key, low, high, False
    for end in (low, high):
        _try(scenario, {key: round(end) if whole else end})
    return key, low, high, whole


def _try(scenario: Scenario, changes: Mapping[str, Any]) -> None:
    """Refuse values that a scenario cannot have; they stand on the command line as they are.

    Raises:
        ScenarioError: With what is wrong.
    """
    changed(scenario, changes, dict.fromkeys(changes, Place("", 0)))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arm(scenario: Scenario, chosen: str | None) -> str:
    if not scenario.arms:
        raise Refusal(t("The scenario has no [arms], so there is nothing to compare."))
    if chosen is not None and chosen not in scenario.arms:
        text = t(
            'The scenario has no arm "{name}"; it has {names}.',
            name=chosen,
            names=", ".join(scenario.arms),
        )
        raise Refusal(text)
    return chosen or list(scenario.arms)[-1]


def _grades(scenario: Scenario) -> dict[str, str]:
    from sisim.scenario.register import assumptions

    table = assumptions(scenario)
    return dict(zip(table["key"], table["grade"].fillna(""), strict=True))


def _psa(analysis: Any) -> Any:
    """Return a row per draw, its numbers and the net present value of each arm (for R and BCEA)."""
    net = analysis.of(NPV)
    arms = {f"{NPV}.{arm}": net[:, n] for n, arm in enumerate(analysis.arms) if n}
    return analysis.drawn.assign(**arms)
