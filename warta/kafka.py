"""kafka-python clients with the settings that lose nothing; every plain client of Warta is made here."""

from __future__ import annotations

from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from warta.settings import Settings
from warta.topics import MAX_REQUEST

#: How long a round of a poll may wait for records at least, if the poll itself may.
_ROUND_S = 1.0


def producer(settings: Settings, client_id: str) -> Any:
    """An idempotent producer: acks from all, zstd, order kept. Bound what is in flight yourself: it has no memory limit."""
    return KafkaProducer(
        bootstrap_servers=settings.kafka_servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        linger_ms=20,
        batch_size=64 * 1024,
        max_request_size=MAX_REQUEST,
        max_in_flight_requests_per_connection=5,
        delivery_timeout_ms=120_000,
        request_timeout_ms=30_000,
        max_block_ms=10_000,
        allow_auto_create_topics=False,
    )


def consumer(settings: Settings, *topics: str, group: str | None, client_id: str, **overrides: Any) -> Any:
    """A consumer that starts at the earliest record and commits only by hand; without a group it is assigned by hand."""
    made = KafkaConsumer(
        *topics,
        **{
            "bootstrap_servers": settings.kafka_servers,
            "client_id": client_id,
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": settings.session_timeout_s * 1000,
            "heartbeat_interval_ms": max(1000, settings.session_timeout_s * 100),
            "max_poll_interval_ms": 600_000,
            "fetch_max_bytes": MAX_REQUEST,
            "max_partition_fetch_bytes": MAX_REQUEST,
            "allow_auto_create_topics": False,
            **overrides,
        },
    )
    _wait_in_polls(made)
    return made


def _wait_in_polls(made: Any) -> None:
    """Let polls of a group's member wait for records although a heartbeat is overdue.

    kafka-python 3.0.12 ends the wait when the next heartbeat is due, which its own thread sends. While a broker hangs, the
    heartbeat stays unanswered and due: `poll` then turns without waiting, a core's worth, and each turn leaves a callback
    at the fetch that is under way (measured: 465 MB in 28 s, never given back).
    """
    coordinator = made._coordinator
    due_s = coordinator.time_to_next_poll
    coordinator.time_to_next_poll = lambda: max(due_s(), _ROUND_S)


def admin(settings: Settings, client_id: str = "warta-admin", **overrides: Any) -> Any:
    """An administration client."""
    return KafkaAdminClient(**{"bootstrap_servers": settings.kafka_servers, "client_id": client_id, **overrides})
