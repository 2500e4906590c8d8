"""Calibration: life histories simulated from a pathway beside the facts they should reproduce."""
