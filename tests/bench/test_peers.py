"""The tools that are measured beside sisim give the published answer, or are not compared."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.command_line import sisim

from sisim.bench import peers
from sisim.bench.peers import PEERS, Peer, PeerComparison, compare_peers, deviation
from sisim.bench.sick_sicker import CYCLES, exact_shares

FEWER = 0.02


@pytest.fixture(scope="module")
def compared() -> PeerComparison:
    """Return a comparison of those that are installed, of few people."""
    return compare_peers(FEWER, seconds=0.0)


def test_the_exact_shares_are_the_published_ones() -> None:
    at_30 = [0.34868357, 0.08839631, 0.20652876, 0.35639135]
    assert exact_shares()[30].round(7) == pytest.approx(at_30, abs=1e-7)


def test_all_that_are_installed_give_the_published_answer(compared: PeerComparison) -> None:
    assert compared.equal
    assert {"sisim", "Numba", "NumPy", "Mesa"} <= set(compared.table["tool"])
    told = [*compared.table["tool"], *(p.name for p in PEERS if p.package in compared.missing)]
    assert sorted(told) == sorted(one.name for one in PEERS)


def test_a_tool_that_moves_people_otherwise_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person in a hundred more falls ill in a cycle than should."""
    right = PEERS[0]

    def wrong(people: int, seed: int) -> peers.Run:
        seconds, counts = right.run(people, seed)
        moved = counts[:, 0] // 100
        return seconds, counts + np.outer(moved, [-1, 1, 0, 0])

    monkeypatch.setattr(peers, "PEERS", (right, dataclasses.replace(right, run=wrong)))
    found = compare_peers(FEWER, seconds=0.0)
    assert not found.equal
    assert found.table["deviation"].iloc[0] <= found.limit < found.table["deviation"].iloc[1]


def test_what_is_exact_lies_nowhere_from_the_answer() -> None:
    assert deviation(exact_shares()[1:] * 10_000, 10_000) == pytest.approx(0.0)


@pytest.mark.parametrize("name", ["Starsim", "Numba"])
def test_what_is_not_installed_is_left_out_and_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = Peer(name, "no-such-package", 1, lambda *_: pytest.fail("it is not there"))
    monkeypatch.setattr(peers, "PEERS", (PEERS[0], absent))
    monkeypatch.setattr(peers, "PEOPLE", 1000)
    found = compare_peers(FEWER, seconds=0.0)
    assert found.missing == ("no-such-package",)
    assert list(found.table["tool"]) == ["sisim"]


@pytest.mark.parametrize("equal", [True, False])
def test_the_command_says_whether_they_are_equal(
    compared: PeerComparison, equal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = compared.limit if equal else 0.0
    told = dataclasses.replace(compared, limit=limit, missing=("starsim",))
    monkeypatch.setattr(peers, "compare_peers", lambda: told)
    result = sisim("bench", "--peers")
    assert result.exit_code == (0 if equal else 2)
    assert ("All give the published answer" in result.output) == equal
    assert "Not installed, and left out: starsim." in result.output
    assert CYCLES == 30


def test_one_thing_is_measured_at_a_time() -> None:
    assert sisim("bench", "--peers", "--growth").exit_code == 2
