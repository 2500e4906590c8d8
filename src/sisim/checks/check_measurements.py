"""Can what is to be measured be measured: with what, on whom, and when?"""

from __future__ import annotations

from sisim.checks.check_condition import ConditionCheck
from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.features import Features
from sisim.scenario.measurement import Measurement
from sisim.scenario.pathway import Instrument, Pathway
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario


class InstrumentCheck(Findings):
    """Problems in the instruments of a pathway."""

    def __init__(self, document: Document, pathway: Pathway, prefix: Path = ()):
        super().__init__(document, prefix)
        for name, instrument in pathway.instruments.items():
            path = ("instruments", name)
            self._result(path, instrument)
            check_factors(self, pathway, (*path, "factors"), instrument.factors)
            for resource, use in instrument.uses.items():
                here = (*path, "uses", resource)
                self.refer(here, resource, pathway.resources, Reason("The resource"))
                if use.factors:
                    reason = Reason("An answer uses as much for everyone: it has no factors.")
                    self.say(here, reason)

    def _result(self, path: Path, instrument: Instrument) -> None:
        if (instrument.mean is None) == (instrument.probability is None):
            reason = Reason('Give either "mean" (a score) or "probability" (yes or no).')
            self.say(path, reason)
        for key in ("sd", "low", "high", "whole"):
            if instrument.mean is None and key in instrument.model_fields_set:
                self.say((*path, key), Reason('Only a score has this: "mean" is missing.'))
        if instrument.low is not None and instrument.high is not None:
            self.increasing((*path, "low"), [instrument.low, instrument.high])


class MeasurementCheck(ConditionCheck):
    """Problems in the measurements of a scenario."""

    def __init__(self, document: Document, features: Features, scenario: Scenario):
        super().__init__(document, features)
        for name, measurement in scenario.measurements.items():
            self._measurement(("measurements", name), measurement, scenario)

    def _measurement(self, path: Path, measurement: Measurement, scenario: Scenario) -> None:
        pathway = scenario.pathway
        if (measurement.instrument is None) == (measurement.left is None):
            reason = Reason('Give either "instrument" (what is shown) or "left" (a group).')
            self.say(path, reason)
        if measurement.instrument is not None:
            valid = pathway.instruments
            here = (*path, "instrument")
            self.refer(here, measurement.instrument, valid, Reason("The instrument"))
        if measurement.left is not None:
            self._left(path, measurement.left, measurement, pathway)
        self.condition((*path, "for"), measurement.condition)
        check_factors(self, pathway, (*path, "response_factors"), measurement.response_factors)
        for index, group in enumerate(measurement.beside):
            self.refer((*path, "beside", index), group, pathway.groups, Reason("The group"))
        if (measurement.month is None) == (not measurement.months):
            reason = Reason('Give either "month" (every year) or "months" (after the start).')
            self.say(path, reason)
        if measurement.after is not None:
            self._after(path, measurement.after, measurement, scenario)
        self.increasing((*path, "months"), [float(month) for month in measurement.months])
        for index, month in enumerate(measurement.months):
            if month >= 12 * scenario.time.years:
                reason = Reason(
                    "By then the scenario has ended, in {month}.", month=scenario.time.ends
                )
                self.say((*path, "months", index), reason)

    def _left(self, path: Path, group: str, measurement: Measurement, pathway: Pathway) -> None:
        self.refer((*path, "left"), group, pathway.groups, Reason("The group"))
        given = measurement.model_fields_set
        for key, name in (
            ("for", "condition"),
            ("month", "month"),
            ("after", "after"),
            ("response", "response"),
            ("response_factors", "response_factors"),
            ("beside", "beside"),
        ):
            if name in given:
                reason = Reason("Everyone who has entered the group is followed: leave it out.")
                self.say((*path, key), reason)

    def _after(
        self, path: Path, investment: str, measurement: Measurement, scenario: Scenario
    ) -> None:
        if measurement.month is not None:
            reason = Reason('Who begin at different times are measured so many "months" after.')
            self.say((*path, "month"), reason)
        here, valid = (*path, "after"), scenario.investments
        if self.refer(here, investment, valid, Reason("The investment")) and not any(
            investment in arm.investments for arm in scenario.arms.values()
        ):
            self.say(here, Reason("No arm has this investment."))


def check_factors(found: Findings, pathway: Pathway, path: Path, names: list[str]) -> None:
    """Note factors that are not there, or that ask for the time in a state of no track."""
    for index, name in enumerate(names):
        here = (*path, index)
        if not found.refer(here, name, pathway.factors, Reason("The factor")):
            continue
        parts = [name, *pathway.factors[name].product]
        known = [pathway.factors[part] for part in parts if part in pathway.factors]
        features = [name for one in known for name in (one.feature, *one.features)]
        if "time_in_state" in features:
            reason = Reason("An instrument belongs to no track: ask for the time in a group.")
            found.say(here, reason)
