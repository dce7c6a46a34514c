"""Hashes of Warta: blake2b with 128 bits (RFC 7693), as 32 hex digits."""

from __future__ import annotations

import re
from hashlib import blake2b, sha256

_SPACE = re.compile(r"\s+")


def blake2b_128(data: bytes) -> str:
    """32 hex digits of BLAKE2b with a 16-byte digest."""
    return blake2b(data, digest_size=16).hexdigest()


def sha256_urn(data: bytes) -> str:
    """The URL of a file that has none: `urn:sha256:<hash of its bytes>`."""
    return f"urn:sha256:{sha256(data).hexdigest()}"


def _folded(text: str) -> bytes:
    return _SPACE.sub(" ", text).strip().encode("utf-8", "surrogatepass")


def content_hash(title: str, body: str) -> str:
    """Identity of one text of a document: title and body after cleaning, before publisher rules; white space folded."""
    return blake2b_128(_folded(title) + b"\x00" + _folded(body))


def body_hash(body: str) -> str:
    """Identity of a cleaned body, white space folded: equal bodies are exact copies."""
    return blake2b_128(_folded(body))
