"""Changes from one scenario to another in words: what was changed, and from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sisim.analysis.scenario_diff import NOTHING, KeyChange, changes
from sisim.i18n import t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.key_words import KeyWords
from sisim.report.formats import listing
from sisim.scenario.scenario import Scenario


@dataclass(frozen=True)
class ChangeWords:
    """The words for what differs between two scenarios, in the current language."""

    one: Scenario
    other: Scenario

    def name(self, key: str) -> str:
        """Return what was changed: as it is called in the scenario that has it."""
        change = self._changes[key]
        for scenario in self._having(change):
            found = Assumptions(scenario).named(change.path)
            if found is not None:
                return found
        return key

    def said(self, key: str) -> str:
        """Return the value before and after a change; of whole tables only that they differ."""
        change = self._changes[key]
        before, after = (self._value(change, side) for side in (change.before, change.after))
        if change.before is NOTHING:
            return t("new") if after == "…" else t("new: {value}", value=after)
        if change.after is NOTHING:
            return t("left out") if before == "…" else t("left out, was {value}", value=before)
        if "…" in (before, after) or before == after:  # two numbers may be written alike
            return t("other")
        return f"{before} → {after}"

    def change(self, key: str) -> str:
        """Return what was changed, and from what to what."""
        return f"{self.name(key)} ({self.said(key)})"

    @cached_property
    def _changes(self) -> dict[str, KeyChange]:
        return {change.key: change for change in changes(self.one, self.other)}

    def _having(self, change: KeyChange) -> tuple[Scenario, Scenario]:
        """Return the scenarios, the one that has what was changed first."""
        return (self.other, self.one) if change.before is NOTHING else (self.one, self.other)

    def _value(self, change: KeyChange, value: Any) -> str:
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
        if isinstance(value, list):
            each = [self._value(change, one) for one in value]
            return "…" if "…" in each else listing(each) or t("none")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Assumptions(self.one).value(change.key, value)
        field = next((p for p in reversed(change.path) if isinstance(p, str)), "")
        if len(change.path) > 1 and change.path[-2] in ("investments", "features"):
            field = str(change.path[-2])
        first, second = self._having(change)
        words = KeyWords(first).value(field, value)
        return words if words != str(value) else KeyWords(second).value(field, value)
