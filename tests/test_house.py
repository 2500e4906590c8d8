"""How the house is built: one name for one thing, short functions, files for any system."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "sisim"


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the syntax tree of each module, by its path in the package."""
    return {
        path.relative_to(SOURCE): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Yield each node of some kinds and where it stands."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield f"{path.as_posix()}:{getattr(node, 'lineno', 0)}", node


def twice(names: list[str]) -> list[str]:
    """Return the names that stand more than once."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def test_no_two_modules_have_one_name() -> None:
    assert twice([path.name for path in trees() if not path.name.startswith("__")]) == []


def test_no_two_classes_have_one_name() -> None:
    assert (
        twice([node.name for _, node in nodes(ast.ClassDef) if isinstance(node, ast.ClassDef)])
        == []
    )


LONGEST, MOST_PARAMETERS = 60, 8


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each function that Python runs, and where it stands; compiled ones are left out."""
    for place, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        marks = {ast.unparse(one).partition("(")[0] for one in node.decorator_list}
        if marks.isdisjoint({"compiled_function", "inlined", "nb.njit"}):
            yield place, node


def test_functions_fit_on_a_screen() -> None:
    long = {}
    for place, node in functions():
        text = ast.get_docstring(node, clean=False)
        lines = (node.end_lineno or 0) - node.lineno + 1 - len((text or "").splitlines())
        if lines > LONGEST:
            long[f"{place} {node.name}"] = lines
    assert long == {}


def test_functions_take_few_parameters() -> None:
    many = {}
    for place, node in functions():
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        own = [one.arg for one in given if one.arg not in ("self", "cls")]
        if len(own) > MOST_PARAMETERS:
            many[f"{place} {node.name}"] = len(own)
    assert many == {}


DOORS = ("cli/", "live/", "results.py", "evaluation_results.py", "i18n.py")
"""Where the reader's language is chosen."""


def test_the_language_is_no_parameter_outside_the_doors() -> None:
    assert [
        f"{place} {node.name}"
        for place, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(one.arg in ("lang", "language") for one in [*node.args.args, *node.args.kwonlyargs])
        and not place.startswith(DOORS)
        and not (node.name.startswith("_") or node.name == "in_language")
    ] == []


def test_the_formatter_is_not_argued_with() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    assert sum(text.count("# fmt: skip") + text.count("# fmt: off") for text in texts) < 20


SIMULATING = {"Simulation", "compile_scenario", "run_once", "run_to_end", "simulate"}


def test_report_and_live_simulate_nothing_themselves() -> None:
    assert [
        place
        for place, node in nodes(ast.ImportFrom)
        if place.startswith(("report/", "live/")) and isinstance(node, ast.ImportFrom)
        if SIMULATING & {one.name for one in node.names}
    ] == []


NEEDED = {"write_text": {"encoding", "newline"}, "to_csv": {"lineterminator"}}
"""What a call that writes text must say: unset, each system has its own."""


def test_text_is_written_in_the_same_way_on_every_system() -> None:
    assert [
        f"{place} {node.func.attr}"
        for place, node in nodes(ast.Call)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if NEEDED.get(node.func.attr, set()) - {one.arg for one in node.keywords}
    ] == []


def test_tables_are_written_in_one_place_that_makes_texts_harmless() -> None:
    assert {
        place.partition(":")[0]
        for place, node in nodes(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and (node.attr in ("to_csv", "to_excel") or ast.unparse(node) == "csv.writer")
    } == {"report/spreadsheet_files.py"}


TESTS = Path(__file__).parent
WHOLE = ("cases", "laws")
"""Folders of tests of the package as a whole: scenarios, and what holds of any of its parts."""
OF_SEVERAL_MODULES = {
    "checks/test_check_money_by_evaluation.py": "a fund or contract and the evaluation it follows",
    "economics/test_incomes.py": "what is received, from a file through every table of money",
    "engine/test_units.py": "units of peers pass through population, compilation and kernel",
    "evaluation/test_every_design.py": "each design from a scenario's file to what it says",
    "report/document/test_decision_document.py": "sections, numbers and pages of one document",
    "live/test_accessibility.py": "the page for whoever cannot see it or has no mouse",
    "live/test_hostile_visitors.py": "what a visitor may not do, at whatever module it arrives",
    "live/test_looks.py": "the page as an eye finds it, at a desk and on a phone",
    "live/test_page.py": "the page as a visitor has it, in a browser",
    "live/test_room_page.py": "the room as a teacher and forty participants have it, in browsers",
    "live/test_words_on_the_page.py": "every word of the page, in both languages",
    "report/analysis/test_names_of_rows.py": "names of rows beside bars, in every picture with any",
}
"""Tests in a room that are of no single module, and why."""


def test_tests_mirror_the_source() -> None:
    found = {path.relative_to(TESTS) for path in TESTS.glob("*/**/test_*.py")}
    strays = {
        path.as_posix()
        for path in found
        if path.parts[0] not in WHOLE
        and not (SOURCE / path.with_name(path.name.removeprefix("test_"))).exists()
        and not (SOURCE / path.with_name(path.stem.removeprefix("test_"))).is_dir()
    }
    assert strays == set(OF_SEVERAL_MODULES)


@pytest.mark.parametrize("outside", ["design, section", "house.md", "the issue", "/proc/"])
def test_nothing_is_cited_that_is_not_in_the_repository(outside: str) -> None:
    assert [
        path.as_posix()
        for path in trees()
        if path.name != "portable.py"
        and outside in (SOURCE / path).read_text(encoding="utf-8").casefold()
    ] == []


@pytest.mark.parametrize("document", sorted((SOURCE.parents[1]).glob("docs/*/*.md"), key=str))
def test_a_module_that_a_document_names_exists(document: Path) -> None:
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", document.read_text(encoding="utf-8")))
    roots = (SOURCE, SOURCE.parents[1])
    assert [n for n in sorted(named) if not any((root / n).exists() for root in roots)] == []
