"""Experiments: what is varied, every cell of it, where results are kept, and where they run."""
