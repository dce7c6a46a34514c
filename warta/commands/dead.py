"""`warta dead list|show|replay|drop`: what stages refused, why, and the way back in."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import typer

from warta import kafka, topics
from warta.deadletters import DeadLetter
from warta.errors import Transient, Usage, WartaError
from warta.settings import Settings, settings

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, replay, drop.")

#: How long the broker may keep silent before a read of a topic with known end gives up, seconds.
_PATIENCE_S = 20
_STAGE = typer.Option("", "--stage", "-s", help=f"Only this stage: {', '.join(topics.STAGES)}.")
_JSON = typer.Option(False, "--json", help="Machine output: one JSON object a line.")


class Letter(NamedTuple):
    """One dead letter and where it lies; `name` is how commands refer to it: `stage:offset`."""

    stage: str
    offset: int
    letter: DeadLetter
    record: Any

    @property
    def name(self) -> str:
        return f"{self.stage}:{self.offset}"


@app.command(name="list")
def list_(stage: str = _STAGE, limit: int = typer.Option(50, "--limit", "-n", min=1), json: bool = _JSON) -> None:
    """Show the newest dead letters, newest last."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from warta.search.labels import short_moment

    found = sorted(_read(settings(), _stages(stage)), key=lambda item: item.letter.failed_at)
    if json:
        for item in found[-limit:]:
            typer.echo(jsonlib.dumps(_facts(item), ensure_ascii=False))
        return
    table = Table("id", "time (WIB)", "reason", "detail", "from", box=None, header_style="bold")
    for item in found[-limit:]:
        letter = item.letter
        origin = f"{letter.topic}[{letter.partition}]@{letter.offset}"
        cells = (item.name, short_moment(letter.failed_at), letter.reason, letter.detail, origin)
        table.add_row(*(Text(_clean(cell, 160)) for cell in cells))
    console = Console()
    console.print(table)
    console.print(f"{len(found)} dead letters; 'warta dead show ID' prints one whole", style="dim")


@app.command()
def show(
    name: str = typer.Argument(help="The id that 'warta dead list' shows, such as clean:12."), json: bool = _JSON
) -> None:
    """Show one dead letter: why, where it came from, and its untouched bytes."""
    item = _one(settings(), name)
    facts = _facts(item)
    value = (item.record.value or b"").decode("utf-8", "backslashreplace")
    if json:
        typer.echo(jsonlib.dumps({**facts, "value": value}, ensure_ascii=False))
        return
    for key, fact in facts.items():
        typer.echo(f"{key:>10}  {_clean(str(fact), 2000)}")
    typer.echo("")
    typer.echo(_clean(value, len(value)))


@app.command()
def replay(
    names: list[str] = typer.Argument(None, help="Ids such as clean:12."),
    stage: str = _STAGE,
    reason: str = typer.Option("", help="Only those with this reason."),
    everything: bool = typer.Option(False, "--all", help="All that match, without naming them."),
) -> None:
    """Send dead letters back to the topic they came from, with their own bytes and key.

    They stay in the dead-letter topic until 'drop' or the end of its retention.
    """
    config = settings()
    chosen = _chosen(config, names or [], stage, reason, everything)
    producer = kafka.producer(config, "warta-dead-replay")
    try:
        sent = [(item, _resend(producer, item)) for item in chosen]
        for item, future in sent:
            try:
                future.get(timeout=130)
            except Exception as error:
                raise Transient(f"{item.name} was not taken by Kafka: {error}") from error
    finally:
        producer.close(timeout=10)
    typer.echo(f"{len(chosen)} sent back")


@app.command()
def drop(
    stage: str = typer.Argument(help=f"The stage whose dead letters go: {', '.join(topics.STAGES)}."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    before: int = typer.Option(-1, help="Only those before this offset (the number in stage:offset)."),
) -> None:
    """Delete a stage's dead letters for good, from the oldest up to now (or up to --before)."""
    from kafka import TopicPartition
    from kafka.errors import KafkaError

    config = settings()
    (stage,) = _stages(stage)
    found = list(_read(config, (stage,)))
    last = found[-1].offset + 1 if found else 0
    limit = min(before, last) if before >= 0 else last
    doomed = [item for item in found if item.offset < limit]
    if not doomed:
        typer.echo("nothing to drop")
        return
    if not yes:
        typer.confirm(f"Delete {len(doomed)} dead letters of {stage} for good?", abort=True)
    admin = kafka.admin(config)
    try:
        admin.delete_records({TopicPartition(topics.dead(stage), 0): limit})
    except KafkaError as error:
        raise Transient(f"Kafka did not delete them: {error}") from error
    finally:
        admin.close()
    typer.echo(f"{len(doomed)} dropped")


def _stages(stage: str) -> tuple[str, ...]:
    if stage and stage not in topics.STAGES:
        raise Usage(f"there is no stage '{stage}'; the stages are {', '.join(topics.STAGES)}")
    return (stage,) if stage else topics.STAGES


def _chosen(config: Settings, names: list[str], stage: str, reason: str, everything: bool) -> list[Letter]:
    if bool(names) == everything:
        raise Usage("name the dead letters to replay, or say --all (with --stage and --reason to choose)")
    if names:
        return [_one(config, name) for name in dict.fromkeys(names)]
    return [item for item in _read(config, _stages(stage)) if not reason or item.letter.reason == reason]


def _one(config: Settings, name: str) -> Letter:
    stage, _, offset = name.partition(":")
    if stage not in topics.STAGES or not offset.isdigit():
        raise Usage(f"'{name}' is not the id of a dead letter: write stage:offset, as 'warta dead list' shows")
    for item in _read(config, (stage,), start=int(offset)):
        if item.offset == int(offset):
            return item
        break
    raise WartaError(f"there is no dead letter {name}: it was dropped, or its 30 days are over")


def _resend(producer: Any, item: Letter) -> Any:
    """Back to the topic it came from; a key's own partitioner chooses the partition it had."""
    letter = item.letter
    if letter.topic not in topics.BY_NAME:
        raise WartaError(f"{item.name} does not say which topic it came from ('{_clean(letter.topic, 80)}')")
    if item.record.value is None:
        raise WartaError(f"{item.name} has no value to send")
    partition = letter.partition if 0 <= letter.partition < topics.BY_NAME[letter.topic].partitions else None
    return producer.send(letter.topic, value=item.record.value, key=item.record.key, partition=partition)


def _read(config: Settings, stages: tuple[str, ...], start: int = 0) -> Iterator[Letter]:
    """Dead letters of `stages` as they lie there now, oldest first in each; from offset `start`."""
    from kafka import TopicPartition
    from kafka.errors import KafkaError

    parts = {TopicPartition(topics.dead(stage), 0): stage for stage in stages}
    try:
        consumer = kafka.consumer(config, group=None, client_id="warta-dead")
    except KafkaError as error:
        raise Transient(f"Kafka at {config.kafka} cannot be reached: {error}") from None
    try:
        yield from _drain(consumer, parts, start)
    except KafkaError as error:
        raise Transient(f"reading the dead letters: {error}") from None
    finally:
        consumer.close(autocommit=False)


def _drain(consumer: Any, parts: dict[Any, str], start: int) -> Iterator[Letter]:
    first, last = consumer.beginning_offsets(list(parts)), consumer.end_offsets(list(parts))
    open_ = {part: end for part, end in last.items() if end > max(first[part], start)}
    consumer.assign(list(open_))
    for part in open_:
        consumer.seek(part, max(first[part], start))
    while open_:
        fetched = consumer.poll(timeout_ms=_PATIENCE_S * 1000)
        if not fetched and all(consumer.position(part) < end for part, end in open_.items()):
            raise Transient(f"Kafka gave nothing for {_PATIENCE_S} s; try again")
        for part, records in fetched.items():
            for record in records:
                if record.offset < open_.get(part, 0):
                    yield Letter(parts[part], record.offset, DeadLetter.parse(record.headers), record)
        open_ = {part: end for part, end in open_.items() if consumer.position(part) < end}


def _facts(item: Letter) -> dict[str, Any]:
    letter = item.letter
    return {
        "id": item.name,
        "stage": letter.stage or item.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "key": (item.record.key or b"").decode("utf-8", "backslashreplace"),
        "attempts": letter.attempts,
        "failed_at": letter.failed_at.isoformat(),
        "bytes": len(item.record.value or b""),
    }


def _clean(text: str, limit: int) -> str:
    """Text of strangers, safe for a terminal: no control characters, bounded."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text[:limit])
