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
    from stream_agents.alerting.engine import Options
    from stream_agents.alerting.injection import Heard
    from stream_agents.alerting.lines import Line
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
    tune: Annotated[
        bool, typer.Option(help="Try several rates and propose the one that rings as often as --rate.")
    ] = False,
    inject: Annotated[
        bool,
        typer.Option(
            help="Put bursts into the history too and tell how many ring and how soon (with --json: one object)."
        ),
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of alarms over time (PNG or SVG).")] = None,
) -> None:
    """Replay a history through the very same code and print its alarms, and alarms a series-week against nominal."""
    if not 0 < rate <= 100:
        raise Usage(f"--rate {rate}: write a number of false alarms a series-week above 0, such as 0.1")
    if str(path) == "-" and (tune or inject):
        raise Usage("--tune and --inject read the history several times: give them a file")
    options = _options(rate, days_of(warm_up), meluas)
    if tune:
        _tune(path, options)
        return
    from stream_agents.alerting.backtest import backtest as run
    from stream_agents.alerting.backtest import drill

    # Millions of small objects and not one cycle: the collector would only walk them again and again.
    gc.disable()
    report = run(_history(path), options)
    heard = drill(lambda: _history(path), options) if inject else None
    gc.enable()
    if heard is not None and json:
        print(_drill_json(report, heard, rate))
    else:
        for alarm in report.alarms:
            print(_as_json(alarm) if json else _as_line(alarm))
    if not json:
        _summary(report, rate, heard)
    if plot is not None:
        from stream_agents.alerting.plot import draw

        draw(report, rate, plot, heard)


def _options(rate: float, warm_up_days: float, meluas: bool) -> Options:
    from stream_agents.alerting.engine import Options
    from stream_agents.alerting.series import kinds
    from warta.settings import settings

    return Options(
        rate=rate,
        warm_up_days=warm_up_days,
        silent_warm_up=True,
        spread=meluas,
        facts=False,
        kinds=kinds(settings().cases),
    )


def _history(path: Path) -> Iterator[tuple[float, Line]]:
    from stream_agents.alerting.lines import read

    return read(_lines(path), str(path))


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


def _summary(report: Report, rate: float, heard: Heard | None) -> None:
    spikes = sum(alarm.what != "spread" for alarm in report.alarms)
    print(f"{report.lines} lines, {report.series} series, {report.weeks:.2f} weeks after warm-up")
    if not report.series_weeks:
        print("all of it is warm-up: nothing can fire (see --warm-up)")
        return
    print(f"{spikes} alarms, {report.rate:.4f} a series-week (nominal {rate:g})")
    if heard is not None:
        for line in heard.lines():
            print(line)


def _drill_json(report: Report, heard: Heard, rate: float) -> str:
    import msgspec

    figures = {"nominal": rate, "observed": report.rate, "series_weeks": report.series_weeks, **heard.figures()}
    return msgspec.json.encode(figures).decode()


def _tune(path: Path, options: Options) -> None:
    """What each rate would have rung on this history, true alarms and false ones together."""
    from stream_agents.alerting.backtest import proposed, tune

    print("rate       alarms  a series-week  a day")
    tried = []
    for rate, report in tune(lambda: _history(path), options):
        spikes = len(report.alarms)
        per_day = spikes / (report.weeks * 7) if report.weeks else 0.0
        print(f"{rate:<10.4g} {spikes:6d}  {report.rate:13.4f}  {per_day:5.2f}", flush=True)
        tried.append((rate, report))
    best = proposed(tried, options.rate)
    if best is None:
        print(
            f"none of these rang no more than {options.rate:g} times a series-week: there is more to tell in this history"
        )
    else:
        print(
            f"proposed: --rate {best:.3g}, the most sensitive that rang no more than {options.rate:g} times a series-week here"
        )


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
