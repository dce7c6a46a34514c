"""Fixtures of the whole suite: the real servers, started once a session on free ports."""

pytest_plugins = ["tests.servers"]
