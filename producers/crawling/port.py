"""The crawler's HTTP port, answered by its own event loop: an answer on /healthz proves that the loop turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from prometheus_client import generate_latest

#: (healthy, facts to show).
Health = Callable[[], tuple[bool, dict[str, Any]]]
_SECONDS = 5.0
_MAX_HEAD = 8192


async def serve(port: int, host: str, health: Health) -> asyncio.Server:
    """Serve `/metrics` for Prometheus and `/healthz` for supervisors until the server is closed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _SECONDS)
            status, kind, body = _respond(head.split(b" ", 2)[1].decode("latin-1"), health)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n".encode()
                + body
            )
            await asyncio.wait_for(writer.drain(), _SECONDS)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=_MAX_HEAD)


def _respond(path: str, health: Health) -> tuple[str, str, bytes]:
    if path == "/metrics":
        return "200 OK", "text/plain; version=0.0.4; charset=utf-8", generate_latest()
    if path == "/healthz":
        healthy, facts = health()
        status = "200 OK" if healthy else "503 Service Unavailable"
        return status, "application/json", json.dumps({"healthy": healthy, **facts}).encode()
    return "404 Not Found", "text/plain", b"/metrics or /healthz\n"
