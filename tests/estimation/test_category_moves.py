"""What a pathway says of moves between the categories of a register."""

from __future__ import annotations

from pathlib import Path

from sisim.estimation.category_moves import constant_leaving
from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.example_municipality import write_estimation


def test_who_is_as_likely_as_others_to_leave_is_so_wherever_they_go(tmp_path: Path) -> None:
    """Emergency care ends at .26 a month; foster care by time and age, and home by chance.

    Where emergency care leads depends on age and on the time in care.
    """
    plan = load_estimation(write_estimation(tmp_path))
    extract = plan.estimation.data["placements"]
    found = {
        state: constant_leaving(plan.pathway, extract.track, extract.categories, at)
        for at, states in enumerate(extract.categories)
        for state in states
    }
    told = {name: plan.pathway.transitions[f"{name}_ends"].rate for name in ("emergency", "secure")}
    for name, rate in told.items():
        assert rate is not None
        assert found[name] == rate.per_year
    assert found["foster"] is None
    # Breaking down depends on the person.
    assert found["residential"] is None
    assert found["discharged_short"] is None
    # Some of what leaves leads to where the register does not tell it from staying.
    joined = [frozenset({"emergency", "residential"}), frozenset({"foster", "foster_company"})]
    assert constant_leaving(plan.pathway, extract.track, joined, 0) is None
