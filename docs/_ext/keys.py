"""A page for each table of a file, from the schema: what a key takes, means and looks like."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commands import keep, marked
from sphinx.application import Sphinx

from sisim.cli.key_explanation import FileKey, description, facts, plain, roots
from sisim.i18n import help_text, in_language, t

FOLDER = "reference/keys"
ROOT = Path(__file__).parents[2]
READY = {
    "scenario": sorted((ROOT / "scenarios").glob("*.toml")),
    "pathway": sorted((ROOT / "src/sisim/data/pathways").glob("*.toml")),
    "experiment": sorted((ROOT / "experiments").glob("*.toml")),
    "calibration": sorted((ROOT / "experiments").glob("*/calibrate.toml")),
}
LONG = 90
"""Longer examples are left out."""
PATHWAY = {"Pathway": None} | next(one for one in roots() if one.kind == "pathway").definitions
Examples = dict[tuple[str, str], tuple[str, str]]


def tables(root: FileKey) -> Iterator[tuple[str, FileKey, list[FileKey]]]:
    """Yield the name of each table of a kind of file, where it stands first, and its keys."""
    # What a scenario can change of its pathway has its pages there.
    elsewhere = PATHWAY if root.kind == "scenario" else {}
    seen = {root.kind, *elsewhere}
    waiting = [(root.kind, root)]
    while waiting:
        name, table = waiting.pop(0)
        keys = [key for part in table.subkeys() if (key := table.step(part))]
        own = [key for key in keys if _name(key.table, root.kind) == name]
        if not _is_value(table):
            yield name, table, own
        for key in own:
            for below in (
                key,
                key.step("NAME"),
                key.step("NAME") and key.step("NAME").step("NAME"),
            ):
                if below is None or not below.subkeys():
                    continue
                for form in below.alternatives(below.schema):
                    found = _name(form, "")
                    if found and form.get("properties") and found not in seen:
                        seen.add(found)
                        one = FileKey(below.kind, below.path, form, below.table, below.definitions)
                        waiting.append((found, one))


def _below(key: FileKey) -> Iterator[FileKey]:
    """Yield a key, what has a name of its own below it, and what has one below that."""
    here: FileKey | None = key
    for _ in range(3):
        if here is not None:
            yield here
            here = here.step("NAME")


def _name(form: dict[str, Any], otherwise: str) -> str:
    return str(form.get("$ref", "")).rpartition("/")[2] or otherwise


def _is_value(one: FileKey) -> bool:
    """Tell a number with its range, or a text in two languages, from a table of keys."""
    keys = set(one.subkeys())
    return {"value", "grade"} <= keys or keys == {"sv", "en"}


def examples() -> Examples:
    """Return the shortest example of each key in the ready files, and in which it is."""
    found: Examples = {}
    for root in roots():
        for file in READY[root.kind]:
            _search(root, tomllib.loads(file.read_text(encoding="utf-8")), file.stem, found)
    return found


def _search(one: FileKey, value: Any, file: str, found: Examples) -> None:
    items = value.items() if isinstance(value, dict) else [("0", item) for item in value]
    for part, inner in items:
        key = one.step(part)
        if key is None:
            continue
        if isinstance(value, dict):
            place = (_name(key.table, key.kind), part)
            text = f"{part} = {_toml(inner)}"
            if len(text) <= LONG and (place not in found or len(text) < len(found[place][0])):
                found[place] = text, file
        if isinstance(inner, dict | list):
            _search(key, inner, file, found)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else f'"{name}"'


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_toml(part)}" for key, part in value.items()) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def page(name: str, table: FileKey, keys: list[FileKey], shown: Examples) -> str:
    """Return the page of a table."""
    kinds = {
        "scenario": t("a scenario file"),
        "pathway": t("a pathway file"),
        "experiment": t("an experiment file"),
        "calibration": t("a calibration file"),
    }
    where = ".".join(part if part != "NAME" else "*" for part in table.path)
    lines = [f"# `[{where}]`" if where else f"# {kinds[table.kind].capitalize()}", ""]
    lines += [t("Stands in {place}.", place=kinds[table.kind]), ""] if where else []
    lines += [_text(description(table) or ""), ""]
    for key in keys:
        part = key.path[-1]
        lines += [f"## {marked(part)}", "", _text(description(key) or ""), ""]
        lines += [f"- {marked(fact)}" for fact in facts(key)]
        if example := shown.get((name, part)):
            lines += ["", f"```toml\n{example[0]}   # {example[1]}\n```"]
        lines += [""]
    return "\n".join(lines)


def _text(english: str) -> str:
    return marked(help_text(plain(english))).replace("\n", "\n\n")


def pages() -> dict[str, str]:
    """Return the page of each table, by kind of file and name."""
    shown = examples()
    found: dict[str, str] = {}
    for root in roots():
        for name, table, keys in tables(root):
            place = [part for part in table.path if part not in ("NAME", "0")]
            file = "-".join([root.kind, *place])
            found[f"{file}-{name}".lower() if file in found else file] = page(
                name, table, keys, shown
            )
    return found


def _write(app: Sphinx) -> None:
    if app.builder.name != "gettext":
        with in_language("sv" if app.config.language == "sv" else "en"):
            keep(Path(app.srcdir) / FOLDER, pages())


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before any is read."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
