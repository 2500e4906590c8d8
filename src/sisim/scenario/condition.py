"""Conditions on people: target groups, and whom a measurement is about."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from sisim.scenario.types import Float, Table


class Condition(Table):
    """A target group: everything listed must hold; `any_of` asks for at least one of its parts.

    `features` maps a feature (as in a factor) to the categories allowed, or to `from`/`below`
    bounds in the feature's unit (ages in years, durations in months, counts as they are).
    """

    features: dict[str, list[str] | Bounds] = {}
    any_of: list[Condition] = Field([], description="Conditions of which at least one must hold.")

    @model_validator(mode="before")
    @classmethod
    def _from_features(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if {"features", "any_of"} & set(data):
            features = data.get("features")
            return {**data, "features": _flat(features)} if isinstance(features, dict) else data
        return {"features": _flat(data)}


def _flat(features: dict[str, Any]) -> dict[str, Any]:
    """Join nested keys with dots, since `state.school = [...]` is a nested table in TOML."""
    flat: dict[str, Any] = {}
    for name, value in features.items():
        if isinstance(value, dict) and value and not {"from", "below", "window"} & set(value):
            flat |= {f"{name}.{inner}": part for inner, part in _flat(value).items()}
        else:
            flat[name] = value
    return flat


class Bounds(Table):
    """At least `from_`, and less than `below`."""

    from_: Float | None = Field(None, alias="from", description="The lowest value, inclusive.")
    below: Float | None = Field(None, description="The upper end, exclusive.")
    window: Float | None = Field(
        None, description="Months back in which earlier visits are counted; unset: all."
    )
