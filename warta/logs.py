"""Logging: one shape for our lines and for those of Faust, Kafka and Elasticsearch clients."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from warta.settings import Settings

#: Clients that say more than an operator wants at info.
_CHATTY = ("kafka", "aiokafka", "elastic_transport", "faust", "mode", "httpx", "httpcore")


class AtMost(logging.Filter):
    """Lets through `limit` lines a second of a logger: aiokafka says fifty a second while a broker is away."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self._second = 0
        self._count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        second = int(record.created)
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return self._count <= self._limit


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def formatter(settings: Settings) -> logging.Formatter:
    """The formatter for every handler: JSON lines, or text for people."""
    renderer: Any
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer()
        chain = [structlog.processors.dict_tracebacks, renderer]
    else:
        plain = structlog.dev.plain_traceback
        chain = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *chain],
    )


def configure(settings: Settings, **bound: str) -> None:
    """Send every log line of this process to stderr; `bound` (stage, …) stands on each of ours."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings))
    chatter = AtMost(1)
    handler.addFilter(lambda record: not record.name.startswith("aiokafka") or chatter.filter(record))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**bound)


def get(name: str) -> Any:
    """A structured logger."""
    return structlog.stdlib.get_logger(name)
