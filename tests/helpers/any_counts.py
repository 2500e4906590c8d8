"""A small pathway with every kind of use, and counts drawn at random as the engine would give."""

from __future__ import annotations

from typing import Any

import numpy as np

from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Replication, Result
from sisim.engine.simulation import Tally
from sisim.scenario.scenario import Scenario

PATHWAY: dict[str, Any] = {
    "name": "care",
    "title": "Care",
    "principals": {"town": {"label": "The town"}, "state": {"label": "The state"}},
    "administrations": {
        "social": {"label": "Social services", "principal": "town"},
        "school": {"label": "School", "principal": "town"},
        "agency": {"label": "Agency", "principal": "state"},
    },
    "resources": {
        "day": {
            "label": "Day",
            "unit": "day",
            "price": 5500,
            "price_year": 2018,
            "payers": {"social": 0.7, "agency": 0.3},
            "price_type": "care",
        },
        "inquiry": {
            "label": "Inquiry",
            "unit": "each",
            "price": 40_000,
            "price_year": 2024,
            "administration": "social",
            "price_type": "staff",
        },
        "place": {
            "label": "Place",
            "unit": "year",
            "price": 149_000,
            "price_year": 2024,
            "administration": "school",
            "ordinary": True,
        },
    },
    "weights": {"good": "Good years"},
    "tracks": {
        "care": {
            "label": "Care",
            "start": "home",
            "states": {
                "home": {"label": "Home", "weights": {"good": 1.0}},
                "placed": {"label": "Placed", "uses": {"day": 365}, "weights": {"good": 0.7}},
            },
        },
        "school": {
            "label": "School",
            "start": "pupil",
            "states": {"pupil": {"label": "Pupil", "uses": {"place": 1}}},
        },
    },
    "groups": {"placed": {"label": "Placed", "track": "care", "states": ["placed"]}},
    "transitions": {
        "leaves_home": {
            "track": "care",
            "from": "home",
            "to": "placed",
            "rate": 0.2,
            "uses": {"inquiry": 1},
        },
        "comes_home": {"track": "care", "from": "placed", "to": "home", "rate": 1.0},
    },
    "groupings": {"age": {"feature": "age", "below": [7, 13]}},
    "entry": {"uses": {"inquiry": 0.1}},
}


def scenario(**changes: Any) -> Scenario:
    data: dict[str, Any] = {
        "name": "trial",
        "title": "Trial",
        "pathway": PATHWAY,
        "time": {"start": "2026-01", "years": 3, "history": 1, "warm_up": 2},
        "population": {
            "residents": 400,
            "max_age": 20,
            "areas": {
                "north": {"label": "North", "share": 0.7},
                "south": {"label": "South", "share": 0.3},
            },
        },
        "investments": {
            "team": {
                "label": "Team",
                "start": "2026-01",
                "years": 1,
                "target": {"state.care": ["placed"]},
                "effects": [{"on": ["comes_home"], "ratio": 2.0}],
                "cost": {
                    "start_up": 100_000,
                    "running": 500_000,
                    "per_participant": 3_000,
                    "per_participant_month": 2_000,
                    "payer": "fund",
                },
                "new_way": {
                    "ramp": 6,
                    "cost": {
                        "start_up": 30_000,
                        "running": 300_000,
                        "per_participant_month": 1_000,
                        "payer": "social",
                    },
                    "replaces": {"running": 50_000, "payer": "school"},
                },
            }
        },
        "arms": {
            "ends": {"label": "Ends", "investments": {"team": "ends"}},
            "goes_on": {"label": "Goes on", "investments": {"team": "continues"}},
            "new_way": {"label": "New way", "investments": {"team": "new_way_of_working"}},
        },
        "drift": {"prices": {"care": 0.02, "general": 0.01}},
        "economy": {"discount_costs": 0.035, "discount_effects": 0.0},
        "figures": {"project": "ends", "new_way": "new_way", "case": "placed", "year": 2027},
    }
    return Scenario.model_validate(data | changes)


def counts(seed: int, replications: int = 2, **changes: Any) -> Result:
    """Return a result whose counts are any whole numbers."""
    compiled = compile_scenario(scenario(**changes))
    rng = np.random.default_rng(seed)
    arms, steps = len(compiled.arms), compiled.clock.end - compiled.clock.history
    cells = int(np.prod([len(names) for names in compiled.groupings.values()]))
    areas, investments = len(compiled.areas), len(compiled.investments)

    def some(*shape: int) -> Any:
        return rng.integers(0, 50, shape)

    def one(number: int) -> Replication:
        tally = Tally(
            stock=some(arms + 1, steps + 1, cells, len(compiled.states)),
            event=some(arms + 1, steps, cells, len(compiled.transitions)),
            entry=some(arms + 1, steps, cells, len(compiled.groups), 2),
            arrivals=some(arms + 1, steps + 1, cells),
            use=np.zeros((arms + 1, steps + 1, areas, 0)),
        )
        started = some(arms, investments, steps, areas)
        treated = some(arms, investments, steps + 1, areas)
        by_state = some(arms, investments, steps + 1, len(compiled.states))
        before = some(arms, investments, steps + 1, len(compiled.states))
        affected = started.sum(axis=(1, 2, 3))
        return Replication(number, tally, started, treated, by_state, before, affected=affected)

    return Result(compiled, tuple(one(number) for number in range(replications)))


def same_in_every_arm(**changes: Any) -> Result:
    """Return counts that are those of `without` in every arm, nobody being treated."""
    result = counts(1, **changes)
    for replication in result.replications:
        for name in ("stock", "event", "entry", "arrivals"):
            values = getattr(replication.tally, name)
            values[1:] = values[:1]
        for name in ("started", "treated", "treated_state", "treated_before"):
            getattr(replication, name)[:] = 0
    return result
