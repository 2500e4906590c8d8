"""The seeds that there are, told where nothing slow is imported."""

MOST_SEED = 2**63 - 1
"""The greatest whole number that a file can hold; the seeds that follow it are others, too."""
