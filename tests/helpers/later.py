"""A small pathway that people leave, and a small one in which they go on."""

from __future__ import annotations

from typing import Any

from sisim.loading.load import authored_scenario
from sisim.scenario.scenario import Scenario

PAYERS: dict[str, Any] = {
    "principals": {
        "town": {"label": "The town"},
        "state": {"label": "The state"},
        "others": {"label": "Other towns"},
        "individual": {"label": "The individual", "public": False},
        "victims": {"label": "Victims", "public": False},
    },
    "administrations": {
        "care": {"label": "Care", "principal": "town"},
        "tax": {"label": "Tax", "principal": "town"},
        "agency": {"label": "Agency", "principal": "state"},
        "elsewhere": {"label": "Elsewhere", "principal": "others"},
        "person": {"label": "Person", "principal": "individual"},
        "victim": {"label": "Victim", "principal": "victims"},
    },
}
YOUNG: dict[str, Any] = {
    "name": "young",
    "title": "Young",
    "step": "quarter",
    **PAYERS,
    "resources": {
        "day": {
            "label": "Day",
            "unit": "day",
            "price": 1000,
            "price_year": 2024,
            "administration": "care",
        }
    },
    "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
    "tracks": {
        "home": {
            "label": "Home",
            "start": "here",
            "states": {
                "here": {"label": "Here"},
                "moved": {"label": "Moved", "exit": True},
                "dead": {"label": "Dead", "exit": True},
            },
        },
        "care": {
            "label": "Care",
            "start": "never",
            "states": {
                "never": {"label": "Never"},
                "placed": {"label": "Placed", "uses": {"day": 300}},
                "back": {"label": "Back"},
            },
        },
    },
    "groups": {"placed": {"label": "Placed", "track": "care", "states": ["placed"]}},
    "transitions": {
        "moves": {"track": "home", "from": "here", "to": "moved", "rate": 0.05},
        "dies": {"track": "home", "from": "here", "to": "dead", "rate": 0.01},
        "placed": {"track": "care", "from": ["never", "back"], "to": "placed", "rate": 0.1},
        "back": {"track": "care", "from": "placed", "to": "back", "rate": 0.5},
    },
}
TRANSFER_KEPT, TAX = 0.25, 0.4
OLD: dict[str, Any] = {
    "name": "old",
    "title": "Old",
    "step": "quarter",
    "parameters": {"kept": 0.1},
    **PAYERS,
    "resources": {
        "production": {
            "label": "Production",
            "unit": "year",
            "price": 600_000,
            "price_year": 2024,
            "receivers": {
                "person": 1 - TAX,
                "tax": f"{TAX} * kept",
                "agency": f"{TAX} * (1 - kept)",
            },
        },
        "benefit": {
            "label": "Benefit",
            "unit": "month",
            "price": 10_000,
            "price_year": 2024,
            "administration": "agency",
            "receivers": {"person": 1 - TRANSFER_KEPT, "agency": TRANSFER_KEPT},
        },
        "care": {
            "label": "Care",
            "unit": "course",
            "price": 50_000,
            "price_year": 2024,
            "administration": "care",
        },
        "harm": {
            "label": "Harm",
            "unit": "year",
            "price": 90_000,
            "price_year": 2024,
            "administration": "victim",
        },
    },
    "weights": {"qaly": "QALY"},
    "attributes": {
        "sex": {"shares": {"woman": 0.5, "man": 0.5}},
        "placed": {"shares": {"never": 0.9, "ever": 0.1}},
    },
    "tracks": {
        "life": {
            "label": "Life",
            "start": "alive",
            "states": {
                "alive": {"label": "Alive", "weights": {"qaly": {"amount": 1}}},
                "dead": {"label": "Dead", "exit": True},
            },
        },
        "work": {
            "label": "Work",
            "start": {"working": 0.8, "idle": 0.2},
            "states": {
                "working": {
                    "label": "Working",
                    "uses": {"production": {"amount": 0.9, "factors": ["pay"]}},
                },
                "idle": {"label": "Idle", "uses": {"benefit": 12, "harm": 0.1}},
            },
        },
    },
    "groups": {"idle": {"label": "Idle", "track": "work", "states": ["idle"]}},
    "factors": {
        "pay": {"feature": "attribute.sex", "values": {"woman": 0.9, "man": 1.1}},
        "age": {"feature": "age", "below": [8, 11], "values": [1, 1.5, 2]},
        "been": {"feature": "attribute.placed", "values": {"ever": 2, "never": 1}},
        "long": {"feature": "time_in_state", "below": [6], "values": [1, 0.4]},
    },
    "transitions": {
        "dies": {
            "track": "life",
            "from": "alive",
            "to": "dead",
            "rate": 0.02,
            "factors": ["age"],
        },
        "loses": {
            "track": "work",
            "from": "working",
            "to": "idle",
            "rate": 0.3,
            "factors": ["been"],
            "uses": {"care": 0.5},
        },
        "finds": {
            "track": "work",
            "from": "idle",
            "to": "working",
            "rate": 0.6,
            "factors": ["long"],
        },
    },
    "continues": {
        "young": {
            "from_age": 6,
            "until": 14,
            "exits": {"moved": {"town": "elsewhere"}},
            "tracks": {
                "work": {"feature": "state.care", "to": {"placed": "idle"}, "default": "working"}
            },
            "attributes": {
                "sex": {"feature": "attribute.sex", "to": {"girl": "woman", "boy": "man"}},
                "placed": {"feature": "visits.placed", "below": [1], "to": ["never", "ever"]},
            },
        }
    },
}


def later(*, tail: bool = True, effect: float = 0.3, **more: Any) -> Scenario:
    """Return a scenario in which young people leave at 10, or move away, and go on to 14.

    Args:
        tail: Whether they go on.
        effect: The ratio of the risk of being placed, for those who take part.
        more: Other tables of the scenario.
    """
    tables: dict[str, Any] = {
        "name": "later",
        "title": "Later",
        "pathway": YOUNG,
        "time": {"start": "2026-01", "years": 8, **({"tail": OLD} if tail else {})},
        "population": {"residents": 3000, "max_age": 10},
        "investments": {
            "help": {
                "label": "Help",
                "start": "2026-01",
                "years": 3,
                "target": {"age": {"from": 2, "below": 9}},
                "effects": [
                    {"on": "placed", "ratio": effect, "persistence": {"kind": "permanent"}}
                ],
                "cost": {"running": 0 if effect == 1 else 100_000, "payer": "care"},
            }
        },
        "arms": {"project": {"label": "Project", "investments": {"help": "ends"}}},
        "economy": {"discount_costs": 0.035, "discount_effects": 0.035},
        "replications": 2,
        "seed": 5,
    }
    return authored_scenario({**tables, **more})
