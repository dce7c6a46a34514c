"""Benchmarks of the whole pipeline; they need a running `warta up`."""
