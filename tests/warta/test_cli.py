"""The frame of `warta`: what went wrong is told as it is, and a group offers nothing but its commands."""

from __future__ import annotations

import pytest
import typer
from kafka.errors import KafkaTimeoutError
from typer.testing import CliRunner

from warta import cli
from warta.errors import Usage, WartaError


def guarded(error: Exception) -> int:
    def program() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        cli.guard(program)
    return int(str(ended.value.code))


def test_an_error_is_told_letter_by_letter_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    said = "WARTA_KAFKA=127.0.0.1:abc: '[bold]:smile:[/x]' is not host:port, and this sentence is longer than a screen"
    assert guarded(Usage(said)) == 2
    assert capsys.readouterr().err == f"warta: {said}\n"
    assert guarded(WartaError("down")) == 1


def test_a_broker_that_is_away_is_a_sentence_and_our_own_faults_are_traced(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(KafkaTimeoutError("no answer in 5 s")) == 1
    assert capsys.readouterr().err.startswith("warta: Kafka at ")
    with pytest.raises(ZeroDivisionError):
        cli.guard(lambda: 1 // 0)


def test_a_group_offers_only_its_commands() -> None:
    group = typer.Typer(help="A group.")
    group.command("one")(lambda: None)
    group.command("two")(lambda: None)
    shown = CliRunner().invoke(_command(group), ["--help"])
    assert shown.exit_code == 0
    assert "completion" not in shown.output
    assert "one" in shown.output


def _command(group: typer.Typer) -> typer.Typer:
    """The group with the frame's way of making a command of it."""
    cli._as_command(group, "group")
    return group
