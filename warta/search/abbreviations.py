"""Other names of a word or phrase: the short forms of Indonesian newsrooms, read from `abbreviations.yaml`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources

import yaml

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—/", " ") | dict.fromkeys("’‘`´", "'"))


def fold(text: str) -> str:
    """A word as the index would hold its plain form: compatibility forms and marks over Latin letters removed.

    The servers differ in the filters they offer, so folding is done here, once, for all of them.
    """
    spread = unicodedata.normalize("NFKD", text.translate(_DASHES))
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())


def others(text: str) -> tuple[str, ...]:
    """Other names of `text` (a word or a phrase); empty when it has none."""
    return _groups().get(fold(text).casefold(), ())


@lru_cache(maxsize=1)
def longest() -> int:
    """Words in the longest name."""
    return max(len(name.split()) for name in _groups())


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[str, ...]]:
    text = resources.files("warta.search").joinpath("abbreviations.yaml").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for group in yaml.safe_load(text)["groups"]:
        names = [str(name).casefold() for name in group]
        short, *long = names
        # A name's other forms are its short form; the short form's are all it can mean. Two meanings of one short form
        # are not names of each other: PBB is a tax and the United Nations.
        found[short] = (*found.get(short, ()), *long)
        for name in long:
            found[name] = (*found.get(name, ()), short)
    return found
