"""`make bench`: run every benchmark that needs no server, or those named: `python -m benchmarks cleaning stories`.

A benchmark is a module with a `main()`; it prints its figures beside a limit or a peer and raises nothing when a limit is
missed, it says so.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def modules(wanted: list[str]) -> list[str]:
    """Module names of the benchmarks in the rooms wanted (none: all rooms)."""
    found = []
    for path in sorted(HERE.glob("*/*.py")):
        if (
            path.stem != "refit"
            and "def main(" in path.read_text("utf-8")
            and (not wanted or path.parent.name in wanted)
        ):
            found.append(f"benchmarks.{path.parent.name}.{path.stem}")
    return found


def main() -> None:
    """Run them one after the other, each in a process of its own so that memory figures are its own."""
    failed = []
    for module in modules(sys.argv[1:]):
        print(f"\n=== {module}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            failed.append(module)
        print(f"--- {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
