"""Calibrations of two rates, whose exact posterior is known from a grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PATHWAY = Path(__file__).parent / "two-rates-pathway.toml"
STOCK = "[calibration.targets.stock]\nvalue = 0.0090\nerror = { sd = 0.0005 }\n"
ENTRIES = "[calibration.targets.entries]\nvalue = 5.0\nerror = { sd = 0.4 }\n"
INTO, OUT_OF = "parameters.into", "parameters.out_of"
GOLDEN = {INTO: (0.005077, 0.000402), OUT_OF: (0.564371, 0.055021)}
"""Mean and standard deviation of the posterior given both targets, by a grid of 801 x 801."""


def calibration(folder: Path, *tables: str, **settings: Any) -> Path:
    """Write a calibration file and return it.

    Args:
        folder: Where.
        tables: Its targets, those of `GOLDEN` if there are none.
        settings: What stands in `[calibration]`; a text is written as it is.
    """
    path = folder / "calibrate.toml"
    lines = [
        f"{key} = {value if isinstance(value, str) else repr(value)}"
        for key, value in settings.items()
    ]
    text = "\n".join(["[calibration]", *lines, "", *(tables or (STOCK, ENTRIES))])
    path.write_text(text, encoding="utf-8")
    return path
