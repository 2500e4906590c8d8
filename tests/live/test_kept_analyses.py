"""Analyses in a folder: what has been run is there, wherever the process was ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.test_analyses import ended, key

from sisim.live.analyses import Analyses, AnalysisJob, InterruptedAnalysisError
from sisim.live.kept_analyses import ANALYSES, KeptAnalysis
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario

RUNS = 25
Whole = tuple[bytes, list[str]]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("placed-youth", {"population.residents": 200, "time.years": 3})


@pytest.fixture(scope="module")
def whole(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[str]]:
    """Return what the file of a finished sweep holds, and what it says."""
    folder = tmp_path_factory.mktemp("kept")
    job = ended(Analyses(folder).start(key(scenario)))
    assert job.answer is not None, job.why
    (file,) = (folder / ANALYSES).glob("*.jsonl")
    return file.read_bytes(), job.answer.words()


def found_in(folder: Path, content: bytes, name: str = "one.jsonl") -> list[AnalysisJob]:
    """Return what a server finds that is started on a folder with a file."""
    (folder / ANALYSES).mkdir(exist_ok=True)
    (folder / ANALYSES / name).write_bytes(content)
    return Analyses(folder).listed()


def test_a_finished_one_is_there_for_the_next_server_and_simulates_nothing(
    whole: Whole, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Analyses(tmp_path)
    job = ended(held.start(key(scenario)))
    assert job.answer is not None
    later = Analyses(tmp_path)
    (left,) = later.listed()
    assert left.finished
    assert left.key == key(scenario)
    assert left.key.scenario.model_dump() == scenario.model_dump()

    def never(*_: object) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr("sisim.analysis.cell.Runner.rows", never)
    opened = ended(later.start(left.key))
    assert opened.answer is not None, opened.why
    assert opened.answer.words() == job.answer.words() == whole[1]
    later.drop(left.key)
    assert Analyses(tmp_path).listed() == []


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1))
def test_a_file_that_is_cut_anywhere_has_all_but_the_last_run(
    share: float, whole: Whole, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = whole[0]
    head = content.index(b"\n", 1) + 1
    cut = head + round(share * (len(content) - head))
    folder = tmp_path_factory.mktemp("cut")
    (folder / "a.jsonl").write_bytes(content[:cut])
    there = KeptAnalysis(folder / "a.jsonl")
    lines = content[:cut].count(b'"rows"')
    assert lines - 1 <= len(there) <= lines
    assert there.ended in ("", "done")
    if there.ended:
        assert len(there) == RUNS


def test_one_that_was_interrupted_says_so_and_goes_on(
    whole: Whole, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = whole[0].split(b"\n")
    half = b"\n".join([*lines[:30], lines[30][:20]])
    held = Analyses(tmp_path)
    kept = held._kept(key(scenario))
    assert kept is not None
    (left,) = found_in(tmp_path, half, kept.file.name)
    assert isinstance(left.error, InterruptedAnalysisError)
    assert left.goes_on
    assert left.why == f"It was interrupted after {left.done} of {RUNS} runs."
    done = left.done
    assert 0 < done < RUNS
    ran: list[int] = []
    learn = KeptAnalysis.learn

    def counted(self: KeptAnalysis, *given: object) -> None:
        ran.append(1)
        learn(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(KeptAnalysis, "learn", counted)
    job = ended(Analyses(tmp_path).start(left.key))
    assert job.answer is not None, job.why
    assert len(ran) == RUNS - done
    assert job.answer.words() == whole[1]


def test_runs_of_another_version_are_run_again(whole: Whole, tmp_path: Path) -> None:
    head, *rest = whole[0].lstrip(b"\n").split(b"\n")
    (left,) = found_in(tmp_path, b"\n".join([head.replace(b'"code": "', b'"code": "x'), *rest]))
    assert left.kept is not None
    left.kept.begin(left.key.written)
    assert len(left.kept) == 0


def test_what_is_no_analysis_is_left_alone(tmp_path: Path) -> None:
    for content in (
        b"",
        b"{}",
        b"[1]\n",
        b'{"of": {"kind": "sweep"}}',
        b"\xff\xfe",
        b'{"rows": 1}',
    ):
        assert found_in(tmp_path, content) == []
        assert (tmp_path / ANALYSES / "one.jsonl").read_bytes() == content


def test_only_one_works_at_it(scenario: Scenario, tmp_path: Path) -> None:
    held = Analyses(tmp_path)
    kept = held._kept(key(scenario))
    assert kept is not None
    with kept.alone():
        assert ended(held.start(key(scenario))).why == "Another sisim is working at it."


def test_a_folder_that_cannot_be_used_is_told(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / ANALYSES).write_bytes(b"a file")
    assert "cannot be used" in ended(Analyses(tmp_path).start(key(scenario))).why
