"""The notebooks run from the top, and say the same in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from sisim.i18n import LANGUAGES

NOTEBOOKS = Path(__file__).parents[2] / "docs/notebooks"
NAMES = sorted({path.name.partition(".")[0] for path in NOTEBOOKS.glob("*.ipynb")})


def notebook(name: str, lang: str) -> Any:
    return nbformat.read(NOTEBOOKS / f"{name}.{lang}.ipynb", as_version=4)


def code(name: str, lang: str) -> list[str]:
    """Return what is run; the language is chosen in one place."""
    cells = [one.source for one in notebook(name, lang).cells if one.cell_type == "code"]
    assert sum(one.count(f'lang = "{lang}"') for one in cells) == 1
    return [one.replace(f'lang = "{lang}"', "") for one in cells]


def test_there_is_one_for_the_strategist_and_one_for_the_analyst() -> None:
    assert NAMES == ["analyst", "strategist"]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_run_the_same(name: str) -> None:
    english, swedish = (code(name, lang) for lang in LANGUAGES)
    assert english == swedish


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_printed_is_kept(name: str) -> None:
    cells = [one for lang in LANGUAGES for one in notebook(name, lang).cells]
    assert not any(one.get("outputs") or one.get("execution_count") for one in cells)


@pytest.mark.parametrize(("name", "lang"), [("strategist", "sv"), ("analyst", "en")])
def test_it_runs_from_the_top(name: str, lang: str, tmp_path: Path) -> None:
    made = notebook(name, lang)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(made, timeout=300, kernel_name="python3", resources=place).execute()
    shown = [
        output.data
        for cell in made.cells
        for output in cell.get("outputs", [])
        if output.output_type in ("display_data", "execute_result")
    ]
    assert any("image/png" in data for data in shown)
