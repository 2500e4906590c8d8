"""Can what is to be evaluated be evaluated: by whom, compared with what, and in time?"""

from __future__ import annotations

from collections.abc import Iterator

from sisim.checks.issues import Findings
from sisim.scenario.dates import months_until
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason, dotted
from sisim.scenario.evaluation import (
    NEEDED,
    OWN_KEYS,
    SIDE_BY_SIDE,
    Evaluation,
    StudyOutcome,
)
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Arm, Investment, Scenario


def investment_of(scenario: Scenario, evaluation: Evaluation) -> str | None:
    """Return the investment that is evaluated, if the file says which."""
    if evaluation.investment is not None:
        return evaluation.investment
    arms = scenario.arms
    arm = arms.get(evaluation.arm or "") or (next(iter(arms.values())) if len(arms) == 1 else None)
    return next(iter(arm.investments)) if arm is not None and len(arm.investments) == 1 else None


def measuring(findings: Findings, path: Path, name: str, scenario: Scenario) -> Evaluation | None:
    """Return the evaluation that money is to follow, if it is one that measures an effect."""
    if not findings.refer(path, name, scenario.evaluations, Reason("The evaluation")):
        return None
    found = scenario.evaluations[name]
    if found.design == "process":
        reason = Reason(
            '"{name}" is a process evaluation: it measures no effect, so nothing can be paid by '
            "it. Take an evaluation that compares with something.",
            name=name,
        )
        findings.say(path, reason)
        return None
    # Where the file's own years are looked at, it is said of the evaluation itself.
    if any(changed[:1] == ("time",) for changed in findings.document.changed):
        for inside, why in out_of_time(scenario, found):
            key = dotted((name, *inside))
            findings.say(path, Reason("evaluations.{key}: {why}", key=key, why=why))
    return found


def out_of_time(scenario: Scenario, evaluation: Evaluation) -> Iterator[tuple[Path, Reason]]:
    """Yield the keys of an evaluation that lie outside what is simulated, and why."""
    time, cohorts = scenario.time, evaluation.cohorts
    first, below = months_until(cohorts.from_), months_until(cohorts.below)
    start = months_until(time.start)
    if below <= first:
        yield (
            ("cohorts",),
            Reason(
                "No month is in it: it begins {first} and ends before {below}.",
                first=cohorts.from_,
                below=cohorts.below,
            ),
        )
        return
    before = start - 12 * time.history
    if first < before:
        yield (
            ("cohorts", "from"),
            Reason(
                "It begins {first}, before what is counted: time.history is {history}.",
                first=cohorts.from_,
                history=time.history,
            ),
        )
    elif evaluation.years_before and first - 12 * evaluation.years_before < before - 1e-6:
        yield (
            ("years_before",),
            Reason(
                "years_before = {years}, but time.history is {history}: nobody is counted so many "
                "years before {first}.",
                years=evaluation.years_before,
                history=time.history,
                first=cohorts.from_,
            ),
        )
    if evaluation.outcome is not None:
        last = round(below) - 1 + evaluation.outcome.within
        if last > start + 12 * time.years + 1e-6:
            yield (
                ("outcome", "within"),
                Reason(
                    "outcome.within = {within} reaches {last}; the scenario ends {ends}. Let the "
                    'study end earlier ("cohorts.below"), or give more "years" under [time].',
                    within=evaluation.outcome.within,
                    last=_month(last),
                    ends=time.ends,
                ),
            )


class EvaluationCheck(Findings):
    """Problems in the planned evaluations of a scenario."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        self.pathway = scenario.pathway
        for name, evaluation in scenario.evaluations.items():
            self._evaluation(("evaluations", name), evaluation)

    def _evaluation(self, path: Path, evaluation: Evaluation) -> None:
        self._keys(path, evaluation)
        self._estimator(path, evaluation)
        arm = self._arm(path, evaluation)
        investment = None if arm is None else self._investment(path, evaluation, arm)
        # Who looks at fewer years has not asked for what takes longer: that is said when they do.
        if not any(changed[:1] == ("time",) for changed in self.document.changed):
            for inside, reason in out_of_time(self.scenario, evaluation):
                self.say((*path, *inside), reason)
        if evaluation.outcome is not None:
            self._outcome((*path, "outcome"), evaluation.outcome, evaluation)
        elif evaluation.design != "process":
            reason = Reason('An evaluation of an effect needs an "outcome".')
            self.say(path, reason)
        for key in ("adjust", "match_on"):
            for index, name in enumerate(getattr(evaluation, key)):
                self._background((*path, key, index), name)
        for name in evaluation.seen:
            self._background((*path, "seen", name), name)
        self._areas(path, evaluation, investment)
        if evaluation.score is not None:
            self._score(path, evaluation)
        self._decision(path, evaluation)
        if investment is not None and evaluation.design == "lottery":
            self._lottery(path, investment)
        if investment is not None and evaluation.design == "stepped":
            self._stepped(path, evaluation, investment)

    def _keys(self, path: Path, evaluation: Evaluation) -> None:
        """Look at whether the design has the keys that it needs, and none of another's."""
        own = OWN_KEYS[evaluation.design]
        others = {key for keys in OWN_KEYS.values() for key in keys if key not in own}
        for key in sorted(others & evaluation.model_fields_set):
            designs = [f'"{design}"' for design, keys in OWN_KEYS.items() if key in keys]
            reason = Reason(
                'A key of {designs}: the design is "{design}".',
                designs=", ".join(designs),
                design=evaluation.design,
            )
            self.say((*path, key), reason)
        for key in NEEDED.get(evaluation.design, ()):
            if not getattr(evaluation, key):
                reason = Reason(
                    'The design "{design}" needs "{key}".', design=evaluation.design, key=key
                )
                self.say(path, reason)

    def _estimator(self, path: Path, evaluation: Evaluation) -> None:
        """Look at whether the design is estimated so, and with what is adjusted for."""
        design, estimator = evaluation.design, evaluation.estimator
        here = (*path, "estimator")
        if design not in SIDE_BY_SIDE and estimator != "plain":
            reason = Reason(
                'The design "{design}" has an estimator of its own: leave it out.', design=design
            )
            self.say(here, reason)
        elif estimator in ("adjusted", "weighted") and not evaluation.adjust:
            reason = Reason('The estimator "{name}" needs "adjust".', name=estimator)
            self.say(here, reason)
        plain = design in SIDE_BY_SIDE and estimator == "plain"
        in_proportion = design == "difference" and evaluation.scale == "multiplicative"
        other = design not in (*SIDE_BY_SIDE, "difference")
        if evaluation.adjust and (plain or in_proportion or other):
            reason = Reason(
                "It is not adjusted for anything: leave it out, or take an estimator that is."
            )
            self.say((*path, "adjust"), reason)

    def _arm(self, path: Path, evaluation: Evaluation) -> Arm | None:
        arms = self.scenario.arms
        if evaluation.arm is None:
            if len(arms) == 1:
                return next(iter(arms.values()))
            reason = Reason(
                'Which arm is evaluated? Give "arm": one of {names}.', names=", ".join(arms) or "–"
            )
            self.say(path, reason)
            return None
        if self.refer((*path, "arm"), evaluation.arm, arms, Reason("The arm")):
            return arms[evaluation.arm]
        return None

    def _investment(self, path: Path, evaluation: Evaluation, arm: Arm) -> Investment | None:
        name, there = evaluation.investment, arm.investments
        if name is None:
            if len(there) == 1:
                return self.scenario.investments.get(next(iter(there)))
            reason = Reason(
                'Which investment is evaluated? Give "investment": one of {names}.',
                names=", ".join(there) or "–",
            )
            self.say(path, reason)
            return None
        if self.refer((*path, "investment"), name, there, Reason("The investment")):
            return self.scenario.investments.get(name)
        return None

    def _outcome(self, path: Path, outcome: StudyOutcome, evaluation: Evaluation) -> None:
        given = [
            key for key in ("transition", "group", "resource", "costs_of") if getattr(outcome, key)
        ]
        if len(given) != 1:
            reason = Reason('Give one of "transition", "group", "resource" and "costs_of".')
            self.say(path, reason)
            return
        pathway = self.pathway
        if outcome.transition is not None:
            here, name = (*path, "transition"), outcome.transition
            if self.refer(here, name, pathway.transitions, Reason("The transition")):
                self._alone(here, name)
        elif outcome.group is not None:
            self.refer((*path, "group"), outcome.group, pathway.groups, Reason("The group"))
        elif outcome.resource is not None:
            here, name = (*path, "resource"), outcome.resource
            self.refer(here, name, pathway.resources, Reason("The resource"))
        for index, name in enumerate(outcome.costs_of):
            valid = pathway.administrations
            self.refer((*path, "costs_of", index), name, valid, Reason("The administration"))
        fits = {"transition": ("ever", "events"), "group": ("ever", "months")}.get(given[0], ())
        if outcome.count is not None and outcome.count not in fits:
            allowed = ", ".join(f'"{count}"' for count in fits)
            reason = (
                Reason(
                    'Of a {what} one counts {allowed}, not "{count}".',
                    what=given[0],
                    allowed=allowed,
                    count=outcome.count,
                )
                if fits
                else Reason("An amount is added up: leave it out.")
            )
            self.say((*path, "count"), reason)
        if evaluation.estimator == "rate_ratio" and given[0] == "costs_of":
            reason = Reason("An amount of money is no count of events, and has no ratio of rates.")
            self.say((*path[:-1], "estimator"), reason)

    def _alone(self, path: Path, name: str) -> None:
        """Look at whether no other transition leads the same way: a move is told by its ends."""
        one = self.pathway.transitions[name]
        for other, spec in self.pathway.transitions.items():
            if (
                other != name
                and spec.track == one.track
                and set(spec.origin) & set(one.origin)
                and set(spec.to) & set(one.to)
            ):
                reason = Reason(
                    '"{other}" leads the same way, and a move is told by where it leads: ask for '
                    'a "group" instead.',
                    other=other,
                )
                self.say(path, reason)
                return

    def _background(self, path: Path, name: str) -> None:
        """Look at whether a name is a background that stays the same."""
        attributes = self.pathway.attributes
        fixed = [f"attribute.{key}" for key, one in attributes.items() if one.redraw is None]
        if name.removeprefix("attribute.") in attributes and name not in fixed:
            reason = Reason("A background that is drawn anew cannot stand in a study's table.")
            self.say(path, reason)
            return
        self.refer(path, name, ["age", "area", *fixed], Reason("The background"))

    def _areas(self, path: Path, evaluation: Evaluation, investment: Investment | None) -> None:
        areas = self.scenario.population.areas
        named = [((*path, "areas", n), area) for n, area in enumerate(evaluation.areas)]
        if evaluation.against_series is not None:
            named.append(((*path, "against_series"), evaluation.against_series))
        for here, area in named:
            if not self.refer(here, area, areas, Reason("The area")) or investment is None:
                continue
            if not investment.areas or area in investment.areas:
                reason = Reason(
                    '"{area}" has the investment too, so that nobody there shows what would have '
                    'been without it. Name areas that are not in "areas" of the investment.',
                    area=area,
                )
                self.say(here, reason)

    def _score(self, path: Path, evaluation: Evaluation) -> None:
        score, cutoff = evaluation.score, evaluation.cutoff
        assert score is not None
        here = (*path, "score")
        if (score.risk_of is None) == (score.attribute is None):
            self.say(here, Reason('Give either "risk_of" or "attribute".'))
        if score.risk_of is not None:
            valid = self.pathway.transitions
            self.refer((*here, "risk_of"), score.risk_of, valid, Reason("The transition"))
        if score.attribute is not None:
            attributes = self.pathway.attributes
            numeric = [n for n, a in attributes.items() if not a.shares and a.redraw is None]
            name = score.attribute.removeprefix("attribute.")
            self.refer((*here, "attribute"), name, numeric, Reason("The background"))
        if cutoff is not None and (cutoff.share is None) == (cutoff.at is None):
            self.say((*path, "cutoff"), Reason('Give either "share" or "at".'))

    def _decision(self, path: Path, evaluation: Evaluation) -> None:
        carry_on = evaluation.decision.carry_on
        if carry_on is not None:
            here = (*path, "decision", "carry_on")
            self.refer(here, carry_on, self.scenario.arms, Reason("The arm"))

    def _lottery(self, path: Path, investment: Investment) -> None:
        if investment.capacity is None:
            reason = Reason(
                "There are places for all, so nobody is left to compare with. A lottery needs a "
                'queue: give the investment a "capacity", or use "earlier_cohorts".'
            )
            self.say((*path, "design"), reason)
        if investment.selection.rule != "lottery":
            reason = Reason(
                'selection.rule is "{rule}": who gets a place is not drawn. Use "discontinuity", '
                'or set selection.rule = "lottery".',
                rule=investment.selection.rule,
            )
            self.say((*path, "design"), reason)

    def _stepped(self, path: Path, evaluation: Evaluation, investment: Investment) -> None:
        if len(investment.areas) < 2 or not investment.interval:
            reason = Reason(
                "The investment begins everywhere at once. By steps it needs several "
                '"areas" and an "interval" between them.'
            )
            self.say((*path, "design"), reason)
        if isinstance(evaluation.order, list):
            for index, area in enumerate(evaluation.order):
                self.refer((*path, "order", index), area, investment.areas, Reason("The area"))


def _month(months: float) -> str:
    """Return a month counted from year 0 as "2026-01"."""
    whole = round(months)
    return f"{whole // 12}-{1 + whole % 12:02d}"
