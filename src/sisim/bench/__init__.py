"""Benchmarks: how fast this computer simulates, sweeps and answers on the live page."""
