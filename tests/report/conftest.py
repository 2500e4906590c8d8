"""What the tests of reports share."""

import pytest
from helpers.made_up import MadeUp


@pytest.fixture(scope="session")
def made_up() -> MadeUp:
    """Return the usual made-up result."""
    return MadeUp()
