"""Fixtures of the whole suite: the real servers, started once a session on free ports."""

import os

from hypothesis import settings

pytest_plugins = ["tests.servers"]

# In CI the same examples each time: a red run means that something changed. By hand, new examples each time find more.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
