"""What a verdict rests on: the assumptions that move it most, and the value at which each turns it.

What HM Treasury's Green Book calls switching values, of the net (a present value where the file
discounts) in the file's perspective. Numbers are ranked by one-way analysis, each taken to the end
of its range at which the verdict is weakest; for those that move it most, the value at which the
net is zero is found by Brent's method between values of opposite sign. The same people and the same
luck meet every value (law L3).

What costs money alone is priced again in every run, and nothing is simulated (law L5). What acts on
people is simulated again for those alone whom an arm can affect (law L4), in some of the runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from sisim.analysis.question import standard_error
from sisim.analysis.variants import MoneyPaths, lean
from sisim.arrays import Floats
from sisim.checks.run_size import SIDE_BY_SIDE, require_fits, run_size
from sisim.economics.appraisal import BAND_FROM, RANGE, appraise, shown_lines
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import CostLine
from sisim.economics.valuation import Valuation
from sisim.engine.affected import reusable_baseline
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.engine.replications import replication, simulate
from sisim.engine.rerun import ArmRerun
from sisim.engine.simulation import Progress
from sisim.engine.warm_up import MOST_KEPT, run_once
from sisim.i18n import source_text
from sisim.portable import memory, usable_cores
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import numbers, with_numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

MOST = 3
"""So many numbers are told, and looked for a turning value of."""
SEARCHED = 5
"""In so many runs at most is a number that acts on people tried that is told of: where there are
more, the change from the scenario is that of these, and the net is that of all."""
SCREENED = 1
"""In so many runs is every such number tried, to see which are to be told of."""
PRICES = 5
"""So many prices of the pathway are tried: those that the difference in cost is mostly made of."""
NEAR = 0.01
"""So near zero, as a share of the net, is near enough: a turning value is told in two figures."""
STEPS = 6
"""Values at most between two of opposite sign."""
LESS, LITTLE = 0.5, 0.25
"""How far a number without a range is taken, as a share of its value; of what costs money."""
FAR = 3.0
"""How many times its value what has no bound of its own is taken to in the search."""
LONGEST, HIGHEST_RATE, SHORTEST = 30.0, 0.10, 0.05
"""Years that an effect may last, yearly rate of discounting, years in which it may have gone."""
EVERY_EFFECT = "investments.*.effects.*"
"""All effects made weaker or stronger together: a share of what the file says of each."""
PART = 1 / 3
"""The part of this computer's memory that retained runs may take."""

Conclusion = Literal["saves", "costs"]


@dataclass(frozen=True)
class SwitchingValue:
    """How an arm's net depends on one number, all others as they are.

    Attributes:
        key: Which number, as `--set` takes it; or `EVERY_EFFECT`.
        value: What the scenario says; 1 of every effect.
        grade: What it is built on, if the file says.
        source: Where it was read, if the file says.
        tried: The end of its range at which the verdict is weakest.
        from_file: Whether the file gives that range.
        move: By how much the net changes there, SEK: negative where an arm that saves saves less.
        runs: In how many runs that was tried.
        turns: The value at which the net is zero; None: nowhere between `value` and `far`, or not
            looked for.
        error: The standard error of that value, from that of the net and its slope.
        far: The farthest value that was tried.
        searched: In how many runs a turning value was looked for; 0: it was not.
    """

    key: str
    value: float
    grade: str | None
    source: str | None
    tried: float
    from_file: bool
    move: float
    runs: int
    turns: float | None = None
    error: float = float("nan")
    far: float = float("nan")
    searched: int = 0


@dataclass(frozen=True)
class Verdict:
    """Whether an arm saves more than it costs, and what that rests on.

    Attributes:
        arm: Which arm is compared with `without`.
        tail: Whether the net is that of an appraisal, with what is reckoned after the last year and
            paid under contracts; else of the simulated years, as the figures have it.
        net: The mean net over the runs, SEK, and the ends of its 10-90 % range.
        runs: How many runs.
        conclusion: Whether it saves or costs; None where the range holds zero.
        numbers: Every number that was tried, the one that weakens the verdict most first.
        omitted: How many numbers that act on people were left out, as each takes whole runs.
    """

    arm: str
    tail: bool
    net: tuple[float, float, float]
    runs: int
    conclusion: Conclusion | None
    numbers: tuple[SwitchingValue, ...]
    omitted: int

    @property
    def rests_on(self) -> tuple[SwitchingValue, ...]:
        """The numbers that weaken it most, at most three, and then all effects together."""
        return tuple(one for one in _told(self.numbers) if one.move)


def _told(ranked: Sequence[SwitchingValue]) -> list[SwitchingValue]:
    """Return the numbers that are told of: single ones, and all effects together."""
    single = [one for one in ranked if one.key != EVERY_EFFECT]
    return single[:MOST] + [one for one in ranked if one.key == EVERY_EFFECT]


class Judged(Valuation):
    """A valuation that may hold what its verdicts rest on.

    Args:
        counts: What was counted.
        retained: Its first runs, if they have been retained.

    Attributes:
        retained: Its first runs, if they have been retained.
        known_verdicts: What has been worked out.
    """

    def __init__(self, counts: Result, retained: Sequence[ArmRerun] = ()) -> None:
        super().__init__(counts)
        self.retained = tuple(retained)
        self.known_verdicts: list[Verdict] = []

    def judge(
        self, *, tail: bool = True, thorough: bool = False, progress: Progress | None = None
    ) -> Mapping[str, Verdict]:
        """Work out what the verdict on each arm rests on, and return it; what is known is kept.

        Args:
            tail: Of the appraisal, or (False) of the simulated years alone, as the figures.
            thorough: Try also what takes whole runs: see `verdicts`.
            progress: Called with the numbers tried and how many there are.
        """
        if thorough:
            self.known_verdicts = []
        known = {one.arm: one for one in self.known_verdicts if one.tail == tail}
        if not known:
            known = verdicts(self, self.retained, tail=tail, thorough=thorough, progress=progress)
            self.known_verdicts += known.values()
            economy = self.scenario.economy
            if economy.tail is None and not self.scenario.contracts:  # the same net either way
                self.known_verdicts += [replace(one, tail=not tail) for one in known.values()]
        return known


def verdict_on(result: Valuation, arm: str, *, tail: bool) -> Verdict | None:
    """Return what the verdict on an arm rests on, if that has been worked out."""
    known = result.known_verdicts if isinstance(result, Judged) else []
    return next((one for one in known if one.arm == arm and one.tail == tail), None)


def simulate_retained(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    retain: int = SEARCHED,
    progress: Progress | None = None,
) -> tuple[Result, list[ArmRerun]]:
    """Return the counts of a scenario, and its first runs retained for values to come.

    The counts are those of `simulate`, to the bit, by those groupings alone that its outcomes and
    goals look at. None is retained where verdicts are not told of so few runs, where a run cannot
    be used again, or where memory does not suffice.

    Args:
        scenario: What to simulate.
        seed: The seed of the first run; unset: the scenario's.
        replications: How many runs; unset: as many as the scenario says.
        retain: So many runs are retained at most.
        progress: Called with the steps done and the steps in all.

    Raises:
        ScenarioError: If the run does not fit in memory.
    """
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    require_fits(scenario, count)
    kept, bare = _retainable(scenario, count, retain), lean(scenario)
    done = dict.fromkeys(range(kept + 1), 0.0)

    def tell(part: int, share: float, weight: int = 1) -> None:
        done[part] = share * weight
        if progress is not None:
            progress(round(1000 * sum(done.values())), 1000 * count)

    def retained_run(number: int, threads: int) -> ArmRerun:
        told: Progress = lambda steps, end: tell(number, steps / end)  # noqa: E731
        kept = number < MOST_KEPT
        return ArmRerun(bare, first + number, threads=threads, kept=kept, progress=told)

    # As in `simulate`: those left over share the threads.
    cores = usable_cores()
    beside = kept - kept % cores
    with ThreadPoolExecutor(cores) as pool:
        retained = list(pool.map(lambda number: retained_run(number, 1), range(beside)))
    retained += [retained_run(number, cores) for number in range(beside, kept)]
    runs = [one.result.replications[0] for one in retained]
    compiled = retained[0].result.compiled if retained else compile_scenario(bare)
    if count > kept:
        rest = simulate(
            bare,
            seed=first + kept,
            replications=count - kept,
            kept=max(MOST_KEPT - kept, 0),
            progress=lambda steps, end: tell(kept, steps / end, count - kept),
        )
        compiled, runs = rest.compiled, [*runs, *rest.replications]
    # What has been counted is the same; what is said of it is the whole scenario's.
    return Result(replace(compiled, scenario=scenario), tuple(runs)), retained


def _retainable(scenario: Scenario, runs: int, wanted: int = SEARCHED) -> int:
    """Return how many runs can be retained, and are worth it."""
    people = scenario.population.residents or scenario.population.cohort or 0
    worth = runs >= BAND_FROM and scenario.arms and people <= SIDE_BY_SIDE
    if not worth or not reusable_baseline(scenario):
        return 0
    most = PART * memory() / run_size(scenario, 1).memory
    return min(runs, wanted, int(most))


def verdicts(
    result: Valuation,
    retained: Sequence[ArmRerun] = (),
    *,
    tail: bool = True,
    thorough: bool = False,
    progress: Progress | None = None,
) -> dict[str, Verdict]:
    """Return what the verdict on each arm rests on; of too few runs there is no verdict.

    Tried are the numbers of the investments in the file, the prices that the difference in cost is
    mostly made of, price growth and the discount rate. Where no run can be used again, those that
    act on people are left out unless asked for.

    Args:
        result: What came out of the scenario.
        retained: Its first runs, if they have been retained; else they are made anew.
        tail: Whether the net is that of the appraisal, or of the simulated years alone.
        thorough: Try also what takes whole runs: numbers that act on people where no run can be
            used again, and of the pathway its parameters and the risks that effects act on.
        progress: Called with the numbers tried and how many there are.
    """
    if len(result.seeds) < BAND_FROM or not result.scenario.arms:
        return {}
    ask = _Nets(result, retained, tail=tail)
    people, money = _candidates(result, thorough=thorough)
    left_out = people if not (ask.quick or thorough) else []
    tried = [one for one in (*money, *people) if one not in left_out]
    found = {}
    total = len(tried) + MOST
    by_key = {one.key: one for one in tried}
    arms = list(result.scenario.arms)
    ranked: dict[str, list[SwitchingValue]] = {arm: [] for arm in arms}
    for number, one in enumerate(tried):
        if progress is not None:
            progress(number, total)
        for place, arm in enumerate(arms):
            if moved := _moved(ask, one, place):
                ranked[arm].append(moved)
    for place, arm in enumerate(arms):
        own = sorted(ranked[arm], key=lambda one: -abs(one.move))
        net, low, high = ask.base(place)
        conclusion: Conclusion | None = "saves" if low > 0 else "costs" if high < 0 else None
        told = {one.key for one in _told(own)}
        own = [
            _confirmed(ask, by_key[one.key], one, place) if one.key in told else one for one in own
        ]
        if conclusion is not None:
            own = [
                _searched(ask, by_key[one.key], one, place) if one.key in told else one
                for one in own
            ]
        rank = {one.key: -abs(one.move) for one in own}
        own.sort(key=lambda one: (one.key not in told, rank[one.key]))
        found[arm] = Verdict(
            arm, tail, (net, low, high), len(result.seeds), conclusion, tuple(own), len(left_out)
        )
    return found


def table(found: Mapping[str, Verdict]) -> pd.DataFrame:
    """Return a row for each number and arm, the one that weakens a verdict most first.

    Columns: arm, conclusion ("saves", "costs"; "unclear": the range of the net holds zero), net,
    net_low, net_high (SEK), key, value, grade, source, tried, range ("file" or "rule"), move (SEK),
    runs, turns_at, standard_error, searched_to, searched_runs.
    """
    rows = [
        {
            "arm": one.arm,
            "conclusion": one.conclusion or "unclear",
            **dict(zip(("net", "net_low", "net_high"), one.net, strict=True)),
            "key": number.key,
            "value": number.value,
            "grade": number.grade,
            "source": source_text(number.source),
            "tried": number.tried,
            "range": "file" if number.from_file else "rule",
            "move": number.move,
            "runs": number.runs,
            "turns_at": np.nan if number.turns is None else number.turns,
            "standard_error": number.error,
            "searched_to": number.far,
            "searched_runs": number.searched,
        }
        for one in found.values()
        for number in one.numbers
    ]
    return pd.DataFrame(rows)


# ---------------------------------------------------------------------------- how far numbers go


@dataclass(frozen=True)
class _Candidate:
    """A number that may carry a verdict.

    Attributes:
        path: Where it stands.
        number: What the file says.
        grade: What it is built on, if the file says.
        source: Where it was read, if the file says.
        weak: The ends where the investment does least: of its range, and of what it can be at all.
        strong: Those where it does most.
        money: Whether it has a bearing on money alone.
        quick: Whether it has a bearing on nobody but those whom an arm can affect.
        from_file: Whether the range is the file's.
        effects: Of every effect: path, value, and the value of no effect.
    """

    path: str
    number: Number
    grade: str | None
    source: str | None
    weak: tuple[float, float]
    strong: tuple[float, float]
    money: bool
    quick: bool
    from_file: bool
    effects: tuple[tuple[str, float, float], ...] = ()

    @property
    def key(self) -> str:
        """The number as `--set` takes it."""
        return self.path.removeprefix("pathway.")

    def values(self, x: float) -> dict[str, float]:
        """Return the numbers of the scenario that a value means, by path."""
        if not self.effects:
            return {self.path: x}
        return {path: none + (value - none) * x for path, value, none in self.effects}

    def end(self, *, weak: bool, far: bool) -> float:
        """Return an end of the range, or (far) of what the number can be at all."""
        return (self.weak if weak else self.strong)[far]


def _candidates(result: Valuation, *, thorough: bool) -> tuple[list[_Candidate], list[_Candidate]]:
    """Return the numbers that may carry a verdict: those that act on people, and on money alone."""
    scenario = result.scenario
    paths = MoneyPaths(scenario)
    held = {name for arm in scenario.arms.values() for name in arm.investments}
    own = {f"pathway.resources.{name}.price" for name in _costly(result)}
    acted_on = {
        f"pathway.transitions.{target}."
        for name in held
        for effect in scenario.investments[name].effects
        for target in effect.on
    }
    people: list[_Candidate] = []
    money: list[_Candidate] = []
    for path, number in numbers(scenario, written=True):
        head, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        wanted = (
            (head == "investments" and name in held)
            or path in own
            or path.startswith("drift.prices.")
            or path == "economy.discount_costs"
            or (head == "parameters")
        )
        if thorough:
            wanted = wanted or path.startswith("pathway.parameters.")
            wanted = wanted or any(
                path in (f"{start}rate", f"{start}probability") for start in acted_on
            )
        if not wanted or number.formula is not None:
            continue
        costs, arms = paths.money(path), paths.arms(path)
        if not (costs or arms or thorough):
            continue
        one = _candidate(path, number, scenario, money=costs, quick=arms)
        if one is not None:
            (money if costs else people).append(one)
    ratios = [
        (one.path, one.number.value, 1.0 if one.path.endswith(".ratio") else 0.0)
        for one in people
        if one.path.split(".")[-2].isdigit() and one.path.split(".")[-3] == "effects"
    ]
    if len(ratios) > 1:
        # Stronger than so, an effect that prevents might prevent more than all.
        most = min([1 + LESS, *(1 / (1 - v) for _, v, none in ratios if none and v < none)])
        people.append(
            _Candidate(
                EVERY_EFFECT,
                Number(value=1),
                grade=None,
                source=None,
                weak=(1 - LESS, 0.0),
                strong=(most, most),
                money=False,
                quick=all(paths.arms(path) for path, *_ in ratios),
                from_file=False,
                effects=tuple(ratios),
            )
        )
    return people, money


def _costly(result: Valuation) -> list[str]:
    """Return the resources that make up most of the difference in cost of any arm."""
    ledger = result.ledger
    shown = shown_lines(ledger, ordinary=False)

    def item(line: CostLine) -> str | None:
        return line.item if line.kind == "use" and shown(line) else None

    sums = ledger.over(Horizon(ledger.result, ledger.amounts.shape[2]), item)
    size = {
        name: float(np.abs((flows - flows[:, :1]).sum(axis=-1).mean(axis=0)).max())
        for name, flows in sums.items()
    }
    return sorted((name for name in size if size[name]), key=lambda name: -size[name])[:PRICES]


def _candidate(
    path: str, number: Number, scenario: Scenario, *, money: bool, quick: bool
) -> _Candidate | None:
    """Return how far a number goes; None where it cannot go anywhere."""
    value = number.value
    ends = _ends(path, number)
    if ends is None:
        return None
    weak, strong = (float(np.clip(end, number.floor, number.ceiling)) for end in ends)
    least, most = min(weak, strong, value), max(weak, strong, value)
    from_file = number.low is not None and number.high is not None and number.low < number.high
    if from_file and number.low is not None and number.high is not None:
        low, high = number.low, number.high
    else:
        # An effect is what differs from none; of anything else the whole is what counts.
        none = 1.0 if path.endswith(".ratio") else 0.0
        width = (LITTLE if money else LESS) * abs(value - none)
        low, high = max(value - width, least), min(value + width, most)
    least, most = min(least, low), max(most, high)
    if not least < most:
        return None
    up = weak > strong
    owner = owner_of(path, number, scenario)
    return _Candidate(
        path,
        number,
        owner.grade,
        owner.source,
        (high, most) if up else (low, least),
        (low, least) if up else (high, most),
        money,
        quick,
        from_file,
    )


def _ends(path: str, number: Number) -> tuple[float, float] | None:
    """Return where an investment does least, and most, by what kind of number stands at a path.

    From no effect, nobody reached, nothing paid, to all prevented, everyone reached, several times
    the cost. Which end is which is a guess where the number is not an effect: both are tried.
    None of what is no assumption: shares of payers, of destinations.
    """
    parts = path.split(".")
    value, last = number.value, parts[-1]
    several = (0.0, FAR * value) if value > 0 else (FAR * value, 0.0)
    dear = (several[1], several[0])
    if parts[0] == "drift":
        return (0.0, 2 * value)
    if parts[0] == "economy":
        return (HIGHEST_RATE, 0.0)
    if parts[0] in ("pathway", "parameters"):
        return several
    if "payer" in parts or "target" in parts:
        return None
    if "harm" in parts or "instead" in parts:
        return (1.0, 0.0) if last == "share" else (max(1.0, FAR * value), min(value, 1.0))
    if "effects" in parts:
        return _ends_of_effect(last, number)
    if "replaces" in parts:
        return several
    if "cost" in parts:
        return dear
    if last == "drop_out":
        return (max(1.0, FAR * value), 0.0)
    return (0.0, 1.0) if number.ceiling == 1.0 else several


def _ends_of_effect(last: str, number: Number) -> tuple[float, float] | None:
    value = number.value
    if last == "years":  # of persistence
        return (min(SHORTEST, value), max(LONGEST, value))
    if last != "ratio":  # what is added to a use, or set in its place
        return (0.0, FAR * value)
    downward = value < 1 or (value == 1 and (number.low is None or number.low < 1))
    return (1.0, 0.0 if downward else max(1 + FAR * (value - 1), number.high or 0.0))


# ---------------------------------------------------------------------------- moves and turns


def _moved(ask: _Nets, one: _Candidate, arm: int) -> SwitchingValue | None:
    """Return by how much a number weakens the verdict on an arm; None where it cannot be tried.

    What only makes it stronger at the end that was thought the weaker is taken to the other. What
    changes nothing at all there has no bearing on the arm.
    """
    sign = 1 if ask.base(arm)[0] > 0 else -1
    tried = []
    for weak in (sign > 0, sign < 0):
        end = one.end(weak=weak, far=False)
        if end == one.number.value:
            tried.append((0.0, 0.0, end))
            continue
        change = ask.change(one, end, arm, None if one.money else SCREENED)
        tried.append((sign * change, change, end))
        if change == 0 or sign * change < 0:
            break
    known = [part for part in tried if np.isfinite(part[0])]
    if not known:
        return None
    weakens, change, end = min(known)
    return SwitchingValue(
        one.key,
        one.number.value,
        one.grade,
        one.source,
        end,
        one.from_file,
        change if weakens < 0 else 0.0,
        ask.runs if one.money else min(SCREENED, ask.searched),
    )


def _confirmed(ask: _Nets, one: _Candidate, found: SwitchingValue, arm: int) -> SwitchingValue:
    """Return a number with its move in all runs in which numbers that are told of are tried."""
    if one.money or not found.move:
        return found
    return replace(found, move=ask.change(one, found.tried, arm, None), runs=ask.searched)


def _searched(ask: _Nets, one: _Candidate, found: SwitchingValue, arm: int) -> SwitchingValue:
    """Return a number with the value at which the net of an arm turns, if there is one."""
    if not found.move:
        return found
    from scipy.optimize import brentq

    base, runs = ask.base(arm)[0], ask.runs if one.money else ask.searched
    near = NEAR * abs(base)
    far = one.weak[1] if found.tried == one.weak[0] else one.strong[1]

    def net(x: float) -> float:
        there = base if x == found.value else base + ask.change(one, x, arm, None)
        return 0.0 if abs(there) < near else there

    inside = found.value
    for end in dict.fromkeys((found.tried, far)):
        there = net(end)
        if not np.isfinite(there):
            break
        # Where nothing is left of the net without an effect, it does not hold without it.
        if there * base < 0 or (there == 0 and end == _without_effect(one.key)):
            root, _ = brentq(net, inside, end, maxiter=STEPS, full_output=True, disp=False)
            error = ask.error(one, root, arm) * abs((root - found.value) / base)
            return replace(
                found, turns=float(root), error=float(error), far=float(end), searched=runs
            )
        inside = end
    return replace(found, far=float(inside), searched=runs)


def _without_effect(key: str) -> float | None:
    """Return the value at which an effect does nothing; None of a number that is no effect."""
    if key == EVERY_EFFECT:
        return 0.0
    return 1.0 if key.endswith(".ratio") else None


class _Nets:
    """The nets of a scenario's arms as functions of one number, on common random numbers.

    Args:
        result: The scenario as it is.
        retained: Its first runs, if they have been retained.
        tail: Whether the net is that of the appraisal; unset, of the costs of the simulated years.
    """

    def __init__(self, result: Valuation, retained: Sequence[ArmRerun], *, tail: bool) -> None:
        self.scenario, self.runs = result.scenario, len(result.seeds)
        self._counts, self._seeds, self._tail = result.counts, result.seeds, tail
        self._retained = dict(enumerate(retained))
        kept = min(len(retained), SEARCHED) or _retainable(self.scenario, self.runs)
        self.searched = kept or min(self.runs, SEARCHED)
        self.quick = kept > 0
        self._nets = self._of(self._counts)
        self._known: dict[tuple[str, float, int], Floats] = {}

    def base(self, arm: int) -> tuple[float, float, float]:
        """Return the mean net of an arm as the scenario is, and its 10-90 % range."""
        low, high = np.quantile(self._nets[arm], RANGE)
        return float(self._nets[arm].mean()), float(low), float(high)

    def change(self, one: _Candidate, value: float, arm: int, most: int | None) -> float:
        """Return by how much the mean net of an arm differs at another value of a number.

        Args:
            one: The number.
            value: Its value.
            arm: Which arm.
            most: In how many runs at most; None: in all in which turning values are sought.
        """
        return float(self._changes(one, value, most)[arm].mean())

    def error(self, one: _Candidate, value: float, arm: int) -> float:
        """Return the standard error of the mean net of an arm at another value of a number."""
        changes = self._changes(one, value, None)[arm]
        if len(changes) == self.runs:
            return standard_error(self._nets[arm] + changes)
        return float(np.hypot(standard_error(self._nets[arm]), standard_error(changes)))

    def _changes(self, one: _Candidate, value: float, most: int | None) -> Floats:
        """Return the change of every arm's net, (arms, runs); NaN where the value is refused."""
        runs = self.runs if one.money else min(most or self.searched, self.searched)
        known = self._known.get((one.path, value, runs))
        if known is None:
            try:
                known = self._asked(one, value, runs)
            except (ScenarioError, ValidationError, ValueError, LookupError):
                known = np.full((len(self.scenario.arms), runs), np.nan)
            self._known[one.path, value, runs] = known
        return known

    def _asked(self, one: _Candidate, value: float, runs: int) -> Floats:
        changed = with_numbers(self.scenario, one.values(value))
        if one.money:
            compiled = replace(self._counts.compiled, scenario=changed)
            return self._of(Result(compiled, self._counts.replications)) - self._nets
        ask = self._whole_run
        if one.quick and self.quick:
            changed = changed.model_copy(update={"pathway": self.scenario.pathway})
            if reusable_baseline(changed):
                self._retain(runs)
                ask = self._rerun
        with ThreadPoolExecutor(usable_cores()) as pool:
            nets = list(pool.map(lambda number: ask(changed, number), range(runs)))
        return np.concatenate(nets, axis=1) - self._nets[:, :runs]

    def _rerun(self, changed: Scenario, number: int) -> Floats:
        return self._of(self._retained[number].rerun(changed))

    def _whole_run(self, changed: Scenario, number: int) -> Floats:
        run = run_once(compile_scenario(changed), self._seeds[number], threads=1)
        return self._of(Result(run.compiled, (replication(run),)))

    def _retain(self, runs: int) -> None:
        """Make and retain the first runs that have not been."""
        missing = [number for number in range(runs) if number not in self._retained]
        bare = lean(self.scenario)
        with ThreadPoolExecutor(usable_cores()) as pool:
            made = pool.map(
                lambda number: ArmRerun(
                    bare, self._seeds[number], threads=1, kept=number < MOST_KEPT
                ),
                missing,
            )
            self._retained |= dict(zip(missing, made, strict=True))

    def _of(self, counts: Result) -> Floats:
        """Return the nets of the arms, (arms, runs)."""
        found = Valuation(counts)
        ledger = found.settled if self._tail else found.ledger
        return np.array(
            [
                appraise(ledger, arm, tail=self._tail, income=self._tail).present_values["net"]
                for arm in counts.arms[1:]
            ]
        )
