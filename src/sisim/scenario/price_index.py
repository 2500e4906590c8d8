"""The consumer price index of each year, with its source: data, not code."""

from __future__ import annotations

import tomllib
from importlib import resources


def _read() -> dict[int, float]:
    text = resources.files("sisim").joinpath("data", "price-index.toml").read_text("utf-8")
    return {int(year): float(entry["value"]) for year, entry in tomllib.loads(text).items()}


PRICE_INDEX = _read()
"""The index by year, in order."""
