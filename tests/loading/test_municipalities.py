"""Municipalities in a table, and those that are made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sisim.loading.municipalities import made_up, read_municipalities
from sisim.scenario.errors import ScenarioError


def test_a_swedish_table_is_read(tmp_path: Path) -> None:
    file = tmp_path / "kommuner.csv"
    file.write_text("Kommun;Län;Folkmängd\nAlfa;Norr;12 500\nBeta;Söder;800\nGamma;Norr;99000\n")
    found = read_municipalities(file)
    assert found.names == ("Alfa", "Beta", "Gamma")
    assert found.residents.tolist() == [12500, 800, 99000]
    assert found.regions[0] == found.regions[2] != found.regions[1]
    assert not found.made_up


@pytest.mark.parametrize(
    ("text", "english", "swedish"),
    [
        ("kommun;invånare\nA;1\nA;2\n", "stands in row 2, too", "står även på rad 2"),
        ("kommun;invånare\nA;0\nB;2\n", "must be over 0", "större än 0"),
        ("kommun;invånare\nA;5\n", "two municipalities at least", "minst två kommuner"),
        ("kommun;invånare\nA;\nB;2\n", "Nothing stands here", "Här står ingenting"),
        ("kommun;län\nA;x\n", "is missing", "saknas"),
    ],
)
def test_what_is_wrong_in_a_table_is_told(
    text: str, english: str, swedish: str, tmp_path: Path
) -> None:
    from sisim.i18n import in_language

    file = tmp_path / "kommuner.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_municipalities(file)
    for lang, words in (("en", english), ("sv", swedish)):
        with in_language(lang):  # type: ignore[arg-type]
            assert words in " ".join(one.reason.text for one in error.value.problems)


def test_those_made_up_are_many_small_and_few_large() -> None:
    found = made_up(290)
    assert found.made_up
    assert len(set(found.names)) == 290
    assert np.median(found.residents) == pytest.approx(16_000, rel=0.01)
    assert found.residents.mean() == pytest.approx(36_500, rel=0.05)
