"""The static calculation, and the parts that lead from it to the simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.ev1 import exact
from helpers.followed import EV1

import sisim
from sisim.evaluation.static_calculation import (
    PARTS,
    StaticCalculation,
    room_for,
    static_calculation,
)

FEW = {
    "population.residents": 4000,
    "time.history": 1,
    "time.years": 6,
    "funds.fund.repayment.last_year": 2031,
}
SROI: dict[str, Any] = {
    "horizon": 1,
    "years_before": 3,
    "values": {"well": {"outcome": "again", "per_unit": 1, "stakeholder": "The young"}},
}


@pytest.fixture(scope="module")
def found() -> StaticCalculation:
    return static_calculation(sisim.load("service-trainee", FEW), "new_way", replications=2)


def test_the_parts_add_up_to_what_budgets_see_in_a_run_made_by_itself(found) -> None:  # type: ignore[no-untyped-def]
    """To the krona, in every run; and before step costs, to what is used less."""
    scenario = found.scenario
    result = sisim.run(scenario, replications=2)
    before = result.counts.compiled.clock.history
    for arm in ("new_way",):
        ladder = result.cash[arm]
        kept = [
            rung != "intervention" and scenario.bears(line.administration)
            for line, rung in zip(ladder.lines, ladder.rungs, strict=True)
        ]
        for own, amounts in ((found.lower_cost, ladder.gross), (found.seen, ladder.seen)):
            years = slice(result.counts.compiled.clock.start - before, None)
            told = amounts[:, years][:, :, kept].sum(axis=(1, 2))
            np.testing.assert_allclose(own, told, atol=0.5)
        assert found.cost == pytest.approx(
            [(one * 1.0).sum() for one in result.appraisal[arm].cost], abs=0.5
        )


def test_every_line_is_worked_out_from_its_own_columns(found) -> None:  # type: ignore[no-untyped-def]
    for line in found.lines:
        amount = line.participants * line.avoided * line.price * line.years
        assert line.amount == pytest.approx(amount)
        assert line.before > 0
    assert found.static == pytest.approx(sum(line.amount for line in found.lines))
    assert found.lines[0].years == pytest.approx(sum(0.9**k for k in range(5)))


def test_the_parts_hold_what_they_are_called(found) -> None:  # type: ignore[no-untyped-def]
    parts = dict(zip(PARTS, found.parts.T, strict=True))
    # Those who come later are helped by the new way; a measure is freed in steps alone.
    assert (parts["inflow"] > 0).all()
    assert (parts["steps"] <= 0).all()
    assert (parts["return"] <= 0).all()
    each = found.static / found.planned
    np.testing.assert_allclose(parts["queue"], (found.participants - found.planned) * each)


def test_in_a_project_that_ends_nobody_else_is_touched_by_it() -> None:
    one = static_calculation(sisim.load("service-trainee", FEW), "project", replications=1)
    assert one.parts[0, PARTS.index("inflow")] == 0


def test_an_investment_that_does_nothing_saves_nothing() -> None:
    changes = {**FEW, "investments.trainee.effects": []}
    none = static_calculation(sisim.load("service-trainee", changes), "project", replications=1)
    parts = dict(zip(PARTS, none.parts[0], strict=True))
    assert none.static > 0
    assert parts["queue"] + parts["regression"] == pytest.approx(-none.static)
    assert [parts[name] for name in PARTS[2:]] == [0.0] * 6
    assert none.seen[0] == pytest.approx(0, abs=0.01)


def test_the_world_worked_out_by_hand_has_the_fall_of_earlier_cohorts() -> None:
    changes = {"population.residents": 1200, "sroi": SROI}
    scenario = sisim.load(EV1, changes)
    one = static_calculation(scenario, "project", level="year", replications=2)
    gross, spread = exact("three years")
    (line,) = one.lines
    assert (line.administration, line.resource) == ("social", "placement")
    assert (line.price, line.years) == (450_000, 1)
    error = spread * (180 / (one.participants.sum() * 0.75)) ** 0.5
    assert abs(line.avoided - gross) < 4 * error
    stated = static_calculation(
        scenario, "project", level="year", effect=0.2, planned=100, replications=2
    )
    assert stated.static == pytest.approx(100 * 0.2 * line.before * 450_000)
    np.testing.assert_allclose(stated.seen, one.seen)


def test_there_is_room_for_as_many_as_places_and_months_let_in() -> None:
    trainee = {"investments.trainee.years": 3}
    assert room_for(sisim.load("service-trainee", trainee), "trainee") == 90
    assert room_for(sisim.load("service-trainee"), "trainee") == 30
    assert room_for(sisim.load(EV1), "team") is None
