"""Who is simulated, and in what order they stand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sisim.engine.population import in_order


@given(st.lists(st.integers(-3, 3)) | st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_order_is_by_step_and_equals_stay_as_they_stand(steps: list[int]) -> None:
    """However far apart the steps are, and where the first of them is."""
    order = in_order(np.array(steps, np.int64)).tolist()
    assert order == sorted(range(len(steps)), key=steps.__getitem__)


def test_the_widest_span_that_fits_sixteen_bits_is_in_order() -> None:
    """One more would not fit."""
    for span in (2**16 - 2, 2**16 - 1, 2**16):
        assert in_order(np.array([5 + span, 5, 4 + span])).tolist() == [1, 2, 0]
