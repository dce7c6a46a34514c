"""Compile every inner loop ahead of the first start, while setting up or while an image is built."""

from __future__ import annotations

from datetime import UTC, datetime

from stream_agents.stories.compiled import kept_in
from stream_agents.stories.offline import run

_TEXT = "Bupati Sumedang meninjau 3 desa. “Semua aman,” kata Asep, Senin (2/11/2026). " * 9


def main() -> None:
    """Compile what an engine uses, by using it."""
    lines = [f'{{"id": "{name}", "text": "{_TEXT} {name}"}}'.encode() for name in ("satu", "dua")]
    run(lines, datetime.now(UTC), cleaned=True)
    print(f"compiled loops are in {kept_in()}")


if __name__ == "__main__":
    main()
