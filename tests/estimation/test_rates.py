"""Rates from registers: what was put in comes out, and what cannot be told is not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.registers import FIRST, HEAD, LAST, estimation, lives, register

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.rates import (
    Estimates,
    PathwayRates,
    RateEstimate,
    estimates,
    pathway_rates,
    read_extract,
)
from sisim.i18n import in_language
from sisim.report.estimation_report import (
    aggregated_table,
    estimated_values,
    estimates_table,
    sentences,
)

Nation = dict[str, PathwayRates]
Told = Callable[..., Estimates]
BETWEEN = 'between = "home"'
ALONE = '[transitions.begins]\nprior = "none"\n[transitions.ends]\nprior = "none"'


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    """Return the rates of the pathway as it is, which every municipality is held against."""
    return pathway_rates(
        load_estimation(estimation(tmp_path_factory.mktemp("nation"), register([])))
    )


@pytest.fixture
def told(nation: Nation, tmp_path: Path) -> Told:
    """Return what an extract tells, by its text and what its file says of it."""

    def found(text: str, **more: Any) -> Estimates:
        plan = load_estimation(estimation(tmp_path, text, **more))
        registers = {name: read_extract(plan, name) for name in plan.estimation.data}
        return estimates(plan, registers, nation)

    return found


def one(found: Estimates, name: str) -> RateEstimate:
    return next(rate for rate in found.rates if name in rate.transitions)


def test_rates_that_a_register_was_drawn_with_are_found_in_nine_of_ten_intervals(
    told: Told,
) -> None:
    """Sixty municipalities, each with rates of its own; only the data count."""
    rng, held, tried = np.random.default_rng(5), 0, 0
    for seed in range(60):
        true = {"begins": rng.uniform(0.1, 0.4), "ends": rng.uniform(0.5, 2.0)}
        found = told(register(lives(seed, 120, **true)), lines=ALONE)
        national = {"begins": 0.2, "ends": 1.0}
        for name, rate in true.items():
            low, high = (national[name] * end for end in one(found, name).ratio.interval())
            held += low <= rate <= high
            tried += 1
    # Of 120, 108 with a standard deviation of 3.3.
    assert 97 <= held <= 118, f"{held} of {tried}"


def test_a_small_municipality_is_drawn_towards_the_pathway(told: Told) -> None:
    text = register(lives(3, 60, begins=0.5))
    alone = one(told(text, lines=ALONE), "begins")
    both = one(told(text), "begins")
    assert (alone.told_by, both.told_by) == ("data", "data and pathway")
    assert 1 < both.ratio.mean < alone.ratio.mean


def test_the_level_is_told_whoever_the_people_are(told: Told) -> None:
    """Care begins three times as often in the teens: that is the pathway's, and no other level."""
    teens = [place for place in lives(8, 2000) if 13 <= FIRST + 3 - place.born < 18]
    found = one(told(register(teens), lines=ALONE), "begins")
    assert found.events / found.years > 0.35
    low, high = found.ratio.interval((0.005, 0.995))
    assert low < 1 < high


def test_where_the_register_has_placements_alone_the_time_between_them_is_at_home(
    told: Told,
) -> None:
    lived = lives(4, 800, begins=0.3)
    whole = told(register(lived))
    some = told(register(lived, only="HVB"), lines=BETWEEN)
    assert one(some, "ends").events == one(whole, "ends").events
    assert one(some, "ends").years == pytest.approx(one(whole, "ends").years)
    low, high = one(some, "begins").ratio.interval((0.005, 0.995))
    assert low < 1.5 < high


def test_nobody_counts_outside_the_observation(told: Told) -> None:
    """Left truncation: a spell that began before is seen from the first day of the register on."""
    lived = lives(6, 300)
    years = LAST + 1 - FIRST
    half = ((f"{FIRST}-01", f"{FIRST + 2}-12"), (f"{FIRST + 3}-01", f"{LAST}-12"))
    found = [told(register(lived), observed=ends) for ends in half]
    whole = told(register(lived))
    for name in ("begins", "ends"):
        parts = [one(part, name) for part in found]
        assert sum(part.events for part in parts) == one(whole, name).events
        assert sum(part.years for part in parts) == pytest.approx(one(whole, name).years)
    assert sum(rate.years for rate in whole.rates) <= 300 * years


def test_too_few_moves_tell_nothing_and_what_nobody_is_at_risk_of_is_named(told: Told) -> None:
    text = f"{HEAD}\n1;HVB;2020-01-10;2020-06-10;2008\n1;Hemma;2020-06-10;;2008\n"
    found = told(text)
    assert one(found, "ends").events == 1
    assert not one(found, "ends").is_told
    away = told(text.replace("HVB", "Hemma"))
    assert {rate.transitions for rate in away.rates if rate.years} == {("begins",)}


AGGREGATED = {"columns": "{}", "lines": f'kind = "aggregated"\n{ALONE}'}


def test_the_table_by_age_tells_nearly_what_the_spells_it_was_made_of_do(told: Told) -> None:
    spells = told(register(lives(9, 2000, begins=0.3)), lines=ALONE)
    table = aggregated_table(spells).to_csv(index=False)
    found = told(table, **AGGREGATED)
    for name in ("begins", "ends"):
        before, after = one(spells, name), one(found, name)
        assert after.events == before.events
        assert after.years == pytest.approx(before.years, rel=1e-3)
        # The time in the state is not in the table: the simulated stands for it.
        assert after.ratio.mean == pytest.approx(before.ratio.mean, rel=0.05)
        assert after.told_by == "data"
    assert aggregated_table(found).empty


def test_counts_are_rounded_where_the_file_asks_and_add_up(told: Told) -> None:
    text, kept = register(lives(2, 900, begins=0.4)), "[privacy]\nbase = 5"
    plain, found = told(text), told(text, lines=kept)
    assert found.ratios == plain.ratios
    exact, table = aggregated_table(plain), aggregated_table(found)
    for column in ("events", "persons"):
        shown = table[column].dropna()
        assert len(shown) == exact[column].notna().sum()
        assert (shown % 5 == 0).all()
        assert ((shown - exact[column].dropna()).abs() <= 2).all()
    rates = estimates_table(found).set_index("transition")
    for name, part in table.groupby("transition"):
        left = rates.loc[str(name), "events"] - part["events"].sum()
        assert left == 0 if part["events"].notna().all() else left > 0
    with in_language("en"):
        written = estimated_values(found)
    assert 'privacy = { least_persons = 5, base = 5, persons = "700–999" }' in written
    assert "rounded to multiples of 5" in written


def test_hidden_counts_of_a_table_by_age_are_left_out_and_counted(told: Told) -> None:
    head = "transition;age_from;age_below;events;person_years;persons\n"
    seen = "begins;0;13;40;200;90\nbegins;13;18;30;50,5;20\n"
    shown = told(head + seen, **AGGREGATED)
    some = told(f"{head}{seen}begins;18;;;100;12\nends;13;18;x;;\n", **AGGREGATED)
    assert one(some, "begins").ratio == one(shown, "begins").ratio
    assert one(some, "begins").left_out == 1
    assert one(some, "ends").told_by == "pathway"
    assert any(said.startswith("2 rows of aggregated tables have") for said in sentences(some))


def test_the_ages_of_a_table_decide_what_is_expected(told: Told) -> None:
    """By hand: .2 a year for children, three times that from 13 to 17."""
    head = "transition;age_from;age_below;events;person_years;persons\n"
    text = f"{head}begins;0;13;20;100;90\nbegins;13;18;20;100;90\n"
    assert one(told(text, **AGGREGATED), "begins").expected == pytest.approx(80, rel=0.03)


ILLNESS = """name = "illness"
title = { sv = "Sjukdom", en = "Illness" }
description = { sv = "Påhittat.", en = "Invented." }
step = "month"
[attributes.sex]
label = { sv = "Kön", en = "Sex" }
shares = { girl = 0.5, boy = 0.5 }
[tracks.residence]
label = { sv = "Bosättning", en = "Residence" }
start = "here"
states.here = { label = { sv = "Bor här", en = "Lives here" } }
[tracks.care]
label = { sv = "Hälsa", en = "Health" }
start = "well"
states.well = { label = { sv = "Frisk", en = "Well" } }
states.ill = { label = { sv = "Sjuk", en = "Ill" } }
states.dead = { label = { sv = "Död", en = "Dead" } }
"""
MOVES = {("well", "ill"): 0.2, ("well", "dead"): 0.03, ("ill", "dead"): 0.1}
LOOKS = {"columns": "{}", "residents": 1000, "states": '{ w = "well", i = "ill", d = "dead" }'}


def yearly(counts: dict[str, int]) -> str:
    """Return looks a year apart at people who were in one state and then in another."""
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    rows = [f"{at};{pair[0]};2020\n{at};{pair[1]};2021" for at, pair in enumerate(pairs)]
    return "\n".join(["person;state;seen", *rows]) + "\n"


def transition(at: str, to: str, rate: float) -> str:
    """Return a transition of a pathway file."""
    return f"""[transitions.{at}_{to}]
label = {{ sv = "{at}", en = "{at}" }}
track = "care"
from = "{at}"
to = "{to}"
rate = {{ value = {rate}, source = "invented", grade = "assumption" }}
"""


@pytest.fixture(scope="module")
def illness(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Estimates]:
    """Return what looks tell of an illness, by how many were in one state and then another."""
    folder = tmp_path_factory.mktemp("illness")
    moves = "".join(transition(*move, rate) for move, rate in MOVES.items())
    (folder / "illness.toml").write_text(ILLNESS + moves, encoding="utf-8")
    nation: Nation = {}

    def found(**counts: int) -> Estimates:
        more = {**LOOKS, "pathway": "illness.toml"}
        path = estimation(folder, yearly(counts), lines='kind = "looks"', **more)
        plan = load_estimation(path)
        if not nation:
            nation.update(pathway_rates(plan))
        return estimates(plan, {"placements": read_extract(plan, "placements")}, nation)

    return found


def test_yearly_looks_tell_rates_and_never_the_shares_that_have_changed(
    illness: Callable[..., Estimates],
) -> None:
    """A hundred times as many as in the worked example: rates of .10, .02 and .15."""
    found = illness(ww=8869, wi=874, wd=257, ii=3443, id=557)
    true = {"well_ill": 0.10, "well_dead": 0.02, "ill_dead": 0.15}
    for (at, to), national in MOVES.items():
        own = one(found, f"{at}_{to}")
        assert own.told_by == "data"
        assert own.ratio.mean * national == pytest.approx(true[f"{at}_{to}"], rel=0.01)
    assert not any("left out" in said for said in sentences(found))


def test_a_move_that_looks_have_too_few_of_is_the_pathway_s_and_a_way_back_is_none(
    illness: Callable[..., Estimates],
) -> None:
    found = illness(ww=880, wi=87, wd=4, ii=344, id=56, iw=1)
    assert not one(found, "well_dead").is_told
    assert one(found, "ill_dead").is_told
    assert found.no_way == 1
    said = " ".join(sentences(found))
    assert "1 pair of looks is left out" in said
    assert "Too few moves to tell (under 5)" in said


TWO_KINDS = """[tracks.care]
label = { sv = "Vård", en = "Care" }
start = "home"
states.home = { label = { sv = "Hemma", en = "At home" } }
states.acute = { label = { sv = "Akut", en = "Acute" } }
states.lasting = { label = { sv = "Stadigvarande", en = "Lasting" } }
"""


def test_what_is_expected_of_states_not_told_apart_is_that_of_days_and_not_of_months(
    tmp_path: Path,
) -> None:
    """Acute care at 4 a year, then lasting at 2: still in care after t years 2exp(-2t) - exp(-4t).

    By months, acute care would be two weeks longer, and fewer expected to leave in the first
    three months of both by a fourth.
    """
    moves = {("home", "acute"): 0.5, ("acute", "lasting"): 4.0, ("lasting", "home"): 2.0}
    text = ILLNESS[: ILLNESS.index("[tracks.care]")] + TWO_KINDS
    (tmp_path / "illness.toml").write_text(
        text + "".join(transition(*move, rate) for move, rate in moves.items()), encoding="utf-8"
    )
    states = '{ "Hemma" = "home", "Vård" = ["acute", "lasting"] }'
    given = estimation(
        tmp_path, register([]), pathway="illness.toml", residents=4000, states=states
    )
    found = pathway_rates(load_estimation(given))["placements"]
    for band, (low, high) in enumerate(pairwise([0.0, 0.25, 0.5, 1.0])):
        leave = [2 * np.exp(-2 * t) - np.exp(-4 * t) for t in (low, high)]
        years = [np.exp(-2 * t) - np.exp(-4 * t) / 4 for t in (low, high)]
        own = found.years[1, :, band]
        mean = (own * found.rates[1, 0, :, band]).sum() / own.sum()
        assert mean == pytest.approx((leave[0] - leave[1]) / (years[0] - years[1]), rel=0.12)


def test_a_person_who_grows_older_in_a_band_of_age_is_one(told: Told) -> None:
    rows = [f"{who};Hemma;2019-01-01;;2011-06" for who in range(4)]
    found = one(told("\n".join([HEAD, *rows])), "begins")
    assert found.by_age is not None
    # They are 7 to 13 from the first day to June 2024, and 13 to 16 after that.
    assert found.by_age[2].tolist()[:4] == [0, 4, 4, 0]
