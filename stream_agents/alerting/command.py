"""`warta alerts`: back-test; and list, show, ack, silence, test on the running system."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warta.errors import Usage

if TYPE_CHECKING:
    from stream_agents.alerting.backtest import Report
    from warta.alarms import Alarm

app = typer.Typer(no_args_is_help=True, help="Alarms: look, take on, silence, try, and back-test on your own history.")


@app.callback()
def root() -> None:
    """Alarms: look, take on, silence, try, and back-test on your own history."""


_DURATION = re.compile(r"^(\d+(?:\.\d+)?)([dhw]?)$")
_DAYS = {"h": 1 / 24, "d": 1.0, "": 1.0, "w": 7.0}


def days_of(text: str) -> float:
    """`14d`, `36h`, `2w` → days.

    Raises:
        Usage: it is none of these.
    """
    match = _DURATION.match(text.strip())
    if not match:
        raise Usage(f"'{text}' is no duration: write 14d, 36h or 2w")
    return float(match[1]) * _DAYS[match[2]]


@app.command()
def backtest(
    path: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="Labelled stories in time order; - reads stdin.")],
    rate: Annotated[float, typer.Option(help="Wished false alarms a series-week.")] = 0.1,
    warm_up: Annotated[str, typer.Option(help="Nothing fires during it (14d, 36h, 2w).")] = "14d",
    json: Annotated[bool, typer.Option("--json", help="One alarm a line.")] = False,
    meluas: Annotated[bool, typer.Option(help="Print spread alarms too.")] = False,
    tune: Annotated[bool, typer.Option(help="Try several rates and say what each would have rung.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of alarms over time (PNG or SVG).")] = None,
) -> None:
    """Replay a history through the very same code and print its alarms, and alarms a series-week against nominal."""
    if not 0 < rate <= 100:
        raise Usage(f"--rate {rate}: write a number of false alarms a series-week above 0, such as 0.1")
    warm_up_days = days_of(warm_up)
    if tune:
        _tune(path, rate, warm_up_days)
        return
    report = _run(path, rate, warm_up_days, meluas)
    for alarm in report.alarms:
        print(_as_json(alarm) if json else _as_line(alarm))
    if not json:
        _summary(report, rate)
    if plot is not None:
        from stream_agents.alerting.plot import draw

        draw(report, rate, plot)


def _run(path: Path, rate: float, warm_up_days: float, meluas: bool) -> Report:
    from stream_agents.alerting.backtest import backtest as run
    from stream_agents.alerting.backtest import read
    from stream_agents.alerting.engine import Options
    from stream_agents.alerting.series import kinds
    from warta.settings import settings

    options = Options(
        rate=rate,
        warm_up_days=warm_up_days,
        silent_warm_up=True,
        spread=meluas,
        facts=False,
        kinds=kinds(settings().cases),
    )
    # Millions of small objects and not one cycle: the collector would only walk them again and again.
    gc.disable()
    try:
        return run(read(_lines(path), str(path)), options)
    finally:
        gc.enable()


def _lines(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror}") from None


def _as_json(alarm: Alarm) -> str:
    import msgspec

    line = {
        "series": alarm.series,
        "fired_at": alarm.fired_at,
        "window_start": alarm.window_start,
        "window_end": alarm.window_end,
        "expected": alarm.expected,
        "observed": alarm.observed,
        "p": alarm.p,
        "what": alarm.what,
        "level": alarm.level,
        "alarm_id": alarm.alarm_id,
    }
    return msgspec.json.encode(line).decode()


def _as_line(alarm: Alarm) -> str:
    return (
        f"{alarm.fired_at:%Y-%m-%d %H:%M}Z  {alarm.level:8}  {alarm.series}: {alarm.observed} "
        f"(usually {alarm.expected:.1f}) {alarm.window_start:%H:%M}-{alarm.window_end:%H:%M}Z  {alarm.what}  p {alarm.p:.1e}"
    )


def _summary(report: Report, rate: float) -> None:
    spikes = sum(alarm.what != "spread" for alarm in report.alarms)
    print(f"{report.lines} lines, {report.series} series, {report.weeks:.2f} weeks after warm-up")
    if report.series_weeks:
        print(f"{spikes} alarms, {spikes / report.series_weeks:.4f} a series-week (nominal {rate:g})")
    else:
        print("all of it is warm-up: nothing can fire (see --warm-up)")


def _tune(path: Path, rate: float, warm_up_days: float) -> None:
    """What each rate would have rung on this history, true alarms and false ones together."""
    if str(path) == "-":
        raise Usage("--tune reads the history several times: give it a file")
    print("rate     alarms  a series-week  a day")
    best = rate
    for tried in sorted({0.01, 0.03, 0.1, 0.3, 1.0, rate}):
        report = _run(path, tried, warm_up_days, False)
        per_week = len(report.alarms) / report.series_weeks if report.series_weeks else 0.0
        per_day = len(report.alarms) / (report.weeks * 7) if report.weeks else 0.0
        print(f"{tried:<8g} {len(report.alarms):6d}  {per_week:13.4f}  {per_day:5.2f}")
        if per_week <= rate:
            best = tried
    print(f"proposed: --rate {best:g}, the most sensitive that rang no more than {rate:g} times a series-week here")


@app.command("list")
def list_alarms(
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One alarm a line.")] = False,
) -> None:
    """Alarms that are open."""
    from stream_agents.alerting import desk

    for alarm in desk.alarms(limit, everything):
        print(desk.as_json(alarm) if json else desk.as_line(alarm))


@app.command()
def show(
    alarm_id: Annotated[str, typer.Argument(metavar="ALARM")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
) -> None:
    """One alarm as receivers read it, and what decided."""
    from stream_agents.alerting import desk

    alarm = desk.alarm(alarm_id)
    print(desk.as_json(alarm) if json else desk.as_text(alarm, "en" if english else "id"))


@app.command()
def ack(
    alarm_id: Annotated[str, typer.Argument(metavar="ALARM")],
    by: Annotated[str, typer.Option(help="Who takes it on (else: your user name).")] = "",
    note: Annotated[str, typer.Option(help="A word for the others.")] = "",
) -> None:
    """Take an alarm on ("Saya tangani")."""
    from stream_agents.alerting import desk

    alarm, by = desk.alarm(alarm_id), by or getuser()
    desk.decide("ack", alarm["alarm_id"], by, note)
    print(f"{alarm_id} is taken on by {by}")


@app.command()
def silence(
    series: Annotated[str, typer.Argument(help="Series, a pattern such as place:32.*, or an alarm's id.")],
    by: Annotated[str, typer.Option(help="Who wants it quiet (else: your user name).")] = "",
    duration: Annotated[str, typer.Option("--for", help="8h, 2d, 1w; 0h lifts a silence.")] = "8h",
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Keep series quiet for a while ("Bisukan"): their alarms are kept and shown, and ring nobody."""
    from stream_agents.alerting import desk

    days = days_of(duration)
    until = desk.decide("silence", desk.subject_of(series), by or getuser(), note, days)
    print(f"{series} is quiet until {until:%Y-%m-%d %H:%M}Z" if days else f"{series} is no longer silenced")


@app.command("test")
def send_test(
    resolve: Annotated[str, typer.Option(metavar="ALARM", help="End the test alarm of this id instead.")] = "",
) -> None:
    """Send a test alarm the whole way: index, routes, receivers (series `test`)."""
    from stream_agents.alerting import desk

    print(desk.send_test(resolve))
