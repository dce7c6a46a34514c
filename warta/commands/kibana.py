"""`warta kibana import`: data view, Discover sessions, map and dashboards into a Kibana."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from warta.errors import Transient, Usage, WartaError
from warta.settings import ROOT

app = typer.Typer(no_args_is_help=True, help="Kibana: import the saved objects.")

FOLDER = ROOT / "deploy" / "kibana"


@app.callback()
def root() -> None:
    """Kibana."""


@app.command(name="import")
def import_(
    url: str = typer.Option("http://127.0.0.1:5601", "--url", envvar="WARTA_KIBANA", help="Address of Kibana."),
    space: str = typer.Option("", "--space", help="A space other than the default one."),
    keep: bool = typer.Option(False, "--keep", help="Leave objects that exist as they are, instead of replacing them."),
) -> None:
    """Import deploy/kibana/*.ndjson. Importing again replaces what is there (unless --keep)."""
    files = sorted(FOLDER.glob("*.ndjson"))
    if not files:
        raise Usage(f"there are no saved objects in {FOLDER}")
    if not url.startswith(("http://", "https://")):
        raise Usage(f"'{url}' is no address: write http://host:5601")
    for file in files:
        answer = _post(url.rstrip("/") + (f"/s/{space}" if space else ""), file, overwrite=not keep)
        _judge(file, answer)
        typer.echo(f"{file.name}: {answer.get('successCount', 0)} objects imported into {url}")


def _post(base: str, file: Path, *, overwrite: bool) -> dict[str, Any]:
    import httpx

    try:
        answer = httpx.post(
            f"{base}/api/saved_objects/_import",
            params={"overwrite": str(overwrite).lower()},
            headers={"kbn-xsrf": "true"},
            files={"file": (file.name, file.read_bytes(), "application/ndjson")},
            timeout=60,
        )
    except httpx.HTTPError as error:
        raise Transient(f"Kibana at {base} cannot be reached: {error}") from None
    if answer.status_code >= 400:
        raise WartaError(f"Kibana refused {file.name} with {answer.status_code}: {answer.text[:500]}")
    try:
        found = answer.json()
    except ValueError:
        raise WartaError(f"{base} does not answer as Kibana does") from None
    return found if isinstance(found, dict) else {}


def _judge(file: Path, answer: dict[str, Any]) -> None:
    """Kibana answers 200 even where objects failed: read what it says of each."""
    errors = [
        f"{error.get('type')} {error.get('id')}: {(error.get('error') or {}).get('type')} "
        f"{(error.get('error') or {}).get('message', '')}".strip()
        for error in answer.get("errors", [])
        if (error.get("error") or {}).get("type") != "conflict"
    ]
    if errors:
        raise WartaError(f"{file.name}: Kibana did not take everything: " + "; ".join(errors[:10]))
