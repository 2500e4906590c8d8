"""Do the times in a file fall on whole steps of the pathway?"""

from __future__ import annotations

from collections.abc import Iterator

from sisim.checks.issues import Findings
from sisim.scenario.condition import Condition
from sisim.scenario.dates import is_date, months_until
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.pathway import Pathway
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Investment, Scenario
from sisim.scenario.steps import nearest_whole

NAMES = {
    "week": Reason("week"),
    "month": Reason("month"),
    "quarter": Reason("quarter"),
    "year": Reason("year"),
}
Length = tuple[Path, float, float]
"""A length: where it stands, how long it is in its unit, and how many months the unit has."""


class StepsCheck(Findings):
    """Every moment and length that falls between two steps, where nothing happens."""

    def __init__(
        self,
        document: Document,
        pathway: Pathway,
        scenario: Scenario | None = None,
        prefix: Path = (),
    ):
        super().__init__(document, prefix)
        self.step = pathway.step
        for path, value, months in _of_pathway(pathway):
            self._length(path, value, months)
        if scenario is not None:
            self.prefix = ()
            self._start(("time", "start"), scenario.time.start)
            for name, investment in scenario.investments.items():
                self._start(("investments", name, "start"), investment.start)
            for path, value, months in _of_scenario(scenario):
                self._length(path, value, months)

    def _length(self, path: Path, value: float, months: float) -> None:
        around = nearest_whole(value * months, self.step)
        if around is None:
            return
        low, high = (round(time / months, 6) for time in around)
        reason = Reason(
            "{value} falls between two steps of the pathway ({step}): {nearest} would do.",
            value=float(value),
            step=NAMES[self.step],
            nearest=Reason("{one} or {other}", one=low, other=high) if low > 0 else high,
        )
        self.say(path, reason)

    def _start(self, path: Path, month: str) -> None:
        if not is_date(month):
            self.say(path, Reason('"{day}" is no day of the calendar.', day=month))
            return
        around = nearest_whole(months_until(month), self.step)
        if around is None:
            return
        one, other = (f"{int(at) // 12}-{int(at) % 12 + 1:02d}" for at in around)
        reason = Reason(
            "{month} falls between two steps of the pathway ({step}): {nearest} would do.",
            month=month,
            step=NAMES[self.step],
            nearest=Reason("{one} or {other}", one=one, other=other),
        )
        self.say(path, reason)


def _of_pathway(pathway: Pathway) -> Iterator[Length]:
    for name, factor in pathway.factors.items():
        if factor.window is not None:
            yield ("factors", name, "window"), factor.window, 1
    for name, transition in pathway.transitions.items():
        if transition.schedule is not None and transition.schedule.age is not None:
            yield ("transitions", name, "schedule", "age"), transition.schedule.age, 12
    for name, grouping in pathway.groupings.items():
        if grouping.feature == "age":
            for index, edge in enumerate(grouping.below):
                yield ("groupings", name, "below", index), edge, 12
    plain = pathway.calibration
    yield ("calibration", "years"), plain.years, 12
    yield ("calibration", "max_age"), plain.max_age, 12
    yield ("calibration", "warm_up"), plain.warm_up or 0.0, 12


def _of_scenario(scenario: Scenario) -> Iterator[Length]:
    time, population = scenario.time, scenario.population
    yield ("time", "years"), time.years, 12
    yield ("time", "history"), time.history, 12
    yield ("time", "warm_up"), time.warm_up or 0.0, 12
    yield ("population", "max_age"), population.max_age, 12
    yield ("population", "age"), population.age, 12
    for index, edge in enumerate(population.ages_below):
        yield ("population", "ages_below", index), edge, 12
    if population.families is not None:
        yield ("population", "families", "grown_at"), population.families.grown_at, 12
    for name, investment in scenario.investments.items():
        for path, value, months in _of_investment(investment):
            yield ("investments", name, *path), value, months
    for name, measurement in scenario.measurements.items():
        for number, month in enumerate(measurement.months):
            yield ("measurements", name, "months", number), month, 1
    if scenario.follow_up is not None and "months" in scenario.follow_up.model_fields_set:
        for number, month in enumerate(scenario.follow_up.months):
            yield ("follow_up", "months", number), month, 1


def _of_investment(investment: Investment) -> Iterator[Length]:
    yield ("years",), investment.years, 12
    yield ("onset",), investment.onset, 1
    for name, part in investment.preparation.items():
        yield ("preparation", name, "months"), part.months, 1
    if investment.fidelity is not None and investment.fidelity.refresher is not None:
        yield ("fidelity", "refresher"), investment.fidelity.refresher, 1
    if investment.intake is not None:
        yield ("intake",), investment.intake, 12
    yield ("interval",), investment.interval, 1
    for index, effect in enumerate(investment.effects):
        yield ("effects", index, "months", "from"), effect.months.from_, 1
        yield ("effects", index, "months", "below"), effect.months.below or 0.0, 1
        for key, follows in (("instead", effect.instead), ("harm", effect.harm)):
            if follows is not None:
                yield ("effects", index, key, "months"), follows.months, 1
    if investment.duration is not None:
        yield ("duration",), investment.duration, 1
    if investment.new_way is not None:
        for key in ("delay", "ramp", "interval"):
            yield ("new_way", key), getattr(investment.new_way, key), 1
    parts: list[tuple[Path, Condition]] = [(("target",), investment.target)]
    parts += [
        (("target", "any_of", index), part) for index, part in enumerate(investment.target.any_of)
    ]
    for path, condition in parts:
        for wanted in condition.features.values():
            if not isinstance(wanted, list) and wanted.window is not None:
                yield path, wanted.window, 1
