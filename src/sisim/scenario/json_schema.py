"""JSON Schema of the files, so that an editor can complete and explain while one writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import NAME, Number

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that the TOML editors' engine (Taplo, Even Better TOML) reads in full."""

JsonSchema = dict[str, Any]


def schema(kind: Literal["scenario", "pathway"] = "scenario") -> JsonSchema:
    """Return the JSON Schema of scenario files, or of pathway files."""
    model = Scenario if kind == "scenario" else Pathway
    result = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions: JsonSchema = result.pop("$defs", {})
    if kind == "scenario":
        result["properties"]["pathway"] = {
            "type": "string",
            "description": "The name of a ready pathway, or a pathway file beside this one.",
        }
    for name, definition in definitions.items():
        definitions[name] = _as_written(name, definition)
    for table in [*definitions.values(), result]:
        for part in table.get("anyOf", [table]):
            properties: JsonSchema = part.get("properties", {})
            for key, value in properties.items():
                properties[key] = _with_formula(value)
    definitions["Asked"] = ASKED
    used = _used(result, definitions)
    result["definitions"] = {name: definitions[name] for name in definitions if name in used}
    return {"$schema": DRAFT, **_described(result)}


def _as_written(name: str, definition: JsonSchema) -> JsonSchema:
    """Allow the shorter forms in which files may say the same thing."""
    properties = definition.get("properties", {})
    shorter: list[JsonSchema] = []
    numbers: list[type[Number]] = [Number, *Number.__subclasses__()]
    if name in {cls.__name__ for cls in numbers}:
        del properties["formula"]  # which stands where the value does
        bounds = {k: v for k, v in properties["value"].items() if k in ("minimum", "maximum")}
        shorter = [{"type": "number", **bounds}, FORMULA]
        properties["value"] = {"anyOf": shorter}
        _allow_formulas(properties, ("low", "high"))
    elif name == "Distribution":
        _allow_formulas(properties, [key for key in properties if key != "name"])
    elif name == "Factor":
        del properties["content"]  # which stands in the file
    elif name == "Text":
        shorter = [{"type": "string"}]
    elif name in ("Use", "Destination"):
        shorter = [properties["amount" if name == "Use" else "share"]]
    elif name == "Economy":
        own = properties["price_index"]
        file = {"type": "string", "description": "The name of a file with such a table."}
        properties["price_index"] = {"description": own.pop("description"), "anyOf": [file, own]}
    elif name == "Time":
        properties["tail"] = {
            "type": "string",
            "description": "The name of a ready pathway that goes on where people leave, or of a "
            "pathway file beside this one.",
        }
    elif name == "Condition":
        return _with_features(definition)
    for key in ("from", "on", "to"):
        if name in ("Transition", "Effect") and key in properties:
            whole = properties[key]
            one = whole.get("items", {"type": "string", "pattern": NAME})
            properties[key] = {"anyOf": [one, whole]}
    if not shorter:
        return definition
    text = definition.get("description", "")
    return {"description": text, "anyOf": [*shorter, definition]}


def _allow_formulas(properties: JsonSchema, keys: Iterable[str]) -> None:
    """Allow a formula where a number stands that has no table of its own."""
    for key in keys:
        properties[key]["anyOf"] = [*properties[key]["anyOf"], FORMULA]


def _with_formula(kind: JsonSchema) -> JsonSchema:
    """Allow a formula where a number stands that has no owner, alone or in a list or table."""
    for key in ("items", "additionalProperties"):
        if isinstance(kind.get(key), dict):
            kind = {**kind, key: _with_formula(kind[key])}
    if "anyOf" in kind:
        texts = any(one.get("type") == "string" or "$ref" in one for one in kind["anyOf"])
        if texts:
            return kind
        options = [_with_formula(one) for one in kind["anyOf"]]
        flat = [part for one in options for part in one.get("anyOf", [one])]
        return {**kind, "anyOf": flat}
    if kind.get("type") not in ("number", "integer"):
        return kind
    around: JsonSchema = {k: kind[k] for k in ("title", "description", "default") if k in kind}
    number = {key: part for key, part in kind.items() if key not in around}
    formula = FORMULA if kind["type"] == "number" else {**FORMULA, "pattern": "[A-Za-z]"}
    return {**around, "anyOf": [number, formula]}


FORMULA: JsonSchema = {
    "type": "string",
    "minLength": 1,
    "description": "A formula of parameters.",
}
ASKED: JsonSchema = {
    "description": "The categories allowed, or bounds; or a table of such by the rest of the name.",
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"$ref": "#/definitions/Bounds"},
        {
            "type": "object",
            "minProperties": 1,
            "not": {"anyOf": [{"required": [key]} for key in ("from", "below", "window")]},
            "additionalProperties": {"$ref": "#/definitions/Asked"},
        },
    ],
}
"""What a condition asks of a feature, whose name may be nested tables: state.care = [...]."""


def _with_features(definition: JsonSchema) -> JsonSchema:
    """Let features stand directly in a condition, where no key says that they stand apart."""
    asked = {"additionalProperties": {"$ref": "#/definitions/Asked"}}
    properties = definition["properties"]
    properties["features"] = {**properties["features"], **asked}
    return {
        "description": definition.get("description", ""),
        "type": "object",
        "properties": properties,
        "if": {"anyOf": [{"required": [key]} for key in properties]},
        "then": {"propertyNames": {"enum": list(properties)}},
        "else": asked,
    }


def _used(node: Any, definitions: JsonSchema) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name in definitions and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def _described(node: Any) -> Any:
    """Return the schema with texts on one line, and what stands beside a `$ref` kept.

    Draft 7 overlooks whatever stands beside a `$ref`.
    """
    if isinstance(node, list):
        return [_described(part) for part in node]
    if not isinstance(node, dict):
        return node
    result = {key: _described(part) for key, part in node.items()}
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    if "patternProperties" in result:  # names of one's own: any of that form, and no others
        result["additionalProperties"] = False
    if "$ref" in result and len(result) > 1:
        result["allOf"] = [{"$ref": result.pop("$ref")}]
    return result
