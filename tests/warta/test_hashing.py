"""Hashes: what counts as the same text."""

from __future__ import annotations

from warta.hashing import blake2b_128, body_hash, content_hash, sha256_urn


def test_white_space_does_not_make_another_text() -> None:
    assert body_hash("Satu dua.\n\nTiga.") == body_hash("  Satu  dua. Tiga. ")
    assert body_hash("Satu dua.") != body_hash("Satu Dua.")


def test_title_and_body_cannot_be_mistaken_for_each_other() -> None:
    assert content_hash("a b", "c") != content_hash("a", "b c")


def test_published_test_vector() -> None:
    # BLAKE2b with digest_size 16 of the empty string, as the reference implementation (b2sum -l 128) prints it.
    assert blake2b_128(b"") == "cae66941d9efbd404e4d88758ea67670"
    assert sha256_urn(b"").endswith("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
