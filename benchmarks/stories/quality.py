"""How well the engine groups a generated stream whose truth is known, and a picture of where it stops.

The picture sweeps how far copies are rewritten (`Newsroom.severity`) and the probability from which two articles are one
story; it is written to `.bench/stories.png`.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.stories.generator import Item, stream
from stream_agents.stories import resolve
from stream_agents.stories.engine import StoryEngine
from warta.clock import ManualClock
from warta.hashing import blake2b_128, body_hash, content_hash
from warta.messages import Content, Score, ScoredArticle, Trace
from warta.wire import envelope

SEVERITIES = (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
CUTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
START = datetime(2026, 11, 2, tzinfo=UTC)


def event(item: Item, number: int) -> ScoredArticle:
    """A generated article as an event of `warta.scored`."""
    url = f"https://{item.publisher}.example/{number}"
    return ScoredArticle(
        **envelope(
            doc_id=blake2b_128(url.encode()),
            fetched_at=START + timedelta(minutes=item.minute),
            origin="live",
            trace=Trace(id=str(number)),
        ),
        content=Content(
            url=url,
            canonical_url=url,
            title=item.title,
            body=item.body,
            source=item.publisher,
            owner=item.publisher,
            language="id",
        ),
        score=Score(),
        content_hash=content_hash(item.title, item.body),
        body_hash=body_hash(item.body),
    )


def grouped(items: Sequence[Item]) -> list[str]:
    """Story ids after the whole stream."""
    engine = StoryEngine(ManualClock(START + timedelta(days=400)), content_window=0)
    events = [event(item, number) for number, item in enumerate(items)]
    for number, article in enumerate(events):
        engine.apply(article, number)
    return [engine.store.groups.story_id(article.doc_id) for article in events]


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def scores(items: Sequence[Item], found: Sequence[str]) -> dict[str, float]:
    """Pairwise precision and recall, adjusted Rand index (Hubert & Arabie 1985), and the shares kept apart."""
    both = sum(map(_pairs, Counter((item.story, story) for item, story in zip(items, found, strict=True)).values()))
    true = sum(map(_pairs, Counter(item.story for item in items).values()))
    made = sum(map(_pairs, Counter(found).values()))
    expected = true * made / max(1, _pairs(len(items)))
    originals = {item.story: story for item, story in zip(items, found, strict=True) if item.kind == "original"}
    follow = [
        story != originals.get(item.follows) for item, story in zip(items, found, strict=True) if item.follows >= 0
    ]
    families: dict[int, list[str]] = defaultdict(list)
    for item, story in zip(items, found, strict=True):
        if item.template >= 0:
            families[item.template].append(story)
    siblings = sum(_pairs(len(stories)) for stories in families.values())
    merged = sum(sum(map(_pairs, Counter(stories).values())) for stories in families.values())
    return {
        "precision": both / max(1, made),
        "recall": both / max(1, true),
        "ari": (both - expected) / max(1e-9, (true + made) / 2 - expected),
        "templates apart": 1 - merged / max(1, siblings),
        "follow-ups apart": sum(follow) / max(1, len(follow)),
    }


def missed(items: Sequence[Item], found: Sequence[str]) -> dict[str, str]:
    """By kind of copy: the share that did not reach its original's story."""
    originals = {item.story: story for item, story in zip(items, found, strict=True) if item.kind == "original"}
    kinds, lost = Counter[str](), Counter[str]()
    for item, story in zip(items, found, strict=True):
        if item.story in originals and item.kind != "original":
            kinds[item.kind] += 1
            lost[item.kind] += story != originals[item.story]
    return {kind: f"{lost[kind]}/{kinds[kind]}" for kind in sorted(kinds)}


def agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the pairs that either grouping makes which both make."""
    both = sum(map(_pairs, Counter(zip(one, other, strict=True)).values()))
    either = sum(map(_pairs, Counter(one).values())) + sum(map(_pairs, Counter(other).values())) - both
    return both / max(1, either)


def _cut_at(cut: float, items: Sequence[Item]) -> dict[str, float]:
    shipped = resolve.SAME
    resolve.SAME = cut
    try:
        return scores(items, grouped(items))
    finally:
        resolve.SAME = shipped


def sweep(stories: int, seed: int, path: Path) -> None:
    """Plot all scores over the severity of rewriting and over the threshold, on streams of `stories` stories."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    by_severity = [scores(items, grouped(items)) for items in (list(stream(stories, seed, far)) for far in SEVERITIES)]
    usual = list(stream(stories, seed))
    by_cut = [_cut_at(cut, usual) for cut in CUTS]
    figure, panels = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
    for panel, at, results, here, label in (
        (panels[0], SEVERITIES, by_severity, 1.0, "severity of rewriting (1: as newsrooms do)"),
        (panels[1], CUTS, by_cut, resolve.SAME, "probability from which two articles are one story"),
    ):
        for name in results[0]:
            panel.plot(at, [result[name] for result in results], marker="o", markersize=3, label=name)
        panel.axvline(here, color="grey", linestyle=":")
        panel.set_xlabel(label)
        panel.grid(alpha=0.3)
    panels[0].legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    for far, result in zip(SEVERITIES, by_severity, strict=True):
        print(f"severity {far:4}: " + ", ".join(f"{name} {value:.3f}" for name, value in result.items()))
    print(f"plotted in {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plot", type=Path, default=Path(".bench/stories.png"), help="where the picture goes")
    options = parser.parse_args()
    items = list(stream(options.stories, options.seed))
    found = grouped(items)
    limits = {"precision": 0.99, "recall": 0.98, "ari": 0.98, "templates apart": 0.95, "follow-ups apart": 0.9}
    for name, value in scores(items, found).items():
        print(f"{name:18} {value:.4f}   (wanted {limits[name]})")
    print("copies that missed their story:", missed(items, found))
    sweep(options.stories // 4, options.seed, options.plot)


if __name__ == "__main__":
    main()
