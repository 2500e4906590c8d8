"""Which features there are to look something up by, and which values each can take."""

from __future__ import annotations

from collections.abc import Iterable

from sisim.scenario.pathway import Pathway

EXPOSURE = ("never", "during", "after")
DURATIONS = ("time_in_state", "time_in", "time_since")


class Features:
    """The features of a pathway, in a scenario with these areas and investments.

    Args:
        pathway: The pathway.
        areas: Names of the areas; None while no scenario says which they are.
        investments: Names of the investments, None likewise.
    """

    def __init__(
        self,
        pathway: Pathway,
        areas: Iterable[str] | None = None,
        investments: Iterable[str] | None = None,
    ):
        self.pathway = pathway
        self.areas = None if areas is None else list(areas)
        self.investments = None if investments is None else list(investments)
        self._names = frozenset(self.names())

    def names(self) -> list[str]:
        """Return every feature there is, as files write it."""
        by_group = ("time_in", "time_since", "visits", "share")
        return [
            *("age", "age.calendar", "age.start", "time_in_state", "area"),
            *("calendar.month", "calendar.year", "calendar.step"),
            *(f"{head}.{group}" for head in by_group for group in self.pathway.groups),
            *(f"attribute.{name}" for name in self.pathway.attributes),
            *(f"state.{track}" for track in self.pathway.tracks),
            *(f"exposure.{name}" for name in self.investments or ()),
        ]

    def exists(self, name: str) -> bool:
        """Return whether a feature has this name (an exposure may wait for its scenario)."""
        return name in self._names or (
            self.investments is None and name.startswith("exposure.") and len(name) > 9
        )

    def is_number(self, name: str) -> bool:
        """Return whether the feature is an attribute drawn as a number."""
        head, _, rest = name.partition(".")
        return head == "attribute" and not self.pathway.attributes[rest].shares

    def categories(self, name: str) -> list[str] | None:
        """Return the categories of a feature; None if it is counted or measured, or not known."""
        head, _, rest = name.partition(".")
        match head:
            case "state":
                return list(self.pathway.tracks[rest].states)
            case "attribute" if not self.is_number(name):
                return list(self.pathway.attributes[rest].shares)
            case "exposure":
                return list(EXPOSURE)
            case "area" if self.areas is not None:
                return self.areas or ["all"]
        return None

    def is_categorical(self, name: str) -> bool:
        """Return whether a table over the feature goes by category."""
        return name == "area" or self.categories(name) is not None

    def allowed(self, name: str) -> list[str]:
        """Return the keys that a table over the feature may have: categories, and groups."""
        head, _, rest = name.partition(".")
        groups = [g for g, group in self.pathway.groups.items() if group.track == rest]
        return [*(self.categories(name) or ()), *(groups if head == "state" else ())]

    def members(self, name: str, key: str) -> set[str]:
        """Return the categories that a key of a table stands for."""
        categories = self.categories(name) or ()
        if key not in categories and key in self.pathway.groups:
            return set(self.pathway.groups[key].states)
        return {key}

    def years(self, name: str, unit: str | None) -> float:
        """Return how many years a unit of the feature's bounds is; 1 for counts and calendars."""
        head = name.partition(".")[0]
        if name == "age.calendar" or head not in ("age", *DURATIONS):
            return 1.0
        chosen = unit or ("year" if head == "age" else "month")
        return {"year": 1.0, "month": 1 / 12, "step": 1 / self.pathway.steps_per_year}[chosen]
