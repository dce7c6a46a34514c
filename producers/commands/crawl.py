"""`warta crawl`: watch the sources of the catalogue and send every new article to the pipeline."""

from __future__ import annotations

import typer

from warta.errors import Usage


def crawl() -> None:
    """Watch the sources of the catalogue (being built: it does nothing yet)."""
    raise Usage("the crawler is being built; 'warta replay' sends records from files")


__all__ = ["crawl", "typer"]
