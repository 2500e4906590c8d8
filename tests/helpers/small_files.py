"""A small pathway and scenario in which all is well, to be spoilt in one place at a time."""

from collections.abc import Callable
from pathlib import Path

PATHWAY = Path(__file__).with_name("small.toml").read_text()
SCENARIO = Path(__file__).with_name("trial.toml").read_text()
RICH = f"""{PATHWAY}factors = ["by_age", "both"]

[transitions.birthday]
track = "care"
from = "placed"
to = {{ home = {{ share = 1, factors = ["lately"] }}, placed = 1 }}
probability = 0.01
schedule = {{ age = 18 }}
factors = ["lately", "by_time"]

[factors.both]
product = ["by_age", "lately"]

[factors.lately]
feature = "visits.placed"
window = 12
below = [1, 2]
values = [0.5, 1, 1]

[factors.by_time]
feature = "time_in_state"
shape = "weibull"
parameters = {{ shape = 1.5, scale = 2 }}
"""
"""The small pathway with every kind of factor, on probabilities, which are added up."""

Change = tuple[str, str]
"""A text in one of the files, and what should stand there instead."""
Write = Callable[..., Path]
"""Writes both files with some changes, and returns the path of the scenario."""
