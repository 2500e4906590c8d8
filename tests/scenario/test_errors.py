"""Errors suggest the nearest name."""

from difflib import get_close_matches

from sisim.scenario.errors import nearest


def test_the_nearest_of_many_is_that_of_the_standard_library() -> None:
    names = [f"transitions.{kind}{n}.rate" for kind in ("placed", "moves") for n in range(200)]
    for name in ("transitions.placd17.rate", "transition.moves1.rates", "placed", "moves19.rate"):
        assert [nearest(name, names)] == (get_close_matches(name, names, 1) or [None])
