"""Calibration: life histories simulated from a pathway beside the facts they should reproduce."""

from sisim.calibration import cost_measures as cost_measures  # it registers its measures
