"""System change in the world whose answers are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import ev1
from scipy.optimize import brentq

from sisim import load
from sisim.economics.valuation import Valuation
from sisim.engine.replications import simulate
from sisim.evaluation.system_change import SystemGauges, procured, system_change
from sisim.report.analysis.system_report import sentences

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
BETTER = {"better": {"outcome": {"transition": "placed_again", "within": 12}}}


@pytest.fixture(scope="module")
def found() -> SystemGauges:
    changes = {"population.residents": 1500, "replications": 2, "system": BETTER}
    return system_change(load(EV1, changes), "project")


def test_the_answers_worked_out_by_hand() -> None:
    assert ev1.truth() == pytest.approx(0.086846, abs=5e-7)
    needed = brentq(lambda ratio: ev1.truth(ratio) - 0.20, 0.01, 0.7)
    assert needed == pytest.approx(0.373853, abs=5e-7)
    assert ev1.truth(0.0) == pytest.approx(0.360158, abs=5e-7)


def test_the_share_that_is_better_off_is_the_net_effect(found: SystemGauges) -> None:
    better = found.gauges["better"]
    people = int(found.group.sum())
    assert people > 3_000
    # A few of the last month beyond the three years are followed too.
    assert better.found.mean == pytest.approx(ev1.truth(), abs=3 * (0.08 / people) ** 0.5)
    assert interval_of(better.ceiling) == pytest.approx(
        ev1.truth(0), abs=3 * (0.23 / people) ** 0.5
    )
    assert found.least
    assert (found.worse == 0).all()
    assert better.told
    assert better.found.mean < 0.20


def test_the_effect_that_reaches_the_goal(found: SystemGauges) -> None:
    (ratio,) = found.needed("better").values()
    assert ratio == pytest.approx(0.373853, abs=0.04)
    curve = found.gauges["better"].turn.curve
    assert (np.diff(curve["mean"]) > 0).all()  # a stronger effect spares more
    assert curve["mean"].iloc[0] == -0.20  # none spares nobody


def test_the_words_say_why_it_is_at_least(found: SystemGauges, lang: str) -> None:
    words = "\n".join(sentences(found))
    assert ("at least 8" if lang == "en" else "minst 8") in words
    assert ("same luck" if lang == "en" else "samma slump") in words


def test_without_an_effect_nobody_is_better_off_and_nothing_moves() -> None:
    changes = {"investments.team.effects.0.ratio": 1.0, "replications": 2, "system": BETTER}
    null = system_change(load(EV1, changes), "project")
    assert (null.gauges["better"].shares == 0).all()
    assert (null.gauges["reallocated"].shares == 0).all()
    assert null.gauges["better"].turn is None


def test_what_is_bought_is_paid_by_outcome_only_under_a_contract() -> None:
    counts = simulate(load(EV1, {"pathway.resources.placement.bought": True}))
    assert procured(Valuation(counts), "project").tolist() == [0.0]
    nothing = simulate(load(EV1))
    assert np.isnan(procured(Valuation(nothing), "project")).all()
    payment = {
        "label": "Pay",
        "from": "social",
        "to": "provider",
        "price": 10_000,
        "measure": {"outcome": "again", "periods": [[2026, 2028]], "against": "without"},
    }
    fixed = {"label": "Fee", "from": "social", "to": "provider", "amounts": {"2026": 100_000}}
    deal = {
        "label": "Deal",
        "arm": "project",
        "parties": {"provider": "Provider"},
        "payments": {"results": payment, "fee": fixed},
    }
    agreed = Valuation(simulate(load(EV1, {"contracts": {"deal": deal}})))
    (share,) = procured(agreed, "project")
    paid = float(agreed.contracts[0].paid["results"].sum())
    assert paid > 0
    assert share == pytest.approx(paid / (paid + 100_000))


def interval_of(values: np.ndarray) -> float:
    return float(values.mean())
