"""A small pathway and scenario in which all is well, to be spoilt in one place at a time."""

from collections.abc import Callable
from pathlib import Path

PATHWAY = Path(__file__).with_name("small.toml").read_text()
SCENARIO = Path(__file__).with_name("trial.toml").read_text()

Change = tuple[str, str]
"""A text in one of the files, and what should stand there instead."""
Write = Callable[..., Path]
"""Writes both files with some changes, and returns the path of the scenario."""
