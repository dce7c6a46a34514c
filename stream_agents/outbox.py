"""What a stage sends: an idempotent producer whose every delivery is awaited before the batch counts as done.

Faust's own producer is not idempotent under at-least-once, so a retried request may change the order of a key's
messages; ours keeps it (KIP-98), and it is the only one a stage writes with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2

from warta.errors import Invalid, StateError, Transient
from warta.settings import Settings
from warta.topics import MAX_REQUEST, partition_key

#: Keeps a state batch under the topic's `max.message.bytes` even when its values do not compress.
STATE_BATCH_BYTES = 1024 * 1024
#: Bytes a record costs in a batch beside key and value (record format v2: varints and a timestamp), generously.
RECORD_OVERHEAD = 40
#: aiokafka's idempotent producer retries for ever; after this the process ends and is started anew.
GIVE_UP_SECONDS = 120


class Output(NamedTuple):
    """One message to send. `doc_id/section` keys go to the partition of `doc_id`."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Outbox:
    """Sends and awaits. Every method raises `Transient` when Kafka did not confirm."""

    def __init__(self, settings: Settings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id
        self._open: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect; the producer binds to the running event loop."""
        self._open = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_servers,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            max_batch_size=STATE_BATCH_BYTES,
            max_request_size=MAX_REQUEST,
            request_timeout_ms=30_000,
            # Whole batches are sent at once and awaited, so waiting for more would only add delay.
            linger_ms=0,
        )
        try:
            await self._open.start()
        except KafkaError as error:
            raise Transient(f"Kafka does not answer: {error!r}") from error

    @property
    def _producer(self) -> Any:
        assert self._open, "start() comes first"
        return self._open

    async def stop(self) -> None:
        await self._producer.stop()

    async def send(self, outputs: Iterable[Output]) -> None:
        """Send in the order given and wait for every confirmation."""
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                deliveries = [await self._send(output) for output in outputs]
                await asyncio.gather(*deliveries)
        except MessageSizeTooLargeError as error:
            raise Invalid("too-large", f"a result does not fit the topic: {error}") from error
        except (KafkaError, TimeoutError) as error:
            raise Transient(f"Kafka did not confirm: {error!r}") from error

    async def _send(self, output: Output) -> Any:
        partition = None
        if output.key and b"/" in output.key:
            partition = await self._partition(output.topic, output.key)
        return await self._producer.send(
            output.topic, key=output.key, value=output.value, partition=partition, headers=list(output.headers)
        )

    async def _partition(self, topic: str, key: bytes) -> int:
        anchor = partition_key(key) or b""
        partitions = await self._producer.partitions_for(topic)
        return int(murmur2(anchor) & 0x7FFFFFFF) % len(partitions)

    async def send_state(
        self, topic: str, records: Iterable[tuple[bytes, bytes | None]], last: tuple[bytes, bytes]
    ) -> None:
        """Write state records in order, `last` (the position they include) at the very end.

        What fits one Kafka batch is appended whole or not at all; see `fits_one_batch`.
        """
        entries: list[tuple[bytes, bytes | None]] = [*records, last]
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                while entries:
                    entries = await self._send_state_batch(topic, entries)
        except (KafkaError, TimeoutError) as error:
            raise Transient(f"Kafka did not confirm the state: {error!r}") from error

    async def _send_state_batch(
        self, topic: str, entries: Sequence[tuple[bytes, bytes | None]]
    ) -> list[tuple[bytes, bytes | None]]:
        batch = self._producer.create_batch()
        taken = 0
        for key, value in entries:
            if batch.append(key=key, value=value, timestamp=None) is None:
                break
            taken += 1
        if not taken:
            raise StateError(f"a state record of {topic} is larger than {STATE_BATCH_BYTES} bytes")
        batch.close()
        delivery = await self._producer.send_batch(batch, topic, partition=0)
        await delivery
        return list(entries[taken:])


def fits_one_batch(records: Mapping[bytes, bytes | None]) -> bool:
    """Whether these state records (and a position) are surely written as one batch, that is atomically."""
    return (
        sum(len(key) + len(value or b"") + RECORD_OVERHEAD for key, value in records.items()) < STATE_BATCH_BYTES * 0.9
    )
