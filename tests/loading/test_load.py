"""Whatever is done to a file, it is either well or answered: never a traceback (L9)."""

import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.any_files import HOSTILE, ODD, Raw, answer, places, to_toml
from helpers.small_files import PATHWAY, RICH, SCENARIO
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sisim.loading.load import changed, load_pathway, load_scenario, with_checked_numbers
from sisim.scenario.digest import digest
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import numbers


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_changed_file_is_well_or_answered(data: st.DataObject) -> None:
    documents = {"small.toml": tomllib.loads(RICH), "trial.toml": tomllib.loads(SCENARIO)}
    for _ in range(data.draw(st.integers(1, 3))):
        document = documents[data.draw(st.sampled_from(sorted(documents)))]
        path = data.draw(st.sampled_from(places(document)))
        parent: Any = document
        for key in path[:-1]:
            parent = parent[key]
        last = path[-1]
        value = data.draw(ODD)
        if value is None:
            del parent[last]
        elif isinstance(parent, dict) and isinstance(value, str) and not isinstance(value, Raw):
            parent[value] = parent.pop(last)
        else:
            parent[last] = value
    with tempfile.TemporaryDirectory() as folder:
        for name, content in documents.items():
            lines = [f"{to_toml(key)} = {to_toml(value)}\n" for key, value in content.items()]
            (Path(folder) / name).write_text("".join(lines), encoding="utf-8")
        answer(Path(folder) / "trial.toml")


def misspelt(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each key of documents as it may be misspelt, and the documents it then stands in."""
    for name, text in texts.items():
        for path in places(tomllib.loads(text)):
            documents = {each: tomllib.loads(other) for each, other in texts.items()}
            parent: Any = documents[name]
            for key in path[:-1]:
                parent = parent[key]
            if isinstance(parent, dict):
                parent[f"{path[-1]}x"] = parent.pop(path[-1])
                yield (
                    name,
                    "".join(f"{to_toml(k)} = {to_toml(v)}\n" for k, v in documents[name].items()),
                )


def test_a_key_misspelt_anywhere_is_well_or_answered(tmp_path: Path) -> None:
    texts = {"small.toml": RICH, "trial.toml": SCENARIO}
    for name, text in misspelt(texts):
        for other, whole in texts.items():
            (tmp_path / other).write_text(text if other == name else whole, encoding="utf-8")
        answer(tmp_path / "trial.toml")


def test_the_rich_pathway_is_well_when_nothing_is_changed(tmp_path: Path) -> None:
    (tmp_path / "rich.toml").write_text(RICH)
    assert load_pathway(tmp_path / "rich.toml").name == "small"


INSERTED = st.one_of(
    st.text(max_size=3),
    HOSTILE.map(to_toml),
    st.builds(".".join, st.lists(st.sampled_from("ab"), min_size=60, max_size=2000)),
)
"""Among them dotted keys of very many parts."""


@given(st.integers(0, len(PATHWAY)), INSERTED, st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_a_damaged_text_is_well_or_answered(at: int, inserted: str, removed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = PATHWAY[:at] + inserted + PATHWAY[at + removed :]
        (Path(folder) / "small.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
        (Path(folder) / "trial.toml").write_text(SCENARIO)
        answer(Path(folder) / "trial.toml")


@pytest.mark.parametrize("text", ["", "=", "[", "a" * 5000, "a = " + "[" * 3000, "\x00", "[[x]]\n"])
def test_nonsense_is_answered(text: str, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(ScenarioError):
        load_scenario(tmp_path / "odd.toml")


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_numbers_changed_by_themselves_are_those_of_the_whole_check(data: st.DataObject) -> None:
    scenario = load_scenario("placed-youth")
    own = {path: n for path, n in numbers(scenario) if path.startswith("investments.")}
    path = data.draw(st.sampled_from(sorted(own)))
    values = {path: own[path].value * data.draw(st.sampled_from([0.0, 0.5, 0.9, 1.1, 40.0]))}
    try:
        whole = changed(scenario, values)
    except ScenarioError:
        with pytest.raises((LookupError, ValidationError, ScenarioError)):
            with_checked_numbers(scenario, values)
    else:
        found = with_checked_numbers(scenario, values)
        assert found.model_dump() == whole.model_dump()
        assert digest(found) == digest(whole)
