"""Cleaning beside trafilatura and newspaper4k on the same cases: sentences, times, speed on one core, hostile pages.

    python -m benchmarks.cleaning.corpus

Limits: recall and precision ≥ 0.995 on text, time exact ≥ 0.98, ≥ 80 pages/s and ≥ 2,000 texts/s on one core, 1 MB of hostile
markup ≤ 2 s. Speed is processor time, the best of several rounds, so that a busy machine does not decide.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from stream_agents.cleaning.clean import clean_page, clean_text
from tests.corpus.cleaning.cases import Case, cases, score
from tests.corpus.cleaning.forms import TIMED

REAL = Path(__file__).parents[3] / "shared" / "data" / "clean_cases.jsonl"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROUNDS = 5
HOSTILE = (
    "<div>",
    "<b><i><p>",
    "<p>Baca juga: Judul Berita Lain",
    "<table><tr><td>x",
    '<div class="related share article-body">x',
    "<a href=x>Tautan</a> ",
)

#: A cleaner under test: page or text → (body, published).
Tool = Callable[[str], tuple[str, datetime | None]]


def ours(page: str) -> tuple[str, datetime | None]:
    """The stage."""
    cleaned = clean_page(page, NOW)
    return cleaned.body, cleaned.published_at


def ours_text(text: str) -> tuple[str, datetime | None]:
    """The stage on plain text."""
    cleaned = clean_text(text, NOW)
    return cleaned.body, cleaned.published_at


def plain_trafilatura(page: str) -> tuple[str, datetime | None]:
    """trafilatura as its documentation calls it."""
    from trafilatura import bare_extraction

    document = bare_extraction(page, with_metadata=True, favor_precision=True)
    date = getattr(document, "date", None)
    return getattr(document, "text", None) or "", datetime.fromisoformat(date) if date else None


def newspaper(page: str) -> tuple[str, datetime | None]:
    """newspaper4k as its documentation calls it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for nltk, which this does not use
        from newspaper import Article

    article = Article("https://kabarnusa.id/a", language="id")
    article.download(input_html=page)
    article.parse()
    return article.text, article.publish_date


def judge(name: str, tool: Tool, chosen: Sequence[Case]) -> None:
    """Print one line: recall, precision, exact times and speed of a tool on the cases."""
    truth = found = said = right = timed = exact = 0
    for case in chosen:
        body, published = tool(case.source)
        result = score(body, case.story)
        truth, found = truth + result.truth, found + result.found
        said, right = said + result.said, right + result.right
        if case.kind == "html" or case.style in TIMED:
            timed += 1
            exact += published is not None and published.tzinfo is not None and published == case.story.at
    speed = len(chosen) / sum(_best(tool, case.source) for case in chosen)
    print(
        f"  {name:<24} recall {found / truth:.4f}  precision {right / max(1, said):.4f} "
        f" time exact {exact / max(1, timed):.3f}  {speed:8,.0f}/s"
    )


def _best(tool: Tool, source: str) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        tool(source)
        best = min(best, (time.process_time_ns() - start) / 1e9)
    return best


def real_speed() -> None:
    """Speed on real inputs, pages of 40 to 290 kB, where they lie beside the repository."""
    if not REAL.is_file():
        print(f"real inputs: skipped, {REAL.name} is not beside the repository")
        return
    records = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    pages = [r["input"] for r in records if r["kind"] == "html"]
    texts = [r["input"] for r in records if r["kind"] == "text"]
    print(
        f"real inputs: {len(pages)} pages of {sum(map(len, pages)) // len(pages) // 1000} kB, {len(texts)} dirty texts"
    )
    for name, tool, inputs in (
        ("Warta, pages", ours, pages),
        ("trafilatura, pages", plain_trafilatura, pages),
        ("Warta, texts", ours_text, texts),
    ):
        print(f"  {name:<24} {len(inputs) / sum(_best(tool, source) for source in inputs):8,.0f}/s")


def main() -> None:
    every = list(cases())
    pages, texts = [c for c in every if c.kind == "html"], [c for c in every if c.kind == "text"]
    print(f"pages ({len(pages)}; limits: recall and precision 0.995, time 0.98, 80/s)")
    judge("Warta", ours, pages)
    judge("trafilatura", plain_trafilatura, pages)
    judge("newspaper4k", newspaper, pages)
    print(f"texts ({len(texts)}; limits: recall and precision 0.995, time 0.98, 2,000/s)")
    judge("Warta", ours_text, texts)
    real_speed()
    print("hostile markup, 1 MB each (limit 2 s)")
    for piece in HOSTILE:
        start = time.process_time()
        clean_page(piece * (1_000_000 // len(piece)), NOW)
        print(f"  {piece:<42} {time.process_time() - start:5.2f} s")


if __name__ == "__main__":
    main()
