"""Articles a second of the sentiment stage against the bare ONNX session on the same texts, in the same run.

    python -m benchmarks.sentiment.throughput [ARTICLES]

Three lines: the label alone, the whole score as the agent computes it (headline, body, sentences, tags), and the same
measured by model runs. The limit is 0.9 of the bare session for the same runs: what the stage adds round the model.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from stream_agents.sentiment.model import SentimentModel
from stream_agents.sentiment.scorer import Scorer
from stream_agents.sentiment.text import model_input
from stream_agents.tagging.tagger import Tagger
from stream_agents.tagging.taxonomy import load_taxonomy
from warta.messages import Content

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models" / "sentiment-id"
LIMIT = 0.9


class Recorder:
    """A classifier that remembers which texts the stage ran the model on."""

    def __init__(self, inner: SentimentModel) -> None:
        self._inner = inner._classifier
        self.texts: list[str] = []

    def tokens(self, text: str) -> np.ndarray:
        self.texts.append(text)
        return self._inner.tokens(text)

    def logits(self, ids: np.ndarray) -> np.ndarray:
        return self._inner.logits(ids)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    articles = _articles(count)
    bare = _bare_session()
    label = SentimentModel.load(FOLDER)
    inputs = [model_input(title, body) for title, body in articles]
    _compare(
        "label alone",
        len(articles),
        lambda: [label.score(*article) for article in articles],
        lambda: _run(bare, inputs),
    )
    recorder = Recorder(label)
    whole = Scorer(SentimentModel(recorder, label.folder), Tagger(load_taxonomy()))
    contents = [Content(url="u", canonical_url="u", title=title, body=body) for title, body in articles]
    seconds = _seconds(lambda: [whole.score(content) for content in contents])
    runs = list(dict.fromkeys(recorder.texts))
    reference = _seconds(lambda: _run(bare, runs))
    print(
        f"whole score    {len(articles) / seconds:6.1f} articles/s, {len(runs) / len(articles):.1f} model runs an article"
    )
    print(f"same runs      stage {len(runs) / seconds:6.1f}/s, bare session {len(runs) / reference:6.1f}/s: ", end="")
    print(f"{reference / seconds:.2f} (limit {LIMIT})")
    print(f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


def _compare(name: str, articles: int, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    theirs_s, ours_s = _seconds(theirs), _seconds(ours)
    print(f"{name:14} {articles / ours_s:6.1f} articles/s, bare session {articles / theirs_s:6.1f}/s: ", end="")
    print(f"{theirs_s / ours_s:.2f} (limit {LIMIT})")


def _bare_session() -> tuple[Tokenizer, onnxruntime.InferenceSession]:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(192)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return tokenizer, onnxruntime.InferenceSession(str(next(FOLDER.glob("onnx/*.onnx"))), options)


def _run(bare: tuple[Tokenizer, onnxruntime.InferenceSession], texts: list[str]) -> None:
    tokenizer, session = bare
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})


def _seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process: other programs on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _articles(count: int) -> list[tuple[str, str]]:
    """Real articles where the shared data lies beside the checkout, the sample's invented ones elsewhere."""
    shared = ROOT.parent / "shared" / "data" / "sentiment_validation.jsonl"
    if shared.exists():
        records = [json.loads(line) for line in shared.read_bytes().splitlines()]
        return [(record["title"], record["text"]) for record in records[:count]]
    records = [json.loads(line) for line in (ROOT / "samples" / "expected.jsonl").read_bytes().splitlines()]
    return list({record["body"]: ("", record["body"]) for record in records if "body" in record}.values())[:count]


if __name__ == "__main__":
    main()
