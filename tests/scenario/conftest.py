"""Files to be loaded."""

from pathlib import Path

import pytest
from helpers.small_files import PATHWAY, SCENARIO, Change, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes both files, with changes, and returns the scenario's path."""

    def write_files(*changes: Change) -> Path:
        texts = {"small.toml": PATHWAY, "trial.toml": SCENARIO}
        for old, new in changes:
            found = [name for name, text in texts.items() if old in text]
            assert found, f"{old!r} is in neither file"
            texts[found[0]] = texts[found[0]].replace(old, new, 1)
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        return tmp_path / "trial.toml"

    return write_files
