"""Every design has people to go by in a simulated municipality, and says what it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from sisim import load
from sisim.evaluation.study import evaluate
from sisim.scenario.evaluation import Design
from sisim.scenario.scenario import Scenario

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
COHORTS = {"from": "2026-01", "below": "2029-01"}
AGAIN = {"transition": "placed_again", "within": 12}


def world(residents: int, **changes: Any) -> Scenario:
    """Return EV1 with other evaluations than its own, and other values."""
    return load(EV1, {"population.residents": residents, **changes})


def planned(design: Design, **more: Any) -> dict[str, Any]:
    """Return an evaluation of a design."""
    return {"label": design, "design": design, "cohorts": COHORTS, "outcome": AGAIN, **more}


def test_a_lottery_finds_the_effect_on_those_drawn() -> None:
    """In both worlds, though chances differ between rounds and people drop out."""
    changes = {
        "investments.team.capacity": 1200,
        "investments.team.drop_out": 0.7,
        "investments.team.selection.rule": "lottery",
        "evaluations.drawn": planned("lottery", index="offered"),
    }
    study = evaluate(world(6000, **changes), ["drawn"], draws=5)
    for row in study.designs.itertuples():
        assert row.failed == 0
        assert abs(row.bias_comparison) < 4 * row.bias_comparison_mcse
        assert row.truth == pytest.approx(0.08 if row.world == "effect" else 0, abs=0.03)
    assert (study.draws["treated_later"] == 0).all()
    assert study.designs["n_comparison"].min() > 400


def test_the_same_people_before_show_what_passes_with_time() -> None:
    changes = {"evaluations.at": planned("before_after", index="begun")}
    study = evaluate(world(1200, **changes), ["at"], draws=2, worlds=["effect"])
    row = study.designs.iloc[0]
    assert row["n_comparison"] == 0
    # Nobody had been placed again before: what is counted as an effect is that they are.
    assert row["mean"] < 0 < row["truth"]


def test_people_alike_are_compared_where_who_takes_part_is_chosen_by_need() -> None:
    """Those in need take part more often: raw figures mislead, matching on need does not."""
    changes: dict[str, Any] = {
        "investments.team.capacity": 1200,
        "investments.team.drop_out": 0.7,
        "investments.team.selection": {
            "rule": "highest_risk",
            "risk_of": "placed_again",
            "sensitivity": 0.9,
            "specificity": 0.6,
        },
        "evaluations.alike": planned("matched", match_on=["attribute.need"], ratio=1),
        "evaluations.misled": planned(
            "matched", match_on=["attribute.need"], seen={"attribute.need": 0.7}
        ),
    }
    study = evaluate(world(6000, **changes), ["alike", "misled"], draws=4, worlds=["effect"])
    rows = study.designs.set_index("design")
    assert abs(rows.loc["alike", "bias_comparison"]) < 0.03
    # A register that errs finds less: those chosen are in greater need than it says.
    assert rows.loc["misled", "bias_comparison"] < rows.loc["alike", "bias_comparison"] - 0.01


@pytest.mark.parametrize("order", ["lottery", ["centre", "north"]])
def test_areas_begin_by_steps_in_the_order_that_is_drawn_or_given(order: Any) -> None:
    changes: dict[str, Any] = {
        "population.areas.centre": {"label": "Centre", "share": 0.5},
        "factors.area.values.centre": 1.0,
        "investments.team.areas": ["north", "centre"],
        "investments.team.interval": 18,
        "evaluations.steps": planned("stepped", order=order),
    }
    study = evaluate(world(3000, **changes), ["steps"], draws=6, worlds=["effect"])
    assert (study.draws["failed"] == "").all()
    treated = study.draws["n_treated"]
    # Which area begins first makes no difference to how many are treated, as they are of a size.
    assert treated.nunique() == 1
    assert study.designs.loc[0, "mean"] == pytest.approx(study.designs.loc[0, "truth"], abs=0.1)


def test_a_threshold_and_weighed_areas_have_people_to_go_by() -> None:
    areas = {name: {"label": name, "share": 0.2} for name in ("a", "b", "c")}
    changes: dict[str, Any] = {
        **{f"population.areas.{name}": area for name, area in areas.items()},
        **{f"factors.area.values.{name}": 1.0 for name in areas},
        "investments.team.capacity": 900,
        "investments.team.selection": {"rule": "highest_risk", "risk_of": "placed_again"},
        "evaluations.weighed": planned("synthetic", areas=["south", *areas], years_before=3),
        "evaluations.risk": planned(
            "discontinuity",
            score={"risk_of": "placed_again", "noise": 0.5},
            cutoff={"share": 0.5},
        ),
    }
    study = evaluate(world(9000, **changes), ["weighed", "risk"], draws=3, worlds=["effect"])
    assert (study.draws["failed"] == "").all(), study.draws["failed"].tolist()
    assert np.isfinite(study.draws[["estimate", "error", "truth_studied"]]).all().all()
    scores = study.draws[study.draws["design"] == "risk"]
    assert (scores["n_treated"] > 100).all()


def test_no_design_is_left_out() -> None:
    tried = {"lottery", "before_after", "matched", "stepped", "synthetic", "discontinuity"}
    own = {spec.design for spec in load(EV1).evaluations.values()}
    assert tried | own == set(get_args(Design))
