"""Text of a file of other values for scenarios: see `override_files`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

FIGURES = 6
"""So many figures of each number are written."""


def override_text(
    head: Sequence[str], values: Mapping[str, Any], privacy: Mapping[str, Any] | None = None
) -> str:
    """Return such a file.

    Args:
        head: What stands above the values.
        values: Each by its key with dots.
        privacy: How a register was kept private, if there was one.
    """
    kept = [f"privacy = {_toml(privacy)}", ""] if privacy is not None else []
    lines = [*(f"# {line}" for line in head), "", *kept, "[override]"]
    lines += [f"{json.dumps(key)} = {_toml(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def rounded(value: float) -> float:
    """Return a number with the figures that are written."""
    return float(f"{value:.{FIGURES}g}")


def _toml(value: Any) -> str:
    """Return a value as TOML has it, tables on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # A JSON string is a string of TOML.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
