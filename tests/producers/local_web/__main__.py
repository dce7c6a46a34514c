"""`python -m tests.producers.local_web ['{"backlog": 20, "live": 60}'] [PORT]`: serve until standard input closes.

Prints its port. Live publishing begins with a POST to http://127.0.0.1:PORT/_web/go.
"""

from __future__ import annotations

import asyncio
import sys

import msgspec

from tests.producers.local_web.newsroom import Plan
from tests.producers.local_web.server import serve
from warta.clock import SystemClock


async def main(arguments: list[str]) -> None:
    """Serve the plan of the first argument (JSON) at the port of the second, with the contact of the third."""
    plan = msgspec.json.decode(arguments[0] if arguments else "{}", type=Plan)
    port = int(arguments[1]) if len(arguments) > 1 else 0
    bound, _, runner = await serve(plan, SystemClock(), port=port, contact=arguments[2] if len(arguments) > 2 else "")
    print(bound, flush=True)
    # Whoever started this holds the other end: when it dies, however it dies, this ends too.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
