"""The reader's language, for tests and for the examples in docstrings and in the README."""

from collections.abc import Iterator

import pytest

from sisim.i18n import Lang, in_language


@pytest.fixture(autouse=True)
def lang(request: pytest.FixtureRequest) -> Iterator[Lang]:
    """Set the reader's language for a test: English, or what it is parametrized with."""
    chosen: Lang = getattr(request, "param", "en")
    with in_language(chosen):
        yield chosen


pytest_plugins = ["helpers.browser"]

# Helpers hold no tests, and one of them, when imported, hides what only some systems have. What
# builds the site needs the packages of the group `docs`.
collect_ignore = ["tests/helpers"]
collect_ignore_glob = ["docs/*.py", "docs/_ext/*.py"]
