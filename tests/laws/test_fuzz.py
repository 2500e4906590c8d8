"""A changed file of any kind ends in an answer or in acceptance; `helpers.fuzz` runs many more."""

from helpers.fuzz import KINDS, fuzz


def test_changed_files_of_every_kind_are_answered_or_accepted() -> None:
    counts, failed = fuzz(range(250), seed=3)
    assert failed == {}
    assert {kind for kind, _ in counts} == set(KINDS)
    assert {outcome for _, outcome in counts} == {"answered", "accepted", "ran"}
