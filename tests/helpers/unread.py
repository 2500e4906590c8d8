"""What a command writes that a test does not read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd


def empty_workbook(_: Mapping[str, pd.DataFrame], __: Sequence[str], out: Path) -> None:
    """Leave the workbook of an answer empty: to write its cells is half of what a command takes.

    What stands in it is looked at in `report/test_result_files.py`.
    """
    out.touch()
