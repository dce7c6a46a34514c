"""The back-test's own measures: injected bursts, precision, tuning, and that a story counts once a series."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from stream_agents.alerting.backtest import backtest, drill, proposed, tune
from stream_agents.alerting.command import app
from stream_agents.alerting.engine import Options
from stream_agents.alerting.injection import FACTOR, HOURS, Burst, heard, injected, plan, profiles
from stream_agents.alerting.lines import Line
from warta.alarms import Alarm

START = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
OPTIONS = Options(silent_warm_up=True, spread=False, facts=False)
History = Callable[[], Iterable[tuple[float, Line]]]


def _history(rates: tuple[float, ...], days: int = 28, seed: int = 3) -> list[tuple[float, Line]]:
    """One series a rate (negative stories an hour), half as many others, four publishers."""
    rng = np.random.default_rng(seed)
    found = []
    for series, rate in enumerate(rates):
        for label, factor in (("negative", 1.0), ("neutral", 0.5)):
            for number, at in enumerate(rng.uniform(0, days * 86400, rng.poisson(rate * factor * days * 24)).tolist()):
                line = Line("", [f"x{series}"], f"{series}-{label}-{number}", f"o{rng.integers(4)}", label)
                found.append((START + at, line))
    return sorted(found, key=lambda timed: timed[0])


def test_bursts_are_put_in_after_the_warm_up_at_the_factor_and_in_order() -> None:
    history = _history((4.0, 0.02))
    known = profiles(history)
    bursts = plan(known, 14, np.random.default_rng(1))
    assert {burst.series for burst in bursts} == {"x0"}
    assert all(START + 14 * 86400 <= burst.start <= START + 28 * 86400 for burst in bursts)
    assert bursts[0].usual == pytest.approx(4.0, rel=0.25)
    merged = list(injected(history, bursts, known, np.random.default_rng(2)))
    times = [at for at, _ in merged]
    assert times == sorted(times)
    made = [(at, line) for at, line in merged if line.story_id.startswith("made")]
    assert len(made) == sum(burst.stories for burst in bursts)
    assert len(made) == pytest.approx((FACTOR - 1) * HOURS * 4.0 * len(bursts), rel=0.4)
    assert {line.publisher_group for _, line in made} <= {f"o{i}" for i in range(4)}


def test_a_drill_finds_bursts_and_tells_what_else_rang() -> None:
    history = _history((3.0, 4.0, 5.0))
    result = drill(lambda: history, OPTIONS)
    found, of = result.found(2.0, np.inf)
    assert found == of == len(result.bursts) == 3
    assert 0 < result.median_delay <= 2
    assert result.precision == pytest.approx(1 - result.false / result.alarms)
    assert result.figures()["detection_below"] is None


def test_only_an_alarm_of_the_series_and_time_hears_a_burst() -> None:
    bursts = [Burst("a", START, 1.0, 9), Burst("a", START + 86400, 1.0, 9), Burst("b", START, 1.0, 9)]
    moments = [("a", 90), ("a", 2000), ("b", -10)]
    alarms = [
        Alarm(
            alarm_id=f"A-{series}{minutes}", what="spike", series=series, level="pantau", expected=1, observed=9, p=1e-5,
            fired_at=(at := datetime.fromtimestamp(START, UTC) + timedelta(minutes=minutes)), updated_at=at,
            window_start=at, window_end=at,
        )
        for series, minutes in moments
    ]  # fmt: skip
    result = heard(alarms, bursts)
    assert result.delays[0] == 1.5
    assert np.isnan(result.delays[1:]).all()
    assert (result.alarms, result.false) == (3, 2)


def test_tuning_proposes_a_rate_that_rings_no_more_than_wished() -> None:
    history = _history((0.5, 1.0, 2.0, 4.0) * 3)
    wished = 0.3
    tried = list(tune(lambda: history, Options(rate=wished, silent_warm_up=True, spread=False, facts=False)))
    best = proposed(tried, wished)
    assert best is not None
    assert dict(tried)[best].rate <= wished
    rates = [report.rate for _, report in sorted(tried, key=lambda one: one[0])]
    assert rates == sorted(rates)
    assert proposed(tried, -1.0) is None


def test_copies_add_nothing_and_unlisted_series_are_not_counted() -> None:
    history = _history((2.0,))
    at = START + 20 * 86400
    copies = [(at + i, Line("", ["x0"], "viral", f"o{i % 4}", "negative")) for i in range(200)]
    plain = backtest(history, OPTIONS)
    viral = backtest(sorted(history + copies, key=lambda timed: timed[0]), OPTIONS)
    assert viral.series == 1
    assert [alarm.alarm_id for alarm in viral.alarms] == [alarm.alarm_id for alarm in plain.alarms]


def test_the_command_injects_tunes_and_draws(tmp_path: Path) -> None:
    path, picture = tmp_path / "in.jsonl", tmp_path / "a.png"
    with path.open("w") as file:
        for at, line in _history((3.0,), seed=4):
            moment = datetime.fromtimestamp(at, UTC).isoformat()
            fields = {"time": moment, "series": line.series, "story_id": line.story_id, "label": line.label}
            file.write(json.dumps({**fields, "publisher_group": line.publisher_group}) + "\n")
    done = CliRunner().invoke(app, ["backtest", str(path), "--inject", "--plot", str(picture)], catch_exceptions=False)
    assert "1 bursts of 4.5 times" in done.stdout
    assert "median delay" in done.stdout
    assert picture.stat().st_size > 1000
    done = CliRunner().invoke(app, ["backtest", str(path), "--inject", "--json"], catch_exceptions=False)
    figures = json.loads(done.stdout)
    assert figures["nominal"] == 0.1
    assert figures["detection_from_2_an_hour"] == 1.0
    done = CliRunner().invoke(app, ["backtest", str(path), "--tune"], catch_exceptions=False)
    assert "proposed: --rate" in done.stdout
    done = CliRunner().invoke(app, ["backtest", "-", "--inject"], input="")
    assert done.exit_code != 0
    assert "give them a file" in str(done.exception)
