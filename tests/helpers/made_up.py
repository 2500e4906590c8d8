"""Results made up for the pictures: a stock fed by an inflow, as the engine would give them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sisim.economics.yearly import Yearly
from sisim.scenario.scenario import Scenario

ADMINISTRATIONS = {
    "social": ("Socialtjänst", "Social services", 0.62),
    "education": ("Skola", "Education", 0.14),
    "labour": ("Arbetsmarknad och försörjningsstöd", "Labour market and income support", 0.09),
    "culture": ("Kultur och fritid", "Culture and leisure", 0.01),
    "health": ("Region: vård", "Region: health care", 0.08),
    "state": ("Stat", "State agencies", 0.06),
}
START, END, HISTORY = 2026, 2046, 5


def scenario(**changes: Any) -> Scenario:
    """Return a scenario with a pathway of two states, enough to be reported on."""
    pathway = {
        "name": "children",
        "title": {"sv": "Barn och unga", "en": "Children and youth"},
        "principals": {"town": {"label": {"sv": "Kommunen", "en": "The municipality"}}},
        "administrations": {
            name: {"label": {"sv": sv, "en": en}, "principal": "town"}
            for name, (sv, en, _) in ADMINISTRATIONS.items()
        },
        "resources": {
            "school": {
                "label": {"sv": "grundskola", "en": "compulsory school"},
                "unit": {"sv": "elevår", "en": "pupil-year"},
                "price": 120_000,
                "price_year": 2024,
                "administration": "education",
                "ordinary": True,
            }
        },
        "tracks": {
            "care": {
                "label": {"sv": "Placering", "en": "Placement"},
                "start": "home",
                "states": {
                    "home": {"label": {"sv": "Hemma", "en": "At home"}},
                    "placed": {"label": {"sv": "Placerad", "en": "Placed"}},
                },
            }
        },
        "groups": {
            "placed": {
                "label": {"sv": "placerade barn", "en": "children in placement"},
                "track": "care",
                "states": ["placed"],
            }
        },
    }
    cost = {"start_up": 1_000_000, "running": 3_000_000, "payer": "social"}
    data: dict[str, Any] = {
        "name": "example",
        "title": {"sv": "Familjestöd i tid", "en": "Family support in time"},
        "pathway": pathway,
        "time": {"start": f"{START}-01", "years": END - START, "history": HISTORY},
        "population": {"residents": 20_000},
        "investments": {
            "support": {
                "label": {"sv": "Familjestöd", "en": "Family support"},
                "start": f"{START}-01",
                "years": 3,
                "target": {"state.care": ["placed"]},
                "cost": cost,
                "new_way": {"cost": cost},
            }
        },
        "arms": {
            "project": {
                "label": {"sv": "Projekt som avslutas", "en": "A project that ends"},
                "investments": {"support": "ends"},
            },
            "new_way": {
                "label": {"sv": "Nytt arbetssätt", "en": "A new way of working"},
                "investments": {"support": "new_way_of_working"},
            },
        },
        "outcomes": {
            "placed": {
                "label": {"sv": "barn i placering", "en": "children in placement"},
                "group": "placed",
            },
            "grade9": {
                "label": {"sv": "elever med gymnasiebehörighet", "en": "pupils eligible"},
                "group": "placed",
                "good": "high",
            },
        },
        "figures": {"case": "placed", "year": 2036},
    }
    return Scenario.model_validate(data | changes)


ARMS = ("without", "project", "new_way")


def by_year(name: str, table: pd.DataFrame, *kinds: str) -> Yearly:
    """Return a table as an array; what has no row is zero."""
    axes = ["replication", "arm", "year"]
    wide = table.pivot_table(name, axes, list(kinds) or None, fill_value=0.0, aggfunc="sum")
    wide = wide.reindex(ARMS, level="arm")
    years = wide.index.unique("year").to_numpy(np.int64)
    shape = (-1, len(ARMS), len(years), *([wide.shape[1]] if kinds else []))
    named = {one: wide.columns.get_level_values(one).to_numpy() for one in kinds}
    return Yearly(name, wide.to_numpy().reshape(shape), ARMS, years, named)


@dataclass
class MadeUp:
    """A result with the two mechanisms of the comparison figures, in a few lines of arithmetic."""

    scenario: Scenario = field(default_factory=scenario)
    replications: int = 20
    effect: float = 0.3
    fewer: float = 0.14
    growth: float = 0.03
    scale: float = 1.0
    noise: float = 1.0
    version: str = "0.1.0"
    digest: str = "3f9c2a71"

    def __post_init__(self) -> None:
        years = np.arange(START - HISTORY, END)
        rng = np.random.default_rng(7)
        costs, entries, stock = [], [], []
        for replication in range(self.replications):
            shock = 1 + self.noise * rng.normal(0, 0.03, len(years))
            for arm in ARMS:
                self._arm(arm, replication, years, shock, costs, entries, stock)
        self._costs = pd.DataFrame(costs)
        self._entries = pd.DataFrame(entries)
        self._stock = pd.DataFrame(stock)

    def _arm(self, arm, replication, years, shock, costs, entries, stock) -> None:
        people, left = 180.0, 0.0
        for year, luck in zip(years, shock, strict=True):
            since = year - START
            running = arm != "without" and 0 <= since < 3
            lasting = arm == "new_way" and since >= 3
            left = 1.0 if running or lasting else left * 0.6
            ramp = min(1.0, (since - 2) / 3) if lasting else 0.0
            first = 50 * luck * (1 + self.growth) ** max(0, since) * (1 - self.fewer * ramp)
            returning = 0.12 * people * luck * (1 - self.effect * left * (0.3 if lasting else 0.7))
            people += (
                first
                + returning
                - people * 0.39 * (1 + self.effect * left * (0.15 if lasting else 0.4))
            )
            key = {"replication": replication, "year": int(year), "arm": arm}
            entries.append(key | {"first": True, "count": round(first)})
            entries.append(key | {"first": False, "count": round(returning)})
            stock.append(key | {"people": people})
            for name, (_, _, share) in ADMINISTRATIONS.items():
                use = (people * 620_000 + 15e6) * share * self.scale
                costs.append(key | {"administration": name, "kind": "use", "amount": use})
            if running or lasting:
                kind, amount = ("investment", 22e6) if running else ("running", 6e6)
                costs.append(
                    key | {"administration": "social", "kind": kind, "amount": amount * self.scale}
                )

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(1, self.replications + 1))

    def costs_by_year(self, ordinary: bool = False, current: bool = False) -> Yearly:
        costs = self._costs.copy()
        if current:
            costs["amount"] *= 1.02 ** (costs["year"] - START)
        if ordinary:
            costs["amount"] += 5e6
        return by_year("amount", costs, "administration", "kind")

    def cost_without_price_growth(self, year: int, *, ordinary: bool, current: bool) -> float:
        """Prices rise by a hundredth a year here, and by inflation in current money."""
        costs = self.costs_by_year(ordinary=ordinary, current=current).table()
        then = costs[(costs["year"] == year) & (costs["arm"] == "without")]
        mean = float(then.groupby("replication")["amount"].sum().mean())
        rise = 1.01 * (1.02 if current else 1.0)
        return mean / rise ** max(0, year - START)

    def entries_by_year(self, group: str) -> Yearly:
        assert group == "placed"
        return by_year("count", self._entries, "first")

    def stock_by_year(self, group: str) -> Yearly:
        assert group == "placed"
        return by_year("people", self._stock)

    def yearly_participants(self) -> pd.DataFrame:
        rows = [
            {
                "replication": r,
                "year": START + y,
                "arm": arm,
                "investment": "support",
                "started": 40,
                "treated_months": 300.0,
            }
            for r in range(self.replications)
            for arm in ("project", "new_way")
            for y in range(3)
        ]
        return pd.DataFrame(rows)

    def outcomes(self) -> pd.DataFrame:
        placed = self._stock.rename(columns={"people": "value"})
        grade9 = placed.assign(value=900 - placed["value"])
        return pd.concat([placed.assign(outcome="placed"), grade9.assign(outcome="grade9")])

    def phases(self, arm: str) -> list[tuple[str, float, float]]:
        if arm == "without":
            return []
        project = [("project", START + 0.0, START + 3.0)]
        return project + ([("new_way", START + 3.0, END + 0.0)] if arm == "new_way" else [])

    def break_even(self, arm: str) -> float | None:
        return START + 6.4 if arm == "new_way" else None

    def chance(self, arm: str) -> float:
        return 0.05 if arm == "project" else 1.0

    def headline(self, arm: str) -> dict[str, tuple[float, float, float]]:
        if arm == "project":
            return {
                "helped": (118, 105, 131),
                "avoided": (41, 22, 60),
                "invested": (36e6, 36e6, 36e6),
                "lower_cost": (29.4e6, 21.2e6, 37.7e6),
                "net": (-6.6e6, -14.8e6, 1.7e6),
                "avoided_returns": (64, 40, 88),
                "affected": (180, 160, 200),
                "investment": (36e6, 36e6, 36e6),
                "running": (0.0, 0.0, 0.0),
                "replaced": (0.0, 0.0, 0.0),
            }
        return {
            "helped": (1_243, 1_180, 1_307),
            "avoided": (512, 448, 575),
            "invested": (138e6, 138e6, 138e6),
            "lower_cost": (612e6, 540e6, 684e6),
            "net": (474e6, 402e6, 546e6),
            "avoided_returns": (120, 90, 150),
            "affected": (1_900, 1_800, 2_000),
            "investment": (36e6, 36e6, 36e6),
            "running": (110e6, 110e6, 110e6),
            "replaced": (-8e6, -8e6, -8e6),
        }
