"""`warta clean`: one object a file, in order, whatever one of them holds."""

import json
from pathlib import Path

import pytest
import typer

from stream_agents.cleaning.clean import clean_text
from stream_agents.cleaning.command import clean, decode, learn, marked
from tests.corpus.cleaning.articles import STORIES
from tests.corpus.cleaning.forms import header
from tests.corpus.cleaning.themes import jnews
from tests.stream_agents.cleaning.test_limits import NOW


def test_files_in_order_and_one_bad_one_does_not_end_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, text, empty = tmp_path / "a.html", tmp_path / "b.txt", tmp_path / "c.txt"
    page.write_text(jnews(STORIES[0]), encoding="utf-8")
    text.write_text(header(STORIES[1]), encoding="utf-8")
    empty.write_bytes(b"\xff\xfe")
    with pytest.raises(typer.Exit) as ended:
        clean([page, tmp_path / "missing.txt", empty, text])
    assert ended.value.exit_code == 1
    first, missing, nothing, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["title"], first["published_at"]) == (STORIES[0].title, STORIES[0].at.isoformat())
    assert missing["error"].startswith("unreadable")
    assert nothing["error"].startswith("no-text")
    assert last["authors"] == [STORIES[1].author]
    assert {"kind", "text", "offset"} == set(last["cuts"][0])


def test_diff_marks_every_cut_in_the_original() -> None:
    cleaned = clean_text(header(STORIES[0]), NOW)
    text = marked(cleaned)
    struck = {text.plain[s.start : s.end] for s in text.spans if "strike" in str(s.style)}
    assert {cut.text for cut in cleaned.cuts} <= struck


def test_files_of_other_encodings() -> None:
    assert decode("Café".encode("cp1252")) == "Café"
    assert decode("Café".encode("utf-16")) == "Café"
    assert decode(b"\xef\xbb\xbfCaf\xc3\xa9") == "Café"


def test_learn_reads_records_and_names_bad_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = "Koran Nusa terbit setiap pagi dan dapat dibaca di kedai kopi langganan warga kota."
    lines = [
        json.dumps(
            {
                "url": f"https://nusa.id/{i}",
                "source": "nusa",
                "title": s.title,
                "text": "\n".join([*s.paragraphs, house]),
            }
        )
        for i, s in enumerate(STORIES)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join([*lines, "{broken"]), encoding="utf-8")
    learn([path], 5)
    out, err = capsys.readouterr()
    assert json.loads(out)["paragraphs"][0]["example"] == house
    assert f"{path}:9" in err
