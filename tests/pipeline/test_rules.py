"""Boilerplate learnt from a publisher's articles is cut from its next one, with the rule's version on the cut."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.pipeline.harness import Pipeline, write
from tests.servers import until
from warta import topics
from warta.messages import Document, DocumentMessage
from warta.wire import Decoder

pytestmark = pytest.mark.integration

SLOGAN = "Harian Uji menyapa pembaca setiap pagi dari tepian Bengawan dengan semangat warga."


def record(number: int) -> str:
    text = (
        f"Warga RW {number} Kelurahan Uji menanam {number * 17} bibit mangga di tepi saluran irigasi.\n\n"
        f"Ketua RW {number} mengatakan panen pertama ditunggu {number + 2} tahun lagi oleh seluruh warga.\n\n{SLOGAN}"
    )
    return json.dumps({"url": f"https://harianuji.test/{number}", "title": f"RW {number} Menanam Mangga", "text": text})


def test_learnt_boilerplate_is_cut_and_the_cut_is_stamped(pipeline: Pipeline, tmp_path: Path) -> None:
    learnt_from = write(tmp_path / "before.jsonl", [record(number) for number in range(10, 18)])
    said = pipeline.warta("boilerplate", "learn", str(learnt_from), "--publish")
    assert "1 publishers' rules changed" in said.stderr

    numbers = itertools.count(100)

    def is_cut() -> bool:
        # The cleaner follows the topic beside its work, so the very next record may still be ahead of the rule.
        number = next(numbers)
        pipeline.warta("replay", str(write(tmp_path / "next.jsonl", [record(number)])), "--as-live")
        pipeline.wait_idle()
        (found,) = (d for d in pipeline.documents() if d["url"] == f"https://harianuji.test/{number}")
        assert "bibit mangga" in found["body"]
        return SLOGAN not in found["body"]

    until(is_cut, "the rule is in force", 60)
    # The index keeps a cut's kind and length; the log keeps its text and the version of the rule that asked for it.
    decoder = Decoder(DocumentMessage)
    messages = [decoder.decode(value) for value in pipeline.values(topics.DOCUMENTS)]
    cuts = [cut for m in messages if isinstance(m, Document) and "harianuji" in m.content.url for cut in m.content.cuts]
    assert ("boilerplate", SLOGAN, 1) in {(cut.kind, cut.text, cut.rule) for cut in cuts}
    again = pipeline.warta("boilerplate", "learn", str(learnt_from), "--publish")
    assert "0 publishers' rules changed" in again.stderr
