"""Boilerplate rules: paragraphs of one publisher that recur in many of its distinct stories."""

from __future__ import annotations

from msgspec import Struct


class Rule(Struct, kw_only=True):
    """All boilerplate of one publisher, as it stands: the value on `warta.rules` under the publisher's key.

    `paragraphs` are texts with white space folded; `version` rises with every change."""

    publisher: str
    version: int
    paragraphs: list[str]
