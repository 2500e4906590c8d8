"""The picture of a spread: what each purse pays stands free of its name."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import faults

from sisim.analysis.diffusion import Course, Diffusion
from sisim.i18n import in_language
from sisim.loading.load import load_scenario
from sisim.loading.municipalities import made_up
from sisim.report.analysis.diffusion_report import draw_spread


@pytest.mark.parametrize("first", [-1.0, 1.0])
def test_an_amount_beside_a_long_name_does_not_cover_it(first: float) -> None:
    scenario = load_scenario("sick-leave-contract")
    payers = list(scenario.pathway.administrations)[:3]
    size = [first * 5e6, -first * 3e6, first * 2e6]
    amounts = {f"cost.{name}": np.full((1, 25), of) for name, of in zip(payers, size, strict=True)}
    course = Course(7000, 25, {"participants": np.full((1, 25), 10.0), **amounts})
    begun = {"alone": np.arange(1 * 2 * 290).reshape(1, 2, 290) % 20}
    found = Diffusion(scenario, "base", made_up(290), (1, 2), course, begun)
    for lang in ("sv", "en"):
        with in_language(lang):  # type: ignore[arg-type]
            assert faults(draw_spread(found)) == []
