"""Benchmarks: figures of the README, each beside a limit or a peer measured in the same run."""
