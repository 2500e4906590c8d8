"""What a key of a file means is said in words, with what it takes and where it stands."""

import pytest
from helpers.command_line import sisim

from sisim.cli.key_explanation import HIDDEN, FileKey, description, plain, roots
from sisim.i18n import help_text, in_language


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("investments.team.reach", ["in [investments.team]", "number from 0 to 1", "Unset: 1."]),
        ("population.residents", ["a scenario file", "a whole number over 0", "left out"]),
        ("time.start", ["Takes a month, as 2026-01", "Unset: 2026-01."]),
        ("investments.team.unit", ["one of person, family"]),
        ("investments.team.start", ["It must be given."]),
        ("investments.team.effects.0.persistence.years", ["What is left of an effect"]),
        ("investments.team.target.age", ["in [investments.team.target]", "any value"]),
        ("transitions.placement.rate", ["a pathway file", "of at least 0", "A hazard"]),
        ("design.sampling", ["an experiment file", "random, latin_hypercube, sobol"]),
        ("economy", ["Takes a table.", "Its keys: price_level"]),
    ],
)
def test_a_key_is_explained(key: str, told: list[str]) -> None:
    result = sisim("explain-key", key)
    assert (result.exit_code, result.stdout.partition("\n")[0]) == (0, key)
    words = " ".join(result.stdout.split())
    assert [text for text in told if text not in words] == []


def test_a_key_that_several_files_have_is_explained_for_each() -> None:
    said = sisim("explain-key", "title").stdout
    assert "a scenario file" in said
    assert "a pathway file" in said


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    result = sisim("explain-key", "investments.team.reech")
    assert (result.exit_code, result.stdout) == (2, "")
    assert 'Did you mean "investments.team.reach"?' in result.stderr
    assert (
        "Menade du ”population.residents”?"
        in sisim("explain-key", "population.resident", lang="sv").stderr
    )
    assert "Valid here: " in sisim("explain-key", "xyzzy").stderr


def test_what_frames_a_description_is_swedish_too() -> None:
    said = sisim("explain-key", "investments.team.reach", lang="sv").stdout
    assert "Tar ett tal från 0 till 1 eller en formel av parametrar, ensamt eller i en" in said
    assert "Tabellen som den står i, [investments.team]:" in said


def test_every_key_of_every_table_is_described_in_both_languages() -> None:
    silent, english = set(), set()
    for root in roots():
        for name, table in {root.kind: root.table, **root.definitions}.items():
            if name == "FactorFile":  # what was read from a file, and no table of one
                continue
            for key, schema in table.get("properties", {}).items():
                one = FileKey(root.kind, (name, key), schema, table, root.definitions)
                text = description(one)
                # The features of a condition stand in it directly.
                hidden = key in HIDDEN or (name, key) == ("Condition", "features")
                if not hidden and not text:
                    silent.add(f"{name}.{key}")
                with in_language("sv"):
                    if text and help_text(plain(text)) == plain(text):
                        english.add(f"{name}.{key}")
    assert (silent, english) == (set(), set())
