"""The engine's durable state: small records of what an event changed, and larger ones when an hour or a day closes.

| key | value | written |
|---|---|---|
| `clock` | versions, time, dirty cells, open episodes, silences, spread's looks | every event |
| `told/<alarm id>` | an alarm as last told, and its stories | when it is told |
| `story/<id>` | a story with its documents | when an event changes it |
| `series/<row>` | a series' name and birth | when it is new |
| `cell/<row>/<day>` | the day's counts of one series | when they change |
| `hour`, `spread` | CUSUMs, outages, usable hours | every hour |
| `model/<chunk>`, `pool` | expectations, dispersions, shared priors | every day |
| `day/<day>` | all counts of a learnt day, in place of its cells | every day |

A restored engine answers exactly as the stopped one would have. The clock says in which version the records and the model
were written: counts of another version are refused, a model of another version is learnt anew from the counts.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import zstandard

from stream_agents.alerting import calendar
from stream_agents.alerting.engine import AlertEngine
from stream_agents.alerting.episodes import Episode
from stream_agents.alerting.history import DAYS
from stream_agents.alerting.ledger import Sighting, Story
from stream_agents.alerting.relearn import relearn
from stream_agents.alerting.spread import AGES
from stream_agents.alerting.told import Told
from warta.errors import StateError

#: Of all records but the model's, and of the model's (`model/<chunk>` and `pool`). A state that says none is of the first.
VERSION = 1
MODEL = 1
CHUNK = 256
_pack = msgspec.msgpack.Encoder().encode
_squeeze = zstandard.ZstdCompressor(level=3)
_HOURLY = ("cusum", "began", "_silent", "_quiet_hours", "_held_from", "runs", "held")


class Changes:
    """Remembers what was written last, so that `since` gives only what an event changed."""

    def __init__(self, engine: AlertEngine) -> None:
        self._engine = engine
        self._series = len(engine.names)
        self._hour = engine.hour
        self._cells: set[tuple[int, int]] = set()

    def since(self, stories: list[str]) -> dict[bytes, bytes | None]:
        """State records after an event that touched `stories` (ids)."""
        engine = self._engine
        found: dict[bytes, bytes | None] = {}
        for story_id in [*stories, *engine.forgotten]:
            story = engine.ledger.stories.get(story_id)
            found[f"story/{story_id}".encode()] = _pack(story) if story else None
        engine.forgotten.clear()
        for row in range(self._series, len(engine.names)):
            found[f"series/{row}".encode()] = _pack((engine.names[row], int(engine.detector.history.born[row])))
        self._series = len(engine.names)
        if engine.learnt_at is not None:
            self._learnt(engine.learnt_at, found)
            engine.learnt_at = None
        counts = engine.detector.history.counts
        for cell in engine.touched:
            row, day = cell
            found[b"cell/%d/%d" % cell] = counts[:, row, day % DAYS].tobytes()
        self._cells |= engine.touched
        engine.touched.clear()
        for alarm_id in engine.judge.book.changed:
            told = engine.judge.book.told.get(alarm_id)
            found[f"told/{alarm_id}".encode()] = _pack(told) if told else None
        engine.judge.book.changed.clear()
        if engine.hour != self._hour:
            self._hour = engine.hour
            found[b"hour"] = _arrays(self._hourly())
            found[b"spread"] = _pack((engine.spread.reached.tolist(), engine.spread.weeks, engine.spread.began))
        found[b"clock"] = _pack(_clock(engine))
        return found

    def _hourly(self) -> dict[str, Any]:
        detector = self._engine.detector
        n, history = detector.history.rows, detector.history
        found = {name: getattr(detector, name)[..., :n] for name in _HOURLY}
        recent = np.arange(history.day - 5, history.day + 1) % DAYS
        return {**found, "usable": np.packbits(history.usable[:n][:, recent])}

    def _learnt(self, day: int, found: dict[bytes, bytes | None]) -> None:
        history = self._engine.detector.history
        n = history.rows
        for old in range(day - 1, day + 1):
            found[f"day/{old}".encode()] = _arrays(
                {"counts": history.counts[:, :n, old % DAYS], "usable": np.packbits(history.usable[:n, old % DAYS])}
            )
            for row, at in [cell for cell in self._cells if cell[1] == old]:
                found[f"cell/{row}/{at}".encode()] = None
                self._cells.discard((row, at))
        found[f"day/{day - DAYS}".encode()] = None
        for cell in [cell for cell in self._cells if cell[1] <= day - DAYS]:
            found[f"cell/{cell[0]}/{cell[1]}".encode()] = None
            self._cells.discard(cell)
        self._model(found)

    def _model(self, found: dict[bytes, bytes | None]) -> None:
        detector = self._engine.detector
        n = detector.history.rows
        for start in range(0, n, CHUNK):
            rows = slice(start, min(start + CHUNK, n))
            arrays = {"means": detector.history.means[:, rows]}
            for measure, scatter in enumerate(detector.scatter):
                arrays[f"likelihood{measure}"] = scatter.likelihood[rows]
                arrays[f"weights{measure}"] = scatter.weights[rows]
            found[f"model/{start}".encode()] = _arrays(arrays)
        pools = [baseline.pool for baseline in detector.baselines]
        found[b"pool"] = _pack(
            {
                "learnt": detector.learnt,
                "pools": [(p.rhythm.tolist(), p.level, p.variances.tolist(), p.trend) for p in pools],
                "priors": [scatter.prior.tolist() for scatter in detector.scatter],
                "rho": detector.rho.likelihood.tolist(),
            }
        )


def _clock(engine: AlertEngine) -> dict[str, Any]:
    history, spread = engine.detector.history, engine.spread
    return {
        "version": VERSION,
        "model": MODEL,
        "watermark": engine.watermark,
        "hour": engine.hour,
        "look": engine.next_look,
        "first": engine.first_hour,
        "day": history.day,
        "started": history.started,
        "gap": engine.detector.stream_gap,
        "dirty": sorted(engine.dirty),
        "episodes": list(engine.judge.episodes.values()),
        "silences": engine.judge.silences.held,
        "spread": (spread.fired, sorted(spread.changed)),
    }


def _arrays(arrays: dict[str, Any]) -> bytes:
    return _squeeze.compress(
        _pack({name: (a.dtype.str, a.shape, np.ascontiguousarray(a).tobytes()) for name, a in arrays.items()})
    )


def _unpack(value: bytes) -> dict[str, Any]:
    found = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(value))
    return {name: np.frombuffer(data, dtype).reshape(shape) for name, (dtype, shape, data) in found.items()}


def restore(engine: AlertEngine, records: dict[str, bytes]) -> Changes:
    """Fill a new engine from its records, in whatever order they were read.

    Raises:
        StateError: they are of a version that this program does not read.
    """
    if "clock" in records:
        _restore(engine, records)
    return _with_cells(Changes(engine), records)


def _with_cells(changes: Changes, records: dict[str, bytes]) -> Changes:
    for key in records:
        if key.startswith("cell/"):
            _, row, day = key.split("/")
            changes._cells.add((int(row), int(day)))
    return changes


def _restore(engine: AlertEngine, records: dict[str, bytes]) -> None:
    clock = msgspec.msgpack.decode(records["clock"])
    _check(clock.get("version", 1))
    history = engine.detector.history
    history.reach(clock["day"])
    history.started = clock["started"]
    for row in range(sum(key.startswith("series/") for key in records)):
        name, born = msgspec.msgpack.decode(records[f"series/{row}"])
        engine.row(name)
        history.born[row] = born
    _restore_counts(engine, records, clock["day"])
    _restore_model(engine, records, clock.get("model", 1))
    engine.watermark, engine.hour, engine.next_look = clock["watermark"], clock["hour"], clock["look"]
    engine.first_hour, engine.detector.stream_gap = clock["first"], clock["gap"]
    engine.dirty = {(row, hour) for row, hour in clock["dirty"]}
    for episode in msgspec.convert(clock["episodes"], list[Episode]):
        engine.judge.episodes[episode.row] = episode
    engine.judge.silences.held = {subject: (until, by) for subject, (until, by) in clock["silences"].items()}
    for key, value in records.items():
        if key.startswith("told/"):
            engine.judge.book.put(msgspec.msgpack.decode(value, type=Told))
    engine.judge.book.changed.clear()
    for key in sorted(records):
        if key.startswith("story/"):
            engine.put(_story(records[key]))
    _restore_spread(engine, records, clock["spread"])


def _check(version: int) -> None:
    if version != VERSION:
        raise StateError(
            f"the state of alerts has version {version}, this program reads {VERSION}: run the program that wrote it, or "
            "begin anew from warta.signals: stop the stage, delete the topic warta.state.alerts and the consumer group "
            "warta-alerts, make the topic (warta topics apply), start the stage"
        )


def _restore_spread(engine: AlertEngine, records: dict[str, bytes], clock: list[Any]) -> None:
    spread = engine.spread
    spread.fired, spread.changed = clock[0], set(clock[1])
    if "spread" in records:
        reached, spread.weeks, spread.began = msgspec.msgpack.decode(records["spread"])
        spread.reached = np.array(reached)
    oldest = calendar.start_of(engine.hour).timestamp() - AGES[-1] * 3600
    spread.young = {
        story.story_id: story.seen for story in engine.ledger.stories.values() if story.watched and story.seen > oldest
    }


def _story(value: bytes) -> Story:
    return msgspec.msgpack.decode(value, type=Story, strict=False)


def _restore_counts(engine: AlertEngine, records: dict[str, bytes], last: int) -> None:
    history = engine.detector.history
    for key in sorted(records, key=lambda key: key.startswith("cell/")):
        kind, _, rest = key.partition("/")
        if kind == "day":
            arrays, slot = _unpack(records[key]), int(rest) % DAYS
            n = arrays["counts"].shape[1]
            if last - DAYS < int(rest) <= last:
                history.counts[:, :n, slot] = arrays["counts"]
                history.usable[:n, slot] = np.unpackbits(arrays["usable"])[: n * 24].reshape(n, 24)
        elif kind == "cell":
            row, _, day = rest.partition("/")
            if last - DAYS < int(day) <= last:
                counts = np.frombuffer(records[key], np.uint16).reshape(2, 24)
                history.counts[:, int(row), int(day) % DAYS] = counts
    if "hour" in records:
        arrays = _unpack(records["hour"])
        n = arrays["cusum"].shape[0]
        for name in _HOURLY:
            getattr(engine.detector, name)[..., :n] = arrays[name]
        recent = np.arange(last - 5, last + 1) % DAYS
        history.usable[np.arange(n)[:, None], recent] = np.unpackbits(arrays["usable"])[: n * 144].reshape(n, 6, 24)


def _restore_model(engine: AlertEngine, records: dict[str, bytes], version: int) -> None:
    if "pool" not in records:
        return
    pool = msgspec.msgpack.decode(records["pool"])
    if version == MODEL:
        _restore_learnt(engine, records, pool)
    else:
        relearn(engine.detector, pool["learnt"])
        engine.learnt_at = pool["learnt"]


def _restore_learnt(engine: AlertEngine, records: dict[str, bytes], pool: dict[str, Any]) -> None:
    detector = engine.detector
    detector.learnt = pool["learnt"]
    for baseline, (rhythm, level, variances, trend) in zip(detector.baselines, pool["pools"], strict=True):
        baseline.pool.rhythm, baseline.pool.level = np.array(rhythm), level
        baseline.pool.variances, baseline.pool.trend = np.array(variances), trend
    for scatter, prior in zip(detector.scatter, pool["priors"], strict=True):
        scatter.prior = np.array(prior)
        scatter.forget()
    detector.rho.likelihood = np.array(pool["rho"])
    rows = len(engine.names)
    for row in range(rows):
        detector.expect_new(row)
    for key in records:
        if key.startswith("model/"):
            arrays, start = _unpack(records[key]), int(key[6:])
            end = start + arrays["means"].shape[1]
            detector.history.means[:, start:end] = arrays["means"]
            for measure, scatter in enumerate(detector.scatter):
                scatter.fit_rows(detector.history.capacity)
                scatter.likelihood[start:end] = arrays[f"likelihood{measure}"]
                scatter.weights[start:end] = arrays[f"weights{measure}"]


__all__ = ["Changes", "Sighting", "restore"]
