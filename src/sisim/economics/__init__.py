"""Money, applied afterwards to what the engine has counted (law L5)."""
