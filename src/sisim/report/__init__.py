"""Pictures, sentences and tables for a reader. Computes nothing about people or money.

The main figures stand here, and what every picture shares; `economics`, `experiment` and `planning`
show what the rooms of the same names find. Nothing here imports from those three.
"""
