"""Whole files as models: changed by dotted path, checked as files are, and written as TOML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field, PrivateAttr

from sisim.scenario.positions import Path
from sisim.scenario.types import Name, Number, Table, Text

UNWRITTEN = {"override", "override_files", "content", "formula"}
"""What is not written: changes that have been made, and what stands elsewhere."""


class ModelFile(Table):
    """A file as a model."""

    name: Name = Field(description="The name by which other files and results refer to it.")
    changer: ClassVar[Callable[[Any, Mapping[str, Any]], Any]]
    """What reads files puts here how the values of one are changed and checked."""
    _fixed: dict[Path, str] = PrivateAttr(default_factory=dict)

    @property
    def fixed(self) -> dict[Path, str]:
        """The formulas that were worked out where numbers without an owner stand, by path."""
        return dict(self._fixed)

    def with_fixed(self, fixed: Mapping[Path, str]) -> Self:
        """Return the model, told the formulas of its numbers without an owner."""
        model = self.model_copy()
        model._fixed = dict(fixed)
        return model

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return the model with other values, checked by the rules for files.

        Args:
            values: By dotted path, as `--set` takes them: a number, a text, a formula, a table.

        Raises:
            sisim.scenario.errors.ScenarioError: With everything that does not fit.
        """
        found: Self = type(self).changer(self, values)
        return found

    def part_of_file(self, name: str) -> Any:
        """Return a field as a file has it."""
        return getattr(self, name)

    def to_toml(self) -> str:
        """Return the file as TOML. A scenario names its pathway, as `NAME.toml` beside it."""
        import tomli_w

        return tomli_w.dumps(_written(self))


def _written(node: Any) -> Any:
    """Return a part of a model as a file has it, in its shortest form."""
    if isinstance(node, Mapping):
        written = {key: _written(part) for key, part in node.items()}
        # TOML has what is no table first, and categories are drawn in the order of the file.
        mixed = len({isinstance(part, dict) for part in written.values()}) > 1
        return {k: _as_table(node[k], part) for k, part in written.items()} if mixed else written
    if isinstance(node, list | tuple):
        return [_written(part) for part in node]
    if not isinstance(node, BaseModel):
        return node
    fields = type(node).model_fields
    parts = {
        fields[name].alias or name: part
        for name in fields
        if name in node.model_fields_set and name not in UNWRITTEN
        if (part := _part(node, name)) is not None
    }
    if isinstance(node, Text):
        return node.sv if node.sv == node.en else parts
    if isinstance(node, Number):
        parts["value"] = node.value if node.formula is None else node.formula
        if list(parts) == ["value"]:
            return parts["value"]
    if "factors" in fields and list(parts) in (["amount"], ["share"]):
        return _written(next(iter(parts.values())))
    return {
        key: f"{part.name}.toml" if isinstance(part, ModelFile) else _written(part)
        for key, part in parts.items()
    }


def _part(node: BaseModel, name: str) -> Any:
    return node.part_of_file(name) if isinstance(node, ModelFile) else getattr(node, name)


def _as_table(node: Any, written: Any) -> Any:
    """Return a number or a text in the longer of its forms."""
    if isinstance(written, dict) or not isinstance(node, BaseModel):
        return written
    return {"sv": written, "en": written} if isinstance(node, Text) else {"value": written}
