"""By which step a pathway is simulated to be held against registers."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.registers import PATHWAY, estimation, register

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.example_municipality import write_estimation
from sisim.estimation.shortest_step import by_weeks

CHANCE = """[tracks.other]
label = { sv = "Annat", en = "Other" }
start = "calm"
states.calm = { label = { sv = "Lugn", en = "Calm" } }
states.ill = { label = { sv = "Orolig", en = "Ill" } }

[transitions.worse]
label = { sv = "Oro", en = "Worse" }
track = "other"
from = "calm"
to = "ill"
probability = 0.01

[factors.other]
feature = "state.other"
values = { calm = 1.0, ill = 2.0 }
source = "invented"
grade = "assumption"
"""
PRODUCT = """[factors.both]
product = ["first_half", "a_step"]
[factors.a_step]
feature = "calendar.step"
below = [6]
values = [1.0, 2.0]
source = "invented"
grade = "assumption"
"""
MOMENT = """[transitions.in_june]
label = { sv = "I juni", en = "In June" }
track = "care"
from = "care"
to = "home"
probability = 0.5
schedule = { month = 6 }
"""


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("", "", "week"),
        ("below = [6]", 'below = [6]\nunit = "step"', "month"),
        ('feature = "time_in_state"', 'feature = "calendar.step"', "month"),
        ('factors = ["first_half"]', 'factors = ["both"]\n' + PRODUCT, "month"),
        ("", CHANCE, "week"),
        ('factors = ["teens"]', f'factors = ["teens", "other"]\n{CHANCE}', "month"),
        ("", MOMENT, "month"),
    ],
    ids=[
        "rates",
        "bands of steps",
        "run's step",
        "in a product",
        "chance elsewhere",
        "chance read",
        "calendar month",
    ],
)
def test_it_is_a_week_unless_what_a_rate_depends_on_is_of_a_step(
    before: str, after: str, step: str, tmp_path: Path
) -> None:
    text = PATHWAY.read_text(encoding="utf-8")
    text = text.replace(before, after, 1) if before else f"{text}\n{after}"
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    plan = load_estimation(estimation(tmp_path, register([]), pathway="own.toml"))
    assert plan.pathway.step == "month"
    assert by_weeks(plan).step == step


def test_placements_are_by_weeks_though_referrals_are_decided_in_a_step(tmp_path: Path) -> None:
    """Referrals decide who is placed first, and nothing of what a register of placements tells."""
    plan = load_estimation(write_estimation(tmp_path))
    assert any(one.probability and not one.schedule for one in plan.pathway.transitions.values())
    assert by_weeks(plan).step == "week"
