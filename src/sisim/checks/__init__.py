"""Checks of what a file says: whether its parts fit together and can be simulated."""
