"""Measures on small life histories whose answers can be counted by hand."""

import numpy as np
import pytest
from helpers.languages import in_swedish

from sisim.calibration.targets import MEASURES, Histories, Spells, TrackHistory, evaluate
from sisim.scenario.pathway import Pathway

MOVES = {
    "a": {
        "track": "care",
        "from": "home",
        "to": {"foster": 1, "residential": 1},
        "rate": 1,
        "uses": {"meeting": 1},
    }
}
PATHWAY = {
    "name": "small",
    "title": "Small",
    "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
    "tracks": {
        "care": {
            "label": "Care",
            "start": "home",
            "states": {
                "home": {"label": "home"},
                "foster": {"label": "foster", "uses": {"day": 120}},
                "residential": {"label": "residential", "uses": {"day": 240}},
            },
        },
        "school": {
            "label": "School",
            "start": "grade",
            "states": {name: {"label": name} for name in ("grade", "eligible", "ineligible")},
        },
    },
    "groups": {
        "placed": {"label": "Placed", "track": "care", "states": ["foster", "residential"]},
        "done": {"label": "Done", "track": "school", "states": ["eligible", "ineligible"]},
    },
    "transitions": MOVES,
    "principals": {"municipality": {"label": "M"}},
    "administrations": {"social": {"label": "S", "principal": "municipality"}},
    "resources": {
        "day": {
            "label": "Day",
            "unit": "day",
            "price": 1,
            "price_year": 2024,
            "administration": "social",
        },
        "meeting": {
            "label": "Meeting",
            "unit": "meeting",
            "price": 60,
            "price_year": 2024,
            "administration": "social",
        },
    },
}


def lives(*people, first=0, horizon=120, month=1, targets=None, exits=(), pathway=()):
    """Return histories from people given as (born, left, care moves, school moves[, sex]).

    Moves are (step, state); everyone begins at birth in the track's first state.
    """
    pathway = Pathway.model_validate({**PATHWAY, "targets": targets or {}, **dict(pathway)})
    tracks = {}
    for number, track in enumerate(("care", "school")):
        names = list(pathway.tracks[track].states)
        rows = []
        for who, (born, left, *moves) in enumerate(people):
            steps = [(born, names[0]), *moves[number]]
            ends = [step for step, _ in steps[1:]] + [left]
            rows += [
                (who, names.index(state), start, end)
                for (start, state), end in zip(steps, ends, strict=True)
            ]
        tracks[track] = TrackHistory(*np.array(rows, np.int64).T)
    return Histories(
        pathway=pathway,
        tracks=tracks,
        born=np.array([p[0] for p in people]),
        arrived=np.array([max(p[0], 0) for p in people]),
        left=np.array([p[1] for p in people]),
        attributes={"sex": np.array([p[4] if len(p) > 4 else 0 for p in people])},
        first=first,
        horizon=horizon,
        month=month,
        exits={name: np.array(people) for name, people in dict(exits).items()},
    )


def spells(*rows):
    """Return spells from (person, start, end)."""
    return Spells(*np.array(rows, np.int64).reshape(-1, 3).T)


def rows(found):
    """Return spells as a list of tuples."""
    return list(zip(found.person, found.start, found.end, strict=True))


def test_merged_joins_what_touches_within_a_person():
    """Two stays without a day between them are one stay; two people are never joined."""
    found = spells((0, 0, 3), (0, 3, 5), (0, 7, 8), (1, 8, 9)).merged()
    assert rows(found) == [(0, 0, 5), (0, 7, 8), (1, 8, 9)]


def test_intersection_cuts_by_person():
    """Time in both is cut at both ends, and only within the same person."""
    found = spells((0, 0, 10), (2, 0, 10)) & spells((0, 2, 4), (0, 6, 12), (1, 0, 9))
    assert rows(found) == [(0, 2, 4), (0, 6, 10)]


def test_union_swallows_what_lies_inside():
    """Time in either counts once, also where one interval lies inside another."""
    found = spells((0, 0, 10), (1, 5, 6)) | spells((0, 2, 4), (0, 9, 12), (1, 0, 1))
    assert rows(found) == [(0, 0, 12), (1, 0, 1), (1, 5, 6)]


def test_point_share_counts_person_time_of_residents_only():
    """A child placed from birth, resident for half the window, is half of the person-time."""
    seen = lives(
        (0, 120, [(60, "foster")], []),
        (60, 120, [(60, "foster")], []),
    )
    assert MEASURES["point_share"](seen, "placed") == pytest.approx(120 / 180)
    assert MEASURES["point_share"](seen, "placed", ages=[0, 5]) == pytest.approx(60 / 120)


def test_conditions_narrow_both_parts_and_only_the_numerator():
    """`where` narrows who is counted, `only` narrows who is found."""
    seen = lives(
        (0, 120, [(60, "foster")], [(90, "eligible")], 0),
        (0, 120, [(60, "residential")], [], 1),
    )
    share = MEASURES["point_share"]
    assert share(seen, "placed", where={"attribute.sex": "boy"}) == 0.5
    assert share(seen, "placed", where={"in": "done"}) == 1.0
    assert share(seen, "placed", where={"not_in": "done"}) == pytest.approx(90 / 210)
    assert share(seen, "done", where={"ever": "care.foster"}) == 0.5
    assert share(seen, "done", where={"never": "placed"}) == 0.0
    assert share(seen, "placed", only={"in": "done"}) == pytest.approx(30 / 240)
    assert MEASURES["relative_share"](
        seen, "placed", where={"in": "done"}, versus={"not_in": "done"}
    ) == pytest.approx(210 / 90)


def test_year_share_counts_each_person_once_a_year():
    """Two stays in one year are one person; a stay over new year counts in both years."""
    seen = lives(
        (0, 36, [(1, "foster"), (2, "home"), (10, "foster"), (14, "home")], []), horizon=36
    )
    assert MEASURES["year_share"](seen, "placed") == pytest.approx(2 / 3)
    assert MEASURES["year_entrants"](seen, "placed") == pytest.approx(1 / 3)


def test_yearly_measures_use_the_age_reached_in_the_year():
    """Born in December: aged 1 by the calendar for all of the next year."""
    seen = lives((11, 60, [(13, "foster"), (14, "home")], []), horizon=60)
    assert MEASURES["year_share"](seen, "placed", ages=[1, 2]) == 1.0
    assert MEASURES["year_share"](seen, "placed", ages=[0, 1]) == 0.0


def test_years_begin_in_january_whatever_the_first_step():
    """With step 0 in July, only the whole calendar years are counted."""
    seen = lives((0, 48, [(6, "foster"), (18, "home")], []), horizon=48, month=7)
    assert MEASURES["full_year_share"](seen, "placed") == pytest.approx(1 / 3)


def test_full_year_share_wants_every_month():
    """Eleven months are not a whole year, and nor is the year someone is born in."""
    seen = lives(
        (0, 36, [(12, "foster"), (24, "home")], []),
        (0, 36, [(13, "foster"), (24, "home")], []),
        (5, 36, [(12, "foster"), (13, "residential"), (24, "home")], []),
        horizon=36,
    )
    assert MEASURES["full_year_share"](seen, "placed", ages=[1, 2]) == pytest.approx(2 / 3)
    assert MEASURES["full_year_share"](seen, "placed", ages=[0, 1]) == 0.0


def test_a_move_between_placements_is_no_entry():
    """Foster home to residential care is the same stay in care."""
    seen = lives((0, 120, [(12, "foster"), (24, "residential"), (36, "home")], []))
    assert MEASURES["entry_rate"](seen, "placed") == pytest.approx(0.1)
    assert MEASURES["mean_duration"](seen, "placed") == 24
    assert MEASURES["mean_duration"](seen, "care.foster", unit="year") == 1


def test_returners_and_first_entries_share_the_starts():
    """A start within five years of earlier care is a return; the others are first starts."""
    back = [(12, "foster"), (24, "home"), (48, "foster"), (50, "home"), (112, "foster")]
    seen = lives((0, 120, back, []))
    assert MEASURES["returners_share"](seen, "placed", years=5) == pytest.approx(1 / 3)
    assert MEASURES["entry_rate"](seen, "placed", clear_years=5) == pytest.approx(0.2)


def test_what_happened_before_the_window_is_known():
    """Care before the window makes a start in it a return, but is no start of its own."""
    seen = lives((0, 120, [(12, "foster"), (24, "home"), (60, "foster")], []), first=36)
    assert MEASURES["returners_share"](seen, "placed") == 1.0
    assert MEASURES["entry_rate"](seen, "placed") == pytest.approx(1 / 7)
    assert MEASURES["ever_by_age"](seen, "placed", 4) == 1.0


def test_again_within_follows_only_who_can_be_followed():
    """Someone who moves out soon after care is neither a return nor a success."""
    seen = lives(
        (0, 120, [(10, "foster"), (20, "home"), (30, "foster")], []),
        (0, 120, [(10, "foster"), (20, "home"), (50, "foster")], []),
        (0, 40, [(10, "foster"), (20, "home")], []),
        (0, 120, [(10, "residential"), (20, "home"), (21, "foster")], []),
    )
    again = MEASURES["again_within"]
    assert again(seen, "placed", 24) == pytest.approx(2 / 3)
    assert again(seen, "placed", 24, last="care.residential") == 1.0
    assert np.isnan(again(seen, "placed", 24, ages=[10, 12]))


def test_ever_by_age_counts_those_who_turn_it_in_the_window():
    """A placement on the birthday is not before it; who has moved out is not asked."""
    seen = lives(
        (0, 120, [(59, "foster"), (60, "home")], []),
        (0, 120, [(60, "foster")], []),
        (0, 30, [(10, "foster")], []),
        (100, 120, [(101, "foster")], []),
    )
    assert MEASURES["ever_by_age"](seen, "placed", 5) == 0.5


def test_outcomes_are_told_apart_by_what_held_before():
    """Eligibility among the placed looks at the month before the grades."""
    seen = lives(
        (0, 120, [(50, "foster")], [(60, "ineligible")]),
        (0, 120, [(60, "foster")], [(60, "eligible")]),
        (0, 120, [], [(60, "eligible")]),
    )
    share = MEASURES["outcome_share"]
    assert share(seen, "school.eligible", among="done") == pytest.approx(2 / 3)
    assert share(seen, "school.eligible", among="done", where={"in": "placed"}) == 0.0
    assert MEASURES["next_share"](seen, "school.grade", "school.eligible") == pytest.approx(2 / 3)


def test_reached_within_and_share_at_age():
    """Three years are enough for one of two; at the end of the year both are there."""
    seen = lives(
        (0, 120, [(12, "foster")], [(36, "eligible")]),
        (0, 120, [(12, "foster")], [(59, "eligible")]),
        (0, 40, [(12, "foster")], []),
    )
    assert MEASURES["reached_within"](seen, "school.eligible", "placed", 3) == 0.5
    assert MEASURES["share_at_age"](seen, "school.eligible", 3) == 0.5
    assert MEASURES["share_at_age"](seen, "school.eligible", 4) == 1.0


def test_who_has_come_that_far_counts_though_they_have_left_again():
    seen = lives(
        (0, 120, [], [(12, "eligible"), (24, "grade")]),
        (0, 120, [], [(12, "eligible")]),
        (0, 120, [], [(50, "eligible")]),
    )
    share = MEASURES["share_at_age"]
    assert share(seen, "school.eligible", 3) == pytest.approx(1 / 3)
    assert share(seen, "school.eligible", 3, ever=True) == pytest.approx(2 / 3)
    assert share(seen, "school.eligible", 4, ever=True) == 1.0


def test_persistence_compares_two_moments():
    """Of two placed at the end of the grade, one still is when care is next looked at."""
    seen = lives(
        (0, 120, [(10, "foster")], [(12, "eligible"), (24, "ineligible")]),
        (0, 120, [(10, "foster"), (20, "home")], [(12, "eligible"), (24, "ineligible")]),
        (0, 120, [(20, "foster")], [(12, "eligible"), (24, "ineligible")]),
        (0, 120, [(10, "foster")], [(12, "eligible")]),
    )
    share = MEASURES["persistence"]
    assert share(seen, "placed", first="school.eligible", later="school.ineligible") == 0.5
    assert np.isnan(share(seen, "placed", first="school.ineligible", later="school.grade"))


def test_use_is_counted_per_resident_and_year():
    """Six months at 120 a year and three at 240 are 120 units, over five person-years."""
    seen = lives(
        (0, 36, [(6, "foster"), (12, "residential"), (15, "home")], []),
        (12, 36, [], []),
        horizon=36,
    )
    use = MEASURES["use_per_year"]
    assert use(seen, "day") == pytest.approx(120 / 5)
    assert use(seen, ["day"], per=0.5) == pytest.approx(60 / 5)
    assert use(seen, "day", where={"in": "care.residential"}) == pytest.approx(60 / 5)
    with pytest.raises(KeyError):
        use(seen, "night")


def test_the_share_of_those_who_use_the_most_is_a_point_on_the_lorenz_curve():
    """In each of two years one of five has 40 of 60 units; who it is need not be the same."""
    first = [(0, "foster"), (4, "home"), (12, "foster"), (13, "home")]
    second = [(0, "foster"), (1, "home"), (12, "foster"), (16, "home")]
    third = [(3, "foster"), (4, "home"), (18, "foster"), (19, "home")]
    seen = lives(*((0, 24, moves, []) for moves in (first, second, third, [], [])), horizon=24)
    assert MEASURES["top_share"](seen, "day", top=0.2) == pytest.approx(40 / 60)
    assert MEASURES["top_share"](seen, "day", top=1) == 1
    assert MEASURES["at_most_share"](seen, "day", most=0) == 0.4
    assert MEASURES["at_most_share"](seen, "day", most=10) == 0.8


def test_what_follows_on_many_entries_is_told_with_and_without():
    """Of those with two stays in a year half have two again in the next; of the others none."""
    twice = [(1, "foster"), (2, "home"), (4, "foster"), (5, "home")]
    again = [*twice, (13, "foster"), (14, "home"), (16, "foster"), (17, "home")]
    late = [*twice, (25, "foster"), (26, "home"), (28, "foster"), (29, "home")]
    seen = lives(*((0, 36, moves, []) for moves in (again, late, [(3, "foster")], [])), horizon=36)
    followed = MEASURES["followed_by"]
    # Twice in the first year: one of two again. In the second: one, and never again.
    assert followed(seen, "placed", 2, "placed", 2) == pytest.approx(1 / 3)
    assert followed(seen, "placed", 2, "placed", 2, years=2) == 1
    # Not twice in a year: two in the first, three in the second, of whom one is there in the third.
    assert followed(seen, "placed", 2, "placed", 2, relative=True) == pytest.approx(
        (1 / 3) / (1 / 5)
    )
    assert np.isnan(followed(seen, "placed", 2, "placed", 2, years=3))


def test_months_are_those_of_the_calendar_whatever_the_first_step():
    """With step 0 in July, step 6 is January."""
    moves = [(6, "foster"), (7, "home"), (8, "foster"), (9, "home"), (12, "foster"), (13, "home")]
    seen = lives((0, 30, moves, []), horizon=30, month=7)
    ratio = MEASURES["season_ratio"]
    assert ratio(seen, "placed", months=[1, 2, 3], versus=[7, 8, 9]) == 2
    assert ratio(seen, "placed", months=[7], versus=[1]) == 1


def test_months_of_a_year_and_long_stays():
    """One is in care three months of a year, one all of it, one over the turn of the year."""
    seen = lives(
        (0, 36, [(12, "foster"), (15, "home")], []),
        (0, 36, [(12, "foster"), (24, "home")], []),
        (0, 36, [(22, "foster"), (25, "home")], []),
        horizon=36,
    )
    # Three, twelve, two and one month: four pairs of person and year.
    assert MEASURES["months_in_year"](seen, "placed") == pytest.approx(18 / 4)
    assert MEASURES["long_share"](seen, "placed", months=3) == 0.5
    assert MEASURES["long_share"](seen, "placed", months=2) == 0.75


def test_two_stays_in_a_year_are_one_long_one():
    """What counts is the months of the year, however they are spread."""
    seen = lives((0, 24, [(1, "foster"), (5, "home"), (7, "foster"), (11, "home")], []), horizon=24)
    assert MEASURES["long_share"](seen, "placed", months=8) == 1.0
    assert MEASURES["months_in_year"](seen, "placed") == 8


def test_what_follows_a_departure():
    """Everyone counts once a year, and only who can be followed for so long."""
    seen = lives(
        (0, 60, [(1, "foster"), (2, "home"), (5, "foster"), (6, "home"), (14, "foster")], []),
        (0, 60, [(3, "residential"), (4, "home")], []),
        (0, 60, [(50, "foster"), (51, "home")], []),
        horizon=60,
    )
    after = {"group": "placed", "after": "placed", "months": 12}
    # The first leaves in months 2 and 6 of a year, which is once: back twice within twelve months.
    assert MEASURES["reached_after"](seen, **after) == 0.5
    assert MEASURES["entries_after"](seen, **after) == 1.0
    assert MEASURES["entries_after"](seen, **{**after, "months": 3}) == pytest.approx(1 / 3)


def test_who_leaves_and_how_long_those_stay_who_never_come_out():
    """One of two leaves after five years; a stay that ends with it is seen by turnover alone."""
    seen = lives((0, 60, [(36, "foster")], []), (0, 120, [], []))
    assert MEASURES["leaving_rate"](seen) == pytest.approx(1 / 15)
    assert MEASURES["leaving_rate"](seen, ages=[5, 10]) == 0
    assert MEASURES["time_per_entry"](seen, "placed", unit="year") == 2
    assert np.isnan(MEASURES["mean_duration"](seen, "placed"))


def test_returns_are_told_by_the_length_of_the_stay_that_ended():
    """A stay of five months and one of a year; only the short one is followed by a return."""
    seen = lives(
        (0, 120, [(10, "foster"), (15, "home"), (20, "foster"), (32, "home")], []),
        (0, 120, [(10, "foster"), (22, "home")], []),
    )
    again = MEASURES["again_within"]
    assert again(seen, "placed", 24) == pytest.approx(1 / 3)
    assert again(seen, "placed", 24, spell_months=[0, 6]) == 1
    assert again(seen, "placed", 24, spell_months=[6, 13]) == 0
    assert np.isnan(again(seen, "placed", 24, spell_months=[13, 99]))


def test_outcomes_by_age_at_first_entry_of_those_who_were_there_all_the_time():
    """Both are placed all of the last ten months; one came at 1, the other at 4 years of age."""
    early = (0, 120, [(12, "foster")], [(60, "ineligible")])
    late = (0, 120, [(49, "foster")], [(60, "eligible")])
    short = (0, 120, [(51, "foster")], [(60, "eligible")])
    again = (0, 120, [(12, "foster"), (20, "home"), (40, "foster")], [(60, "ineligible")])
    seen = lives(early, late, short, again)

    def eligible(low, high):
        all_of_it = {"group": "placed", "months": 10}
        first = {"group": "placed", "ages": [low, high]}
        where = {"throughout": all_of_it, "first": first}
        return MEASURES["outcome_share"](seen, "school.eligible", "done", where=where)

    assert eligible(0, 2) == 0
    assert eligible(4, 5) == 1  # the one who came too late for ten months is left out
    assert np.isnan(eligible(2, 4))
    where = {"throughout": {"group": "placed", "months": 10}}
    assert MEASURES["outcome_share"](seen, "school.eligible", "done", where=where) == 1 / 3


def test_conditions_on_moments_and_on_time_agree():
    """What is asked of a moment holds in just the time to which a span is narrowed."""
    seen = lives(
        (0, 120, [(12, "foster"), (30, "home"), (50, "residential")], []), (0, 120, [], [])
    )
    person, step = np.repeat([0, 1], 120), np.tile(np.arange(120), 2)
    for where in (
        {"in": "placed"},
        {"not_in": "placed"},
        {"ever": "placed"},
        {"never": "placed"},
        {"first": {"group": "placed", "ages": [1, 2]}},
        {"first": {"group": "care.residential", "ages": [1, 2]}},
        {"throughout": {"group": "placed", "months": 6}},
    ):
        inside = seen.narrowed(seen.residents(), where).covers(person, step)
        np.testing.assert_array_equal(seen.holds(where, person, step), inside, err_msg=str(where))


def test_who_is_still_there_a_year_later():
    """At two turns of the year; one is there at both, one left, one is away between and back."""
    seen = lives(
        (0, 60, [(6, "foster")], []),
        (0, 60, [(6, "foster"), (20, "home")], []),
        (0, 60, [(6, "foster"), (14, "home"), (22, "foster"), (30, "home")], []),
        (0, 18, [(6, "foster")], []),
        horizon=60,
    )
    # The first in years 1-3, of whom all remain; the second in year 1; the third in years 1 and 2.
    assert MEASURES["still_in"](seen, "placed") == pytest.approx((3 + 0 + 1 + 0) / (3 + 1 + 2))
    assert MEASURES["still_in"](seen, "placed", ages=[1, 2]) == pytest.approx(2 / 3)
    assert MEASURES["still_in"](seen, "placed", months=24) == pytest.approx(2 / 5)


def test_who_is_there_in_the_next_year_too():
    """In it at some time of the year, or all of it."""
    seen = lives(
        (0, 60, [(6, "foster"), (40, "home")], []),
        (0, 60, [(6, "foster"), (11, "home")], []),
        horizon=60,
    )
    # Years 0-3 and year 0; what comes after the last year is not known.
    assert MEASURES["next_year_share"](seen, "placed") == pytest.approx(3 / 5)
    assert MEASURES["next_year_share"](seen, "placed", months=12) == pytest.approx(1 / 2)
    assert MEASURES["next_year_share"](seen, "placed", ages=[0, 1]) == pytest.approx(1 / 2)


def test_time_so_far_is_that_of_those_who_are_there():
    """One has been in care for six months, then for eighteen; another for two."""
    seen = lives(
        (0, 36, [(6, "foster"), (30, "home")], []),
        (0, 36, [(10, "foster"), (13, "home")], []),
        horizon=36,
    )
    assert MEASURES["time_so_far"](seen, "placed") == pytest.approx((6 + 18 + 2) / 3)
    assert MEASURES["time_so_far"](seen, "placed", ages=[2, 3], unit="year") == 1.5


def test_moves_within_a_stay():
    """Two moves in one stay, also back to the same state, and none in another."""
    seen = lives(
        (0, 120, [(10, "foster"), (15, "residential"), (20, "residential"), (30, "home")], []),
        (0, 120, [(10, "foster"), (22, "home")], []),
        (0, 120, [(10, "foster")], []),
    )
    assert MEASURES["moves_per_stay"](seen, "placed") == 1
    assert MEASURES["moves_per_stay"](seen, "placed", at_least=1) == 0.5
    assert MEASURES["moves_per_stay"](seen, "placed", spell_months=[0, 13]) == 0


def test_exits_are_told_apart_from_other_departures():
    """Two die, of whom one had been placed; another has moved."""
    seen = lives(
        (0, 60, [(12, "foster"), (24, "home")], []),
        (0, 36, [], []),
        (0, 24, [], []),
        exits={"residence.dead": [0, 1]},
    )
    dead = "residence.dead"
    assert MEASURES["exit_rate"](seen, dead) == pytest.approx(2 / 10)
    assert MEASURES["exit_rate"](seen, dead, ages=[4, 6], per=1000) == pytest.approx(1000)
    ratio = MEASURES["exit_ratio"](seen, dead, {"ever": "placed"}, {"never": "placed"})
    assert ratio == pytest.approx((1 / 4) / (1 / 6))


def test_costs_are_those_of_what_residents_use_at_the_prices_of_the_pathway():
    """A child in foster care for two years of ten, and one meeting on the way in."""
    seen = lives((0, 120, [(12, "foster"), (36, "home")], []), (0, 120, [], []))
    assert MEASURES["cost_per_resident"](seen, "day") == pytest.approx(2 * 120 / 20)
    assert MEASURES["cost_per_resident"](seen, "day", ages=[0, 5]) == pytest.approx(2 * 120 / 10)
    both = ["day", "meeting"]
    assert MEASURES["cost_per_resident"](seen, both) == pytest.approx((2 * 120 + 60) / 20)
    assert MEASURES["cost_share"](seen, "day", of=both) == pytest.approx(240 / 300)
    earlier = MEASURES["cost_per_resident"](seen, "day", price_level=2015)
    assert earlier < 12


def test_what_life_histories_cannot_tell_is_not_counted():
    """Another transition between the same states, or a use with factors."""
    seen = lives(
        (0, 120, [(12, "foster")], []), pathway={"transitions": {**MOVES, "b": MOVES["a"]}}
    )
    with pytest.raises(ValueError, match="between the same states"):
        MEASURES["cost_per_resident"](seen, "meeting")
    tracks = {**PATHWAY["tracks"]}
    use = {"amount": 1, "factors": ["x"]}
    tracks["care"] = {
        **tracks["care"],
        "states": {**tracks["care"]["states"], "home": {"label": "home", "uses": {"day": use}}},
    }
    factor = {"x": {"feature": "age", "below": [1], "values": [1, 2]}}
    seen = lives((0, 120, [], []), pathway={"tracks": tracks, "factors": factor})
    with pytest.raises(ValueError, match="has factors"):
        MEASURES["cost_per_resident"](seen, "day")


def test_evaluate_says_what_is_inside_and_why_not():
    """The table holds range, value, verdict and the stated reason of a miss."""
    common = {
        "label": {"sv": "Placerade", "en": "Placed"},
        "source": "by hand",
        "grade": "measured",
    }
    point = {"measure": "point_share", "arguments": {"group": "placed"}, **common}
    seen = lives(
        (0, 120, [(60, "foster")], []),
        targets={
            "hit": {"low": 0.4, "high": 0.6, **point},
            "missed": {"low": 0.0, "high": 0.1, "miss": "too few", **point},
        },
    )
    found = in_swedish(lambda: evaluate(seen.pathway, seen))
    assert list(found["inside"]) == [True, False]
    assert found.loc["hit", "simulated"] == 0.5
    assert found.loc["missed", "miss"] == "too few"
    assert found.loc["hit", ["label", "unit"]].tolist() == ["Placerade", "andel"]


def test_years_and_what_was_held_out_stand_in_the_table():
    """A year is a number or a text in both languages; without one the cell is empty."""
    target = {
        "label": "A",
        "measure": "point_share",
        "arguments": {"group": "placed"},
        "low": 0,
        "high": 1,
        "source": "by hand",
        "grade": "measured",
    }
    born = {"sv": "födda 1995", "en": "born in 1995"}
    targets = {
        "a": {**target, "year": 2022, "held_out": True},
        "b": {**target, "year": born},
        "c": target,
    }
    seen = lives((0, 120, [], []), targets=targets)
    found = in_swedish(lambda: evaluate(seen.pathway, seen))
    assert found["year"].tolist() == ["2022", "födda 1995", ""]
    assert found["held_out"].tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"measure": "point_shar"}, r"targets.a: unknown measure 'point_shar', did you mean"),
        ({"arguments": {"grop": "placed"}}, r"targets.a: point_share: .*grop"),
        ({"arguments": {"group": "care.palced"}}, r"targets.a: point_share: .*palced"),
        ({"arguments": {"group": "placed", "where": {"inn": "placed"}}}, r"targets.a: .*'inn'"),
    ],
)
def test_a_wrong_target_is_answered(change, message):
    """The message names the target, the measure and what is wrong."""
    target = {
        "label": "A",
        "measure": "point_share",
        "arguments": {"group": "placed"},
        "low": 0,
        "high": 1,
        "source": "by hand",
        "grade": "measured",
    }
    seen = lives((0, 120, [], []), targets={"a": {**target, **change}})
    with pytest.raises(ValueError, match=message):
        evaluate(seen.pathway, seen)
