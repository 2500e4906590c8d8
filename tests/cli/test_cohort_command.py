"""`sisim cohort` and `sisim.expected`: published answers by one command, and refusals told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers.command_line import sisim as command
from helpers.words import SCENARIOS

import sisim
from sisim.engine.cohort import NotExact

PUBLISHED = Path(__file__).parents[2] / "experiments/published"


def test_sick_sicker_comes_out_to_the_last_digit(tmp_path: Path) -> None:
    result = command("cohort", str(PUBLISHED / "p1-sick-sicker.toml"), "--out", str(tmp_path / "o"))
    assert result.exit_code == 0, result.output
    for said in ("75,976.15", "15.838848", "141,623.03", "16.400406", "116,901.38"):
        assert said in result.output
    table = pd.read_csv(tmp_path / "o/incremental.csv", sep=None, engine="python")
    assert round(table["icer"].iloc[1], 2) == 116901.38
    each = pd.read_parquet(tmp_path / "o/per-person.parquet").set_index(["arm", "measure"])
    found = each["per_person"]
    assert round(found["without", "cost"], 6) == 75976.149140
    assert round(found["without", "qaly"], 9) == 15.838847815
    assert round(found["treatment", "cost"], 6) == 141623.028188
    assert round(found["treatment", "qaly"], 9) == 16.400405589
    traces = pd.read_parquet(tmp_path / "o/traces.parquet")
    last = traces[(traces["arm"] == "without") & (traces["cycle"] == 30)]
    assert last["share"].round(8).tolist() == [0.34868357, 0.08839631, 0.20652876, 0.35639135]
    assert (tmp_path / "o/states.svg").exists()


@pytest.mark.parametrize(
    ("counting", "ratio"), [("both", 5100.02), ("start", 5078.1957), ("end", 5121.8154)]
)
def test_hiv_however_it_is_counted(counting: str, ratio: float) -> None:
    found = sisim.expected(PUBLISHED / "p2-hiv.toml", {"economy.counting": counting})
    table = found.icer_table()
    digits = len(str(ratio).partition(".")[2])
    assert round(float(table["icer"].iloc[1]), digits) == ratio
    if counting == "both":
        assert round(float(table["inc_cost"].iloc[1]), 2) == 44222.75
        assert round(float(table["inc_effect"].iloc[1]), 6) == 8.671094


def test_what_comes_by_cycle_adds_up_to_what_comes_in_all() -> None:
    found = sisim.expected(PUBLISHED / "p2-hiv.toml")
    from sisim.economics.per_person import by_cycle

    sums = by_cycle(found.settled).groupby(["arm", "measure"])["discounted"].sum()
    for row in found.per_person.itertuples():
        assert sums[row.arm, row.measure] == pytest.approx(row.total)
        assert row.per_person == pytest.approx(row.total / 1000)


def test_the_cost_is_that_of_the_report_on_money() -> None:
    found = sisim.expected(PUBLISHED / "p1-sick-sicker.toml")
    (effect,) = found.effectiveness
    table = found.icer_table()
    people = 100_000
    assert table["inc_cost"].iloc[1] == pytest.approx(effect.cost[0, 1] / people)
    assert table["icer"].iloc[1] == pytest.approx(effect.ratio("treatment"))


def test_nothing_is_drawn() -> None:
    found = sisim.expected(PUBLISHED / "p1-sick-sicker.toml")
    assert found.seeds == ()
    assert "computed exactly" in repr(found)
    assert "per person" in found.summary("en")
    assert "per person" in found.summary("sv")
    assert "<table" in found._repr_html_()
    with pytest.raises(LookupError, match="qaly"):
        found.icer_table("utility")


@pytest.mark.parametrize(("lang", "said"), [("en", "depends on other people"), ("sv", "beror på")])
def test_where_people_share_places_the_reason_is_told(
    lang: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command("cohort", str(SCENARIOS / "brobyggare-orebro.toml"), lang=lang)
    assert result.exit_code == 2
    assert "investments.bridge.capacity" in result.output
    assert said in result.output
    with pytest.raises(NotExact):
        sisim.expected("placed-youth", {"population.residents": 500})
