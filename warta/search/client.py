"""Clients of Elasticsearch, and its failures told apart in Warta's three kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from warta.errors import Transient, WartaError
from warta.settings import Settings

#: Read alias over all monthly indices.
NEWS = "news"
REVISIONS = "news-revisions"
ALERTS = "warta-alerts"
SERIES = "warta-series"

#: Statuses that say "not now" (RFC 9110, RFC 6585).
BUSY = frozenset({408, 429, 500, 502, 503, 504})


def connect(settings: Settings, *, retries: int = 2, timeout_s: float = 30, connections: int = 10) -> Elasticsearch:
    """A client; `retries` are the transport's own, with growing pauses. Nothing is sent until the first request."""
    return Elasticsearch(
        settings.elasticsearch,
        request_timeout=timeout_s,
        max_retries=retries,
        retry_on_timeout=retries > 0,
        retry_on_status=(429, 502, 503, 504),
        retry_backoff_base=0.5,
        retry_backoff_cap=10,
        connections_per_node=connections,
    )


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn the client's exceptions into `Transient` (may pass) or `WartaError` (will not), with a sentence for a person.

    Raises:
        Transient: unreachable, too busy, or blocked by a full disk.
        WartaError: refused for good; the message names `what` and the server's reason.
    """
    try:
        yield
    except UnsupportedProductError as error:
        raise WartaError(f"{what}: the server is not Elasticsearch 9 ({error})") from None
    except ApiError as error:
        reason = reason_of(error)
        if error.status_code in BUSY or blocked(error.status_code, error_type(error)):
            raise Transient(f"{what}: Elasticsearch answered {error.status_code}: {reason}") from None
        raise WartaError(f"{what}: Elasticsearch refused with {error.status_code}: {reason}") from None
    except TransportError as error:
        raise Transient(f"{what}: Elasticsearch cannot be reached: {error.message}") from None


def blocked(status: int, kind: str) -> bool:
    """Whether a write is refused by a block that an operator or the disk watermark put on the index."""
    return status in (403, 429) and kind == "cluster_block_exception"


def error_type(error: ApiError) -> str:
    """The server's name of the failure, empty when it gave none."""
    body = error.body
    found = body.get("error") if isinstance(body, dict) else None
    return str(found.get("type", "")) if isinstance(found, dict) else ""


def reason_of(error: ApiError) -> str:
    """The server's reason in one line; the innermost cause, which names the field or the syntax."""
    body = error.body
    found = body.get("error") if isinstance(body, dict) else None
    if not isinstance(found, dict):
        return str(found or error.message)[:500]
    causes = found.get("root_cause") or [found]
    inner = found.get("caused_by") or causes[0]
    while isinstance(inner.get("caused_by"), dict):
        inner = inner["caused_by"]
    return f"{found.get('type')}: {inner.get('reason') or found.get('reason')}"[:500]
