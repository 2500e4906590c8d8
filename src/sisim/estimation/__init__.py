"""Estimation of a pathway's numbers from a register: spells in, rates and their uncertainty out."""
