"""Outcomes beside the money, and the parts of goals, against the tables of counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.any_counts import PATHWAY, counts

from sisim.economics.outcomes import outcome, outcome_units, share
from sisim.engine.counts import Result

GROUPS = {
    **PATHWAY["groups"],
    "anywhere": {"label": "Anywhere", "track": "care", "states": ["home", "placed"]},
}
OUTCOMES: dict[str, Any] = {
    "anywhere": {"label": "A", "group": "anywhere"},
    "young": {"label": "Y", "group": "anywhere", "where": {"age": ["0-7", "7-13"]}},
    "entries": {"label": "E", "group": "placed", "count": "entries", "where": {"area": ["south"]}},
    "moves": {"label": "M", "transition": "comes_home"},
}
GOALS: dict[str, Any] = {
    "mean": {"label": "G", "share": 0.1, "group": "placed", "of": "anywhere", "count": "stock"},
    "new": {"label": "G", "share": 0.1, "group": "placed", "of": "anywhere"},
    "full": {"label": "G", "share": 0.9, "delivery": "team"},
}


@pytest.fixture(scope="module")
def done() -> Result:
    """Return counts with outcomes of every kind, and an investment that is never in full."""
    plain = counts(1).scenario.investments["team"].model_dump(by_alias=True)
    team = {**plain, "fidelity": {"at": [0, 3], "share": [0.5, 0.8]}, "areas": ["north"]}
    pathway = {**PATHWAY, "groups": GROUPS}
    return counts(4, pathway=pathway, outcomes=OUTCOMES, goals=GOALS, investments={"team": team})


def by_step(table: pd.DataFrame, value: str, done: Result) -> np.ndarray:
    """Return a table's sums, (replications, arms, steps)."""
    table = table[table["step"] < done.compiled.clock.end - done.compiled.clock.start]
    wide = table.pivot_table(
        value, ["replication", "arm"], "step", aggfunc="sum", observed=True
    ).to_numpy()
    return wide.reshape(len(done.seeds), len(done.arms), -1)


def test_an_outcome_counts_people_entries_or_moves_of_whom_it_asks_for(done: Result) -> None:
    labels = list(done.compiled.groupings["age"])[:2]
    measures = done.scenario.outcomes
    people = done.people(["age"])
    care = people[people["track"] == "care"]
    entries, moves = done.entries(["area"]), done.moves()
    young = measures["young"].model_copy(update={"where": {"age": labels}})
    expected = {
        "anywhere": by_step(care, "people", done),
        "entries": by_step(
            entries[(entries["group"] == "placed") & (entries["area"] == "south")], "entries", done
        ),
        "moves": by_step(moves[moves["transition"] == "comes_home"], "moves", done),
    }
    for name, found in expected.items():
        assert outcome(done, measures[name]) == pytest.approx(found)
        years = 12 if name == "anywhere" else 1
        assert outcome_units(done, measures[name]) == pytest.approx(found / years)
    some = by_step(care[care["age"].isin(labels)], "people", done)
    assert outcome(done, young) == pytest.approx(some)


def test_the_parts_of_a_goal(done: Result) -> None:
    people, entries = done.people(), done.entries()
    care = people[people["track"] == "care"]
    mean, new, full = (share(done, done.scenario.goals[name]) for name in ("mean", "new", "full"))
    assert mean[0] == pytest.approx(by_step(care[care["state"] == "placed"], "people", done))
    assert mean[1] == pytest.approx(by_step(care, "people", done))
    for part, group in zip(new, ("placed", "anywhere"), strict=True):
        own = entries[entries["group"] == group]
        assert part == pytest.approx(by_step(own, "entries", done))
    # Delivery is the fidelity wherever it is delivered at all, in one area or in all.
    part, whole = full
    start = done.compiled.clock.start - done.compiled.clock.history
    arms = {name: number for number, name in enumerate(done.arms)}
    assert not part[:, arms["without"]].any()
    assert not whole[:, arms["without"]].any()
    assert whole[:, arms["ends"]].sum(axis=1).tolist() == [12, 12]
    assert whole[:, arms["goes_on"], start:].all()
    fidelity = 0.5 + 0.3 * np.arange(36) / 36
    assert part[0, arms["goes_on"], start:] == pytest.approx(fidelity)
    assert part[0, arms["ends"], start : start + 12] == pytest.approx(fidelity[:12])
