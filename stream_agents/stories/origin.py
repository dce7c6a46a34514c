"""Who a story's original is: the first seen, unless a copy was seen before its source."""

from __future__ import annotations

import numpy as np

from stream_agents.stories.store import Store

#: Two clocks of publishers agree no better than this (seconds).
CLOCK_SLACK_S = 60.0


def _is_source_named(store: Store, source: str, copy: str) -> bool:
    """Whether `copy` says that it was taken from the publisher of `source` ("dilansir Antara")."""
    wire = store.text_of(copy, "wire").casefold()
    if not wire:
        return False
    names = (store.text_of(source, "publisher"), store.text_of(source, "owner"))
    return any(wire in name.casefold() for name in names if name)


def precedes(store: Store, late: str, original: str) -> bool:
    """Whether the later seen `late` is the true original: `original` names its publisher as the source, or else, where
    neither names the other, it was published earlier and both publishers' times can be trusted."""
    if _is_source_named(store, late, original):
        return True
    if _is_source_named(store, original, late):
        return False
    if store.text_of(late, "wire") and not store.text_of(original, "wire"):
        return False
    one, other = store.published(late), store.published(original)
    return bool(not np.isnan(one) and not np.isnan(other) and one < other - CLOCK_SLACK_S)
