"""Who asks for the same study waits for the same one, and not more is held than has room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sisim.i18n import in_language
from sisim.live.computations import Computations
from sisim.live.evaluation_studies import Studies, StudyKey
from sisim.live.scenario_library import Library
from sisim.live.settings import Settings
from sisim.live.view_state import ViewState
from sisim.scenario.errors import ScenarioError

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"


@pytest.fixture(scope="module")
def library() -> Library:
    found = Library(str(EV1))
    found.studies = Studies(draws=3)
    return found


def visit(library: Library, **more: Any) -> ViewState:
    return ViewState(library, Settings(), Settings(show="evaluation", **more))


def key(library: Library, **more: Any) -> StudyKey:
    return visit(library, **more).study_key


def in_a_loop(lesson: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a lesson in a thread of its own: a browser may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(lesson(), 120))).result()


def test_visitors_who_look_at_the_same_share_a_study(library: Library) -> None:
    one, other = key(library), key(library, dark=True, evaluation="other")
    assert one == other
    assert library.studies.of(one) is library.studies.of(other)
    for more in ({"size": 2.0}, {"seed": 2}, {"values": {"effect": 0.4}}):
        assert key(library, **more) != one


def test_municipalities_report_to_all_who_wait_and_are_simulated_once(library: Library) -> None:
    studies, mine = library.studies, key(library)

    async def lesson() -> None:
        computations = Computations()
        asked = [
            computations.result(
                ("evaluations", mine, 2), lambda go_on: studies.grow(mine, 2, go_on)
            )
            for _ in range(5)
        ]
        await asyncio.gather(*asked)

    in_a_loop(lesson)
    study = studies.reported(mine)
    assert study.municipalities == 2
    assert not study.table.duplicated(["draw", "world", "design"]).any()
    assert studies.of(mine).seconds_left > 0


def test_what_is_said_is_said_in_the_language_of_whoever_reads_it(library: Library) -> None:
    studies, mine = library.studies, key(library)
    studies.grow(mine, 1)
    said = []
    for lang in ("en", "sv"):
        with in_language(lang):  # type: ignore[arg-type]
            said.append(set(studies.reported(mine).draws["failed"]))
    assert said == [
        {"", "there is nothing to compare with"},
        {"", "det finns inget att jämföra med"},
    ]


def test_a_larger_size_has_more_who_take_part(library: Library) -> None:
    usual, twice = (key(library, size=size).studied() for size in (1.0, 2.0))
    assert twice.population.residents == 2 * (usual.population.residents or 0)
    moved = key(library, values={"effect": 0.0}).studied()
    assert moved.investments != usual.investments


def test_what_is_too_much_for_a_page_is_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sisim.live.limits.LONGEST", 0.0)
    with pytest.raises(ScenarioError):
        key(library, size=4.0).studied()


def test_old_studies_make_room_for_new_ones(library: Library) -> None:
    studies = Studies(draws=3, most=2)
    keys = [key(library, seed=seed) for seed in range(1, 5)]
    for one in keys:
        studies.of(one)
    assert len(studies) == 2
    kept = studies.of(keys[-1])
    assert studies.of(keys[-1]) is kept
    studies.release()
    assert len(studies) == 0


def test_a_scenario_without_evaluations_has_no_such_view() -> None:
    state = ViewState(
        Library("placed-youth", {"population.residents": 500}),
        Settings(),
        Settings(show="evaluation"),
    )
    assert "evaluation" not in state.shows
    assert state.show == "figures"


def test_a_link_leads_to_an_evaluation_and_a_size(library: Library) -> None:
    asked = Settings.of({"show": "evaluation", "evaluation": "other", "size": "2"}, Settings(), {})
    assert (asked.show, asked.evaluation, asked.size) == ("evaluation", "other", 2.0)
    assert Settings.of({"size": "3"}, Settings(), {}).size == 1.0
    again = dict(part.split("=") for part in asked.query(Settings()).split("&"))
    assert Settings.of(again, Settings(), {}) == asked
    assert visit(library, evaluation="nothing").evaluation == "one_year"


def test_what_participants_cost_before_and_after_is_simulated_once(library: Library) -> None:
    mine = key(library, years=9)
    found = library.studies.course(mine, "one_year")
    assert found.investment == "team"
    assert found.participants.all()
    # The other area is compared with the same participants.
    assert library.studies.course(mine, "other") is found
