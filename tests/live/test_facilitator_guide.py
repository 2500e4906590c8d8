"""The guide for who leads a room: its minutes, its keys, and answers that are those of the run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from helpers.made_up import MadeUp

import sisim.live
from sisim.analysis.comparison import Comparison, compare
from sisim.i18n import in_language, number
from sisim.live.facilitator_guide import LessonPart, guide, preparations
from sisim.report.formats import money

SCRIPT = Path(sisim.live.__file__).parent / "static" / "page.js"


@pytest.fixture(scope="module")
def told() -> Comparison:
    return compare(MadeUp())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with in_language("en"):
        yield


def words(moment: LessonPart) -> list[str]:
    return [moment.title, *moment.ask, *moment.expect, *(text for _, text in moment.press)]


def test_the_parts_fill_forty_five_minutes(told: Comparison) -> None:
    moments = guide(told)
    assert (moments[0].first, moments[-1].last) == (0, 45)
    assert all(one.last == next_.first for one, next_ in pairwise(moments))
    assert all(one.press and one.ask and one.expect for one in moments)


def test_every_key_is_one_that_the_page_knows(told: Comparison) -> None:
    listed = re.search(r"KEYS = {(.*?)};", SCRIPT.read_text(encoding="utf-8"), re.DOTALL)
    assert listed is not None
    known = set(re.findall(r"(\w+): \"", listed[1]))
    pressed = {key for one in guide(told) for key, _ in one.press if len(key) == 1}
    pressed |= {key for line in preparations() for key in re.findall(r"\b[A-Z]\b", line)}
    assert {"T", "G", "C", "V", "P", "F", "D", "R"} <= pressed
    assert {key.lower() for key in pressed} <= known


def test_the_answers_are_those_of_the_run(told: Comparison) -> None:
    first, *_ = guide(told)
    assert any(money(told.today) in line for line in first.expect)
    side = told.new_way
    people = next(one for one in guide(told) if one.title.startswith("The people"))
    assert any(number(round(side.headline["helped"][0])) in line for line in people.expect)


def test_no_question_holds_a_number(told: Comparison) -> None:
    assert [line for one in guide(told) for line in one.ask if re.search(r"\d", line)] == []


def test_every_line_has_its_swedish(told: Comparison) -> None:
    with in_language("sv"):
        swedish = [words(one) for one in guide(told)]
    for one, other in zip([words(one) for one in guide(told)], swedish, strict=True):
        assert len(one) == len(other)
        assert not set(one) & set(other)
