"""What a stage sends: an idempotent producer whose every delivery is awaited before the batch counts as done.

Faust's own producer is not idempotent under at-least-once, so a retried request may change the order of a key's
messages; ours keeps it (KIP-98), and it is the only one a stage writes with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2

from warta.errors import Invalid, StateError, Transient
from warta.settings import Settings
from warta.topics import MAX_REQUEST, partition_key

#: Keeps a batch under the topic's `max.message.bytes` even when its values do not compress.
STATE_BATCH_BYTES = 1024 * 1024
NULLS_AT_ONCE = 5000
#: aiokafka's idempotent producer retries for ever; after this the process ends and is started anew.
GIVE_UP_SECONDS = 120


class Output(NamedTuple):
    """One message to send. `doc_id/section` keys go to the partition of `doc_id`."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Outbox:
    """Sends and awaits. Every method raises `Transient` when Kafka did not confirm.

    With `fence`, state is written through a second producer in transactions of its own: opening it makes the broker refuse
    whatever a predecessor that only slept still tries to write (KIP-98, zombie fencing), and one step's state is read
    whole or not at all.
    """

    def __init__(self, settings: Settings, client_id: str, fence: str | None = None) -> None:
        self._settings = settings
        self._client_id = client_id
        self._fence_id = fence
        self._outputs: AIOKafkaProducer | None = None
        self._fence: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect; from here on a predecessor cannot write state."""
        try:
            self._outputs = await self._started(enable_idempotence=True)
            if self._fence_id:
                self._fence = await self._started(transactional_id=self._fence_id)
        except (KafkaError, TimeoutError) as error:
            raise Transient(f"Kafka does not answer: {error!r}") from error

    async def _started(self, **role: Any) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_servers,
            client_id=self._client_id,
            acks="all",
            compression_type="zstd",
            max_batch_size=STATE_BATCH_BYTES,
            max_request_size=MAX_REQUEST,
            request_timeout_ms=30_000,
            # Whole batches are sent at once and awaited, so waiting for more would only add delay.
            linger_ms=0,
            **role,
        )
        async with asyncio.timeout(GIVE_UP_SECONDS):
            await producer.start()
        return producer

    async def stop(self) -> None:
        """Disconnect."""
        for producer in (self._outputs, self._fence):
            if producer:
                await producer.stop()

    async def send(self, outputs: Iterable[Output]) -> None:
        """Send in the order given and wait for every confirmation."""
        assert self._outputs, "start() comes first"
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                deliveries = [await self._send(self._outputs, output) for output in outputs]
                await asyncio.gather(*deliveries)
        except MessageSizeTooLargeError as error:
            raise Invalid("too-large", f"a result does not fit the topic: {error}") from error
        except (KafkaError, TimeoutError) as error:
            raise Transient(f"Kafka did not confirm: {error!r}") from error

    async def _send(self, producer: AIOKafkaProducer, output: Output) -> Any:
        partition = None
        if output.key and b"/" in output.key:
            partition = _partition(output.key, len(await producer.partitions_for(output.topic)))
        headers = list(output.headers)
        return await producer.send(
            output.topic, key=output.key, value=output.value, partition=partition, headers=headers
        )

    async def send_state(self, topic: str, records: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Write state records in order, all or none of them."""
        assert self._fence, "a stage with state needs a fence"
        entries = list(records)
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS), self._fence.transaction():
                while entries:
                    entries = await self._send_batch(self._fence, topic, entries)
        except (KafkaError, TimeoutError) as error:
            raise Transient(f"Kafka did not confirm the state: {error!r}") from error

    async def send_nulls(self, topic: str, keys: Sequence[bytes]) -> None:
        """Forget state records, a few thousand in a transaction: what a kill leaves is still to be forgotten."""
        for first in range(0, len(keys), NULLS_AT_ONCE):
            await self.send_state(topic, [(key, None) for key in keys[first : first + NULLS_AT_ONCE]])

    async def _send_batch(
        self, fence: AIOKafkaProducer, topic: str, entries: list[tuple[bytes, bytes | None]]
    ) -> list[tuple[bytes, bytes | None]]:
        """Send as many entries as one batch takes; returns the rest."""
        batch = fence.create_batch()
        taken = 0
        for key, value in entries:
            if batch.append(key=key, value=value, timestamp=None) is None:
                break
            taken += 1
        if not taken:
            raise StateError(f"a state record of {topic} is larger than {STATE_BATCH_BYTES} bytes")
        batch.close()
        await (await fence.send_batch(batch, topic, partition=0))
        return entries[taken:]


def _partition(key: bytes, partitions: int) -> int:
    """Where Kafka's default partitioner (murmur2) puts the part of a key that chooses the partition."""
    return int(murmur2(partition_key(key) or b"") & 0x7FFFFFFF) % partitions
