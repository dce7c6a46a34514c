"""The `warta` command: its frame. Rooms bring subcommands through the entry-point group `warta.commands`.

A subcommand's module is imported only when it is called or its help is asked for, so `warta clean` never pays for Kafka.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from warta.errors import Transient, Usage, WartaError

GROUP = "warta.commands"


class LazyGroup(TyperGroup):
    """A group whose commands are entry points, loaded on first use."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted({point.name for point in entry_points(group=GROUP)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        for point in entry_points(group=GROUP, name=cmd_name):
            module = importlib.import_module(point.module)
            return _as_command(getattr(module, point.attr), cmd_name)
        return None


def _as_command(target: Any, name: str) -> Any:
    """A Typer app becomes a group, a plain function a command of its own."""
    if isinstance(target, typer.Typer):
        # Completion belongs to `warta` as a whole: no group offers to install one of its own.
        target._add_completion = False
        command = typer.main.get_command(target)
    else:
        single = typer.Typer(add_completion=False)
        single.command(name)(target)
        command = typer.main.get_command(single)
    command.name = name
    return command


def _version(wanted: bool) -> None:
    if wanted:
        from warta import __version__

        typer.echo(__version__)
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    help="Watch Indonesian news: crawl, clean, link, score, search, alert.",
)


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Watch Indonesian news: crawl, clean, link, score, search, alert."""


def main() -> None:
    """Entry point of `warta`."""
    guard(app)


def run(command: Callable[..., None]) -> None:
    """Entry point of a process that is one Typer function, with the exit codes of `warta`."""
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command()(command)
    guard(single)


def guard(program: Callable[[], object]) -> None:
    """Run it; exit codes: 0 done, 1 failed, 2 used wrongly. Our errors are one line, never a traceback."""
    try:
        program()
    except Usage as error:
        _complain(error)
        sys.exit(2)
    except WartaError as error:
        _complain(error)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output (head, less) went away: nothing to complain about.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if not _is_kafkas(error):
            raise
        from warta.settings import settings

        _complain(Transient(f"Kafka at {settings().kafka} does not answer: {error}"))
        sys.exit(1)


def _is_kafkas(error: Exception) -> bool:
    """Whether the client gave up; a command that has not loaded it cannot have met its errors."""
    errors = sys.modules.get("kafka.errors")
    return errors is not None and isinstance(error, errors.KafkaError)


def _complain(error: WartaError) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    # A Text: no tags and no `:emoji:` in what may name anybody's input. A log's line stays whole, to be found and copied.
    line = Text.assemble(("warta:", "bold red"), f" {error}")
    console.print(line, soft_wrap=not console.is_terminal)
