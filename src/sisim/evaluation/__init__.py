"""Evaluations: what each design would say of an investment whose true effect is known."""
