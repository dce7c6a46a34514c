"""Entries as lines: what is written reads back the same, and nothing else of a file moves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers import catalogue
from producers.catalogue import Source
from producers.checking import lines
from warta.errors import Usage

FILE = """# A comment above.
sources:
- {id: a.id, name: A, hosts: [a.id], feeds: ['https://a.id/feed'], verified: never}  # ask Budi first
# Between.
- {id: b.id, name: B, hosts: [b.id], 'on': false}
- id: c.id
  name: C
  hosts: [c.id]
"""

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(
    texts,
    texts,
    st.sampled_from(["never", date(2026, 11, 24)]),
    st.sampled_from(["", "32", "32.11"]),
    st.booleans(),
    st.sampled_from([r"/\\d{4}/", "", "a: b, {c}"]),
)
def test_a_line_reads_back(name: str, note: str, verified: object, region: str, on: bool, rule: str) -> None:
    source = Source.model_validate(
        {"id": "a.id", "name": name, "hosts": ["a.id", "www.a.id"], "region": region, "note": note}
        | {"verified": verified, "on": on, "articles": rule, "feeds": ["https://a.id/f?x=1&y='2'"], "delay": 2.5}
    )
    text = lines.line(source)
    assert text.count("\n") == 1
    assert catalogue.parse(f"sources:\n{text}".encode(), Path("x")) == [source]


def test_only_the_line_that_changes_changes(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(FILE)
    a, b, _ = catalogue.load(path)
    changed = {"a.id": a.model_copy(update={"verified": date(2026, 11, 24)}), "b.id": b}
    assert lines.rewrite(path, changed) == 2  # b's line gets its `verified`
    old, new = FILE.splitlines(), path.read_text().splitlines()
    assert [n for n, (x, y) in enumerate(zip(old, new, strict=True)) if x != y] == [2, 4]
    assert new[2].endswith("verified: 2026-11-24}  # ask Budi first")
    assert catalogue.load(path)[0].verified == date(2026, 11, 24)
    assert lines.rewrite(path, changed) == 0


@given(texts, st.sampled_from(["", "  # ask Budi } # first", "   "]))
def test_a_comment_stays_and_a_value_never_becomes_one(note: str, behind: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sources.yaml"
        source = Source(id="a.id", name="A", hosts=("a.id",), note=f"{note} }} # {note}")
        path.write_text(f"sources:\n{lines.line(source).rstrip()}{behind}\n", "utf-8")
        for _ in range(2):
            lines.rewrite(path, {"a.id": source.model_copy(update={"verified": date(2026, 11, 24)})})
            written = path.read_text("utf-8").splitlines()[1]
            assert written.endswith(f"}}{behind.rstrip()}")
            assert catalogue.load(path)[0].note == source.note


def test_an_entry_over_several_lines_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(FILE)
    with pytest.raises(Usage, match=r"c\.id as one line"):
        lines.rewrite(path, {"c.id": catalogue.load(path)[2]})
    assert path.read_text() == FILE


def test_append_makes_a_catalogue_or_refuses(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    first = Source(id="a.id", name="A", hosts=("a.id",))
    lines.append(path, first)
    lines.append(path, Source(id="b.id", name="B", hosts=("b.id",)))
    assert [source.id for source in catalogue.load(path)] == ["a.id", "b.id"]
    before = path.read_bytes()
    with pytest.raises(Usage, match=r"already belongs to 'a\.id'"):
        lines.append(path, Source(id="d.id", name="D", hosts=("a.id",)))
    assert path.read_bytes() == before


def test_the_shipped_catalogue_is_lines(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(catalogue.SHIPPED.read_bytes())
    day = {"verified": date(2026, 11, 24)}
    changed = {source.id: source.model_copy(update=day) for source in catalogue.load(path)}
    assert lines.rewrite(path, changed) == len(changed)
    assert {source.verified for source in catalogue.load(path)} == {date(2026, 11, 24)}
