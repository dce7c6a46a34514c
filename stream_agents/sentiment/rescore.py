"""`warta rescore`: indexed documents through the same scorer, sent as events of their own kind on `warta.scored`.

There they take their place in the one order; stories passes them on as patches of section `score`. Corrections stay.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer

from warta.errors import Transient, Usage
from warta.messages import Content, Rescore, Score, Trace
from warta.wire import encode, envelope

#: Messages under way to Kafka at most: memory stays flat, and an outage is noticed early.
IN_FLIGHT = 200
#: What a score depends on, and what an event must carry.
FIELDS = ("doc_id", "url", "title", "body", "dateline", "region", "origin", "fetched_at", "first_seen_at")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_CONFIRM_SECONDS = 60
_LOOK_AGAIN_S = 1.0

T = TypeVar("T")
R = TypeVar("R")


def rescore(
    since: Annotated[str, typer.Option(help="Documents fetched within this long: 90m, 12h, 7d.")] = "7d",
    model: Annotated[
        str,
        typer.Option(
            "--model", help="A model folder or hub id; by default that of WARTA_SENTIMENT.", show_default=False
        ),
    ] = "",
    query: Annotated[str, typer.Option("--query", help="Only what this search finds.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="Documents at most, newest first; 0: all.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Machine output: one JSON object.")] = False,
) -> None:
    """Score indexed documents anew, with today's model, cases and places. Alarms are not fired again.

    Live news goes first: it waits while a running stage is more than WARTA_LAG_LIMIT behind.
    """
    import json as jsonlib

    from stream_agents.sentiment.scorer import Scorer
    from warta.settings import settings

    now = datetime.now(UTC)
    start = now - span(since)
    config = settings().model_copy(update={"sentiment": model} if model else {})
    scorer = Scorer.load(config)
    count = 0
    with ThreadPoolExecutor(config.sentiment_sessions, thread_name_prefix="score") as pool:
        sources = _documents(config, query, start, limit)
        events = side_by_side(
            pool, lambda source: event(source, scorer.score, now), sources, 2 * config.sentiment_sessions
        )
        for _ in _progress(send(config, _politely(config, events))):
            count += 1
    name = scorer.model.name if scorer.model else ""
    if json:
        typer.echo(jsonlib.dumps({"rescored": count, "model": name}))
    else:
        typer.echo(
            f"{count} documents scored anew{f' by {name}' if name else ''}; 'warta status' shows them on their way"
        )


def span(text: str) -> timedelta:
    """`90m`, `12h`, `7d` as a duration.

    Raises:
        Usage: it is written otherwise.
    """
    if text[-1:] not in _UNITS or not text[:-1].isdigit() or len(text) > 6:
        raise Usage(f"--since '{text}': write 90m, 12h or 7d")
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def event(source: dict[str, Any], score: Callable[[Content], Score], now: datetime) -> Rescore:
    """A document of the index → the event that carries its new score. The envelope stays the document's own."""
    first_seen = source.get("first_seen_at")
    return Rescore(
        **envelope(
            doc_id=source["doc_id"],
            fetched_at=datetime.fromisoformat(source["fetched_at"]).astimezone(UTC),
            first_seen_at=datetime.fromisoformat(first_seen).astimezone(UTC) if first_seen else None,
            origin=source.get("origin", "live"),
            trace=Trace(id=uuid4().hex, passed={"rescore": now}),
        ),
        score=score(content_of(source)),
    )


def content_of(source: dict[str, Any]) -> Content:
    """As much of section `content` as a score depends on."""
    return Content(
        url=source.get("url", ""),
        canonical_url=source.get("url", ""),
        title=source.get("title", ""),
        body=source.get("body", ""),
        dateline=source.get("dateline", ""),
        region=source.get("region", ""),
    )


def side_by_side(pool: ThreadPoolExecutor, work: Callable[[T], R], items: Iterable[T], ahead: int) -> Iterator[R]:
    """`work` on every item in the pool, results in order, never more than `ahead` items taken before they are wanted."""
    pending: deque[Any] = deque()
    for item in items:
        pending.append(pool.submit(work, item))
        if len(pending) >= ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def _politely(config: Any, events: Iterable[Rescore]) -> Iterator[Rescore]:
    """The events, while no running stage is more than WARTA_LAG_LIMIT behind: live news goes first."""
    from warta import kafka
    from warta.clock import SystemClock
    from warta.gate import Gate, KafkaLag

    lag = KafkaLag(kafka.admin(config, "warta-rescore-lag"))
    try:
        yield from behind(Gate(lag, config.lag_limit, SystemClock()).open, events)
    finally:
        lag.close()


def behind(gate: Callable[[], bool], events: Iterable[T], rest: Callable[[float], object] = time.sleep) -> Iterator[T]:
    """Each event once the gate lets it pass."""
    for message in events:
        while not gate():
            rest(_LOOK_AGAIN_S)
        yield message


def send(config: Any, events: Iterable[Rescore]) -> Iterator[Rescore]:
    """Send each to `warta.scored` and hand it on; when this ends, Kafka holds all of them.

    Raises:
        Transient: Kafka did not confirm.
    """
    from kafka.errors import KafkaError

    from warta import kafka, topics

    try:
        producer = kafka.producer(config, "warta-rescore")
        try:
            pending: deque[Any] = deque()
            for message in events:
                pending.append(producer.send(topics.SCORED, key=message.doc_id.encode(), value=encode(message)))
                if len(pending) >= IN_FLIGHT:
                    pending.popleft().get(timeout=_CONFIRM_SECONDS)
                yield message
            producer.flush(_CONFIRM_SECONDS)
            for delivery in pending:
                delivery.get(timeout=_CONFIRM_SECONDS)
        finally:
            producer.close(timeout=5)
    except KafkaError as error:
        raise Transient(
            f"Kafka at {config.kafka} did not confirm: {error!r}; run it again, a score sent twice does no harm"
        ) from error


def _documents(config: Any, query: str, start: datetime, limit: int) -> Iterator[dict[str, Any]]:
    """What the index holds since `start`, newest first; probes and takedowns are hidden and so left out."""
    from itertools import islice

    from warta.search.client import connect
    from warta.search.find import Search, stream

    within = {"range": {"fetched_at": {"gte": start.isoformat()}}}
    search = Search(text=query, order="time", by_story=False, extra=(within,))
    hits = stream(connect(config), search, datetime.now(UTC), at_once=100, fields=FIELDS)
    return (hit["_source"] for hit in (islice(hits, limit) if limit else hits))


def _progress(events: Iterator[Rescore]) -> Iterator[Rescore]:
    """The same, with a count on a terminal's stderr."""
    import sys

    if not sys.stderr.isatty():
        yield from events
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(events, description="documents", console=Console(stderr=True), transient=True)
