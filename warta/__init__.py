"""The contract that every room of Warta shares: wire structs, topics, identity, settings, errors, metrics, clock."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("warta")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

#: Stamped on every message, so that a re-run can tell which code made a record.
PIPELINE_VERSION = f"warta/{__version__}"
