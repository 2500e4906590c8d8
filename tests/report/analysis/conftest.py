"""Both languages for every test of the pictures and sentences of analyses."""

import pytest

from sisim.i18n import LANGUAGES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask every test that does not choose a language in both."""
    chosen = any(
        "lang" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")
    )
    if not chosen:
        metafunc.parametrize("lang", LANGUAGES, indirect=True)
