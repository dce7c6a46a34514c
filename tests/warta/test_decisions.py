"""Keys of decisions, and the links that merge and split are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta import decisions
from warta.decisions import Link, Subject
from warta.errors import Invalid, Usage
from warta.messages import Decision

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
ids = st.text("0123456789abcdef", min_size=32, max_size=32)


def subject(number: int, *, head: bool = False) -> Subject:
    return Subject(f"{number:032x}", is_head=head, fetched_at=NOW, first_seen_at=NOW - timedelta(hours=number))


def made(action: decisions.Action, one: int, other: int) -> Decision:
    return decisions.decide(action, subject(one), "meja", NOW, other=subject(other))


def pairs(links: list[Link]) -> list[tuple[str, int, int]]:
    return [(link.action, int(link.one.doc_id, 16), int(link.other.doc_id, 16)) for link in links]


@given(ids, ids)
def test_a_link_has_one_key_whichever_end_comes_first(one: str, other: str) -> None:
    assert decisions.key("must-link", one, other) == decisions.key("cannot-link", other, one)
    assert decisions.kind_of(decisions.key("unlink", one, other).encode()) == "link"


def test_an_undo_takes_the_place_of_its_correction() -> None:
    assert decisions.key("correct", "a") == decisions.key("uncorrect", "a") == "correct/a"
    assert decisions.key("forget", "a") == "forget/a"


@pytest.mark.parametrize("key", [None, b"", b"correct", b"correct/", b"applaud/x", b"\xff/x"])
def test_a_key_of_no_known_kind_is_refused(key: bytes | None) -> None:
    with pytest.raises(Invalid, match="bad-decision"):
        decisions.kind_of(key)


def test_a_decision_leaves_the_times_of_its_document_alone() -> None:
    found = decisions.decide("correct", subject(3), "meja", NOW + timedelta(days=2), label="negative", note="n")
    assert (found.fetched_at, found.first_seen_at) == (NOW, NOW - timedelta(hours=3))
    assert found.correction is not None
    assert found.correction.at == found.at == NOW + timedelta(days=2)


def test_merge_ties_the_heads() -> None:
    links = decisions.merge_links([subject(1), subject(2, head=True)], [subject(3, head=True)], [])
    assert pairs(links) == [("must-link", 3, 2)]


def test_merge_is_an_event_of_the_story_seen_first() -> None:
    younger, older = [subject(1, head=True), subject(2)], [subject(3), subject(9, head=True)]
    assert pairs(decisions.merge_links(younger, older, [])) == pairs(decisions.merge_links(older, younger, []))
    assert pairs(decisions.merge_links(younger, older, [])) == [("must-link", 9, 1)]


def test_merge_lifts_what_kept_the_two_apart_and_nothing_else() -> None:
    known = [made("cannot-link", 4, 1), made("cannot-link", 1, 9), made("must-link", 2, 5), made("unlink", 2, 4)]
    links = decisions.merge_links([subject(1, head=True), subject(2)], [subject(4, head=True), subject(5)], known)
    assert pairs(links) == [("unlink", 1, 4), ("must-link", 4, 1)]


def test_split_keeps_the_named_together_and_apart_from_those_who_stay() -> None:
    members = [subject(1, head=True), subject(2), subject(3), subject(4)]
    links = decisions.split_links(members, [subject(3).doc_id, subject(4).doc_id], [made("must-link", 2, 4)])
    assert pairs(links) == [
        ("unlink", 4, 2),
        ("must-link", 3, 4),
        ("cannot-link", 3, 1),
        ("cannot-link", 4, 1),
        ("cannot-link", 3, 2),
        ("cannot-link", 4, 2),
    ]


def test_split_of_the_head_lets_the_others_go() -> None:
    members = [subject(1, head=True), subject(2), subject(3)]
    links = decisions.split_links(members, [subject(1).doc_id], [])
    assert pairs(links) == [("must-link", 2, 3), ("cannot-link", 2, 1), ("cannot-link", 3, 1)]


def test_links_of_a_split_are_bounded_by_the_anchors() -> None:
    members = [subject(number, head=number == 0) for number in range(100)]
    links = decisions.split_links(members, [subject(99).doc_id], [])
    assert len(links) == decisions.ANCHORS
    assert pairs(links)[0] == ("cannot-link", 99, 0)


def test_split_refuses_strangers_and_everybody() -> None:
    members = [subject(1, head=True), subject(2)]
    with pytest.raises(Usage, match="not in this story"):
        decisions.split_links(members, [subject(7).doc_id], [])
    with pytest.raises(Usage, match="nothing would be split off"):
        decisions.split_links(members, [member.doc_id for member in members], [])


def test_an_address_and_a_doc_id_name_the_same_document() -> None:
    found = decisions.identity_of("https://www.kabar.example/a?utm_source=x")
    assert found == decisions.identity_of("http://kabar.example/a") == decisions.identity_of(found)


@pytest.mark.parametrize("reference", ["foo", "kabar.example/a", "ftp://kabar.example/a", "A" * 32, ""])
def test_what_names_no_article_is_wrong_use(reference: str) -> None:
    with pytest.raises(Usage, match="names no article: write its address"):
        decisions.identity_of(reference)
