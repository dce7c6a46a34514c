"""`python -m deploy.kibana`: write the objects to `deploy/kibana/warta.ndjson`."""

from __future__ import annotations

import json
from pathlib import Path

from deploy.kibana.objects import everything

FILE = Path(__file__).parent / "warta.ndjson"


def text() -> str:
    """One object a line."""
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in everything())


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
    print(f"{FILE.name}: {len(everything())} objects")
