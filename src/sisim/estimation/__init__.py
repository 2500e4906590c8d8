"""Estimation of a pathway's numbers: from a register, and from key figures by calibration."""
