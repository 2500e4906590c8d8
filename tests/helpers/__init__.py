"""Helpers that tests share: generated worlds, small files, made-up results."""
