"""Estimation files: what is wrong is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.registers import HEAD, estimation

from sisim.estimation.estimate_file import load_estimation
from sisim.scenario.errors import ScenarioError

ROWS = f"{HEAD}\n1;HVB;2020-01-01;;2008\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"states": '{ "HVB" = "carre" }'}, 'The state "carre" does not exist. Did you mean'),
        ({"states": "{}"}, "states"),
        ({"observed": ("2019-01", "2018-12")}, "The last day comes before the first"),
        ({"observed": ("2019-02-30", "2020-12")}, "There is no such day"),
        ({"lines": 'between = "nowhere"'}, 'The state "nowhere" does not exist'),
        ({"lines": '[transitions.begin]\nprior = "none"'}, 'The transition "begin" does not'),
        ({"lines": "[privacy]\nleast_persons = 1"}, "privacy.least_persons"),
        ({"pathway": "nothing"}, "nothing"),
        ({"lines": 'kind = "rows"'}, "kind"),
        ({"lines": 'kind = "aggregated"'}, 'The column "person" does not exist'),
    ],
)
def test_what_is_wrong_in_the_file_is_told(
    tmp_path: Path, more: dict[str, object], said: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_estimation(estimation(tmp_path, ROWS, **more))  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "estimate.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = estimation(tmp_path, ROWS)
    (tmp_path / "register.csv").rename(tmp_path / "registr.csv")
    with pytest.raises(ScenarioError, match=r"register\.csv.*cannot be read"):
        load_estimation(path)
    with pytest.raises(ScenarioError, match="There is no estimation file"):
        load_estimation(tmp_path / "other.toml")


def test_of_spells_the_file_says_when_the_register_was_kept(tmp_path: Path) -> None:
    path = estimation(tmp_path, ROWS)
    lines = path.read_text(encoding="utf-8").splitlines()
    without = "\n".join(line for line in lines if not line.startswith("observed"))
    path.write_text(without, encoding="utf-8")
    with pytest.raises(ScenarioError, match='"observed" is missing'):
        load_estimation(path)


def test_two_extracts_of_one_track_are_refused(tmp_path: Path) -> None:
    path = estimation(tmp_path, ROWS)
    text = path.read_text(encoding="utf-8")
    again = text[text.index("[data.placements]") :].replace("data.placements", "data.again")
    path.write_text(text + again, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r'data\.again\.track: Another extract.*"placements"'):
        load_estimation(path)
