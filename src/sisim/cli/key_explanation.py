"""What a key of a file means: the models' descriptions, types, limits and defaults, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sisim.analysis.experiment_file import Experiment
from sisim.cli.user_errors import UserError, suggestion
from sisim.estimation.calibration_file import CalibrationFile
from sisim.i18n import current_language, help_text, number, t
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import MOST

Schema = dict[str, Any]
"""A part of a JSON Schema."""

NAME, MONTH, YEAR = "^[a-z][a-z0-9_-]*$", r"^\d{4}-(0[1-9]|1[0-2])$", r"^\d{4}$"
"""The patterns that the models have for texts."""
HIDDEN = {"formula", "content"}
"""Keys of the models that files do not have: they stand where the value does, or in a file."""


@dataclass(frozen=True)
class FileKey:
    """A key in the schema of a kind of file."""

    kind: str
    """What kind of file it stands in: scenario, pathway, experiment or calibration."""
    path: tuple[str, ...]
    schema: Schema
    table: Schema
    """The table that it stands in."""
    definitions: Schema

    def resolved(self, schema: Schema) -> Schema:
        """Return a part of the schema with what it refers to filled in."""
        name = schema.get("$ref", "").rpartition("/")[2]
        return {**self.definitions[name], **schema} if name else schema

    def alternatives(self, schema: Schema) -> Iterator[Schema]:
        """Yield the forms that a value may have."""
        for part in schema.get("anyOf", [schema]):
            found = self.resolved(part)
            if "anyOf" in found:
                yield from self.alternatives(found)
            elif found.get("type") != "null":
                yield found

    def subkeys(self) -> list[str]:
        """Return the keys of the table that stands here; empty if it is none, or names are free."""
        tables = [_properties(part) for part in self.alternatives(self.schema)]
        return [key for table in tables for key in table]

    def step(self, part: str) -> FileKey | None:
        """Return the key below this one; None if there is none of that name."""
        for form in self.alternatives(self.schema):
            below = _properties(form).get(part)
            if below is None:
                below = _anything(form)
            if isinstance(below, dict):
                return FileKey(self.kind, (*self.path, part), below, form, self.definitions)
        return None


def explain(key: str) -> list[str]:
    """Return what a key means, a line for each thing that is said of it.

    Args:
        key: The key with dots, as `investments.team.reach`; `0` or `*` for what is in a list.

    Raises:
        UserError: If no file can have such a key, with the nearest one.
    """
    found = [_find(root, key.split(".")) for root in roots()]
    known = [one for one, rest in found if not rest]
    if not known:
        raise UserError(_unknown(key, found))
    lines: list[str] = []
    for one in known:
        lines += [*([""] if lines else []), *_lines(key, one)]
    return lines


def descriptions() -> set[str]:
    """Return every description of the models, as it is translated."""
    found: set[str] = set()
    waiting: list[Any] = [part for root in roots() for part in (root.schema, root.definitions)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(text := part.get("description"), str):
                found.add(plain(text))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def roots() -> Iterator[FileKey]:
    """Yield the whole of each kind of file."""
    kinds: dict[str, type[BaseModel]] = {
        "scenario": Scenario,
        "pathway": Pathway,
        "experiment": Experiment,
        "calibration": CalibrationFile,
    }
    for kind, model in kinds.items():
        schema = model.model_json_schema(by_alias=True)
        yield FileKey(kind, (), schema, schema, schema.pop("$defs", {}))


def _find(root: FileKey, parts: list[str]) -> tuple[FileKey, list[str]]:
    """Return the key as far as it is known, and the rest of its parts."""
    for n, part in enumerate(parts):
        below = root.step(part)
        if below is None:
            return root, parts[n:]
        root = below
    return root, []


def _properties(form: Schema) -> Schema:
    """Return the keys that a table of a file may have; features stand directly in a condition."""
    own = form.get("properties", {})
    hidden = HIDDEN | ({"features"} if "any_of" in own else set())
    return {key: part for key, part in own.items() if key not in hidden}


def _anything(form: Schema) -> Schema | None:
    """Return the schema of what a list or a table with free names holds."""
    items: Schema | None = form.get("items")
    free = next(iter(form.get("patternProperties", {}).values()), None)
    extra = form.get("additionalProperties")
    if isinstance(extra, dict):
        free = extra
    elif extra is True or "any_of" in form.get("properties", {}):
        free = {}
    return items if items is not None else free


def _unknown(key: str, found: list[tuple[FileKey, list[str]]]) -> str:
    """Return that no file can have a key, with the nearest one, or all that there could be."""
    text = t('Unknown key "{key}".', key=key)
    least = min(len(rest) for _, rest in found)
    nearest = [(one, rest) for one, rest in found if len(rest) == least]
    every = [
        ".".join([*one.path, name, *rest[1:]]) for one, rest in nearest for name in one.subkeys()
    ]
    if close := suggestion(key, every):
        return text + close
    names = ", ".join(dict.fromkeys(name for one, _ in nearest for name in one.subkeys()))
    return f"{text} " + t("Valid here: {names}.", names=names) if names else text


def _lines(key: str, one: FileKey) -> list[str]:
    kinds = {
        "scenario": t("a scenario file"),
        "pathway": t("a pathway file"),
        "experiment": t("an experiment file"),
        "calibration": t("a calibration file"),
    }
    place = kinds[one.kind]
    if one.path[:-1]:
        table = ".".join(one.path[:-1])
        place = t("{place}, in [{table}]", place=place, table=table)
    lines = [key, "  " + t("Stands in {place}.", place=place)]
    lines += ["  " + line for line in facts(one)]
    if keys := one.subkeys():
        lines.append("  " + t("Its keys: {names}.", names=", ".join(keys)))
    return lines + _meaning(one)


def facts(one: FileKey) -> list[str]:
    """Return what a key takes, and what holds where it is left out, a sentence each."""
    forms = one.alternatives(one.schema)
    takes = t("Takes {what}.", what=_either([_what(one, form) for form in forms]))
    if one.path[-1] in one.table.get("required", ()):
        return [takes, t("It must be given.")]
    if _is_empty(one.schema.get("default")):
        return [takes, t("It may be left out.")]
    return [takes, t("Unset: {value}.", value=_value(one.schema["default"]))]


def _meaning(one: FileKey) -> list[str]:
    """Return the description of a key, or of its type, and that of the table it stands in."""
    own = description(one)
    about = one.table.get("description") if one.path[:-1] else None
    lines = ["", *_described(own)] if own else []
    if about:
        heading = t("The table it stands in, [{table}]:", table=".".join(one.path[:-1]))
        lines += ["", f"  {heading}", *_described(about)]
    texts = [plain(text) for text in (own, about) if text]
    if current_language() == "sv" and any(help_text(text) == text for text in texts):
        lines += ["", "  " + t("(Some descriptions are in English only.)")]
    return lines


def description(one: FileKey) -> str | None:
    """Return the description of a key, or else of its type, in English; None if it has none."""
    forms = [form.get("description") for form in one.alternatives(one.schema)]
    return next((text for text in (one.schema.get("description"), *forms) if text), None)


def _described(text: str) -> list[str]:
    return ["  " + line for line in help_text(plain(text)).split("\n")]


def plain(text: str) -> str:
    """Return a description with each paragraph on one line."""
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _either(texts: list[str]) -> str:
    """Return alternatives as one text, each once."""
    first, *more = dict.fromkeys(texts)
    for text in more:
        first = t("{one} or {other}", one=first, other=text)
    return first


def _what(key: FileKey, form: Schema) -> str:
    """Return what a value of this form is, in words."""
    if "enum" in form:
        return t("one of {names}", names=", ".join(map(str, form["enum"])))
    match form.get("type"):
        case "integer" | "number":
            value = _number(form)
            if key.kind in ("experiment", "calibration"):
                return value
            return t("{value} or a formula of parameters", value=value)
        case "boolean":
            return t("true or false")
        case "array":
            return t("a list")
        case "string":
            texts = {
                NAME: t("a name (a–z, 0–9, _ and -)"),
                MONTH: t("a month, as 2026-01"),
                YEAR: t("a year, as 2026"),
            }
            return texts.get(form.get("pattern", ""), t("a text"))
        case "object":
            return _what_table(key, form)
    return t("any value")


def _number(form: Schema) -> str:
    whole = form.get("type") == "integer"
    return _bounded(t("a whole number") if whole else t("a number"), form)


def _what_table(key: FileKey, form: Schema) -> str:
    properties = form.get("properties", {})
    if "value" in properties and "grade" in properties:
        value = _number(key.resolved(properties["value"]))
        value = t("{value} or a formula of parameters", value=value)
        return t("{value}, alone or in a table with low, high, source and grade", value=value)
    if list(properties) == ["sv", "en"]:
        return t("a text, or one in each language: sv and en")
    return t("a table") if properties else t("a table with names of your own")


def _bounded(what: str, form: Schema) -> str:
    """Return a kind of number with its limits."""
    least, most = (_stated(form.get(key)) for key in ("minimum", "maximum"))
    over, under = form.get("exclusiveMinimum"), form.get("exclusiveMaximum")
    if least is not None and most is not None:
        return t("{what} from {least} to {most}", what=what, least=least, most=most)
    if least is not None:
        return t("{what} of at least {least}", what=what, least=least)
    if over is not None and under is not None:
        return t("{what} between {least} and {most}", what=what, least=over, most=under)
    if over is not None and most is not None:
        return t("{what} over {least} and at most {most}", what=what, least=over, most=most)
    if over is not None:
        return t("{what} over {least}", what=what, least=over)
    return what


def _stated(limit: float | None) -> float | None:
    """Return a limit that is worth telling: not the one that all numbers have."""
    return None if limit is None or abs(limit) >= MOST else limit


def _is_empty(value: Any) -> bool:
    return value in (None, {}, [])


def _value(value: Any) -> str:
    """Return a default as a file has it."""
    if isinstance(value, dict) and "value" in value:
        return _value(value["value"])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number(value) if value == int(value) and abs(value) >= 1e4 else f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_value(x)}" for key, x in value.items() if not _is_empty(x))
    return str(value)
