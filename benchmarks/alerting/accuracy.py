"""False alarms and detection beside peers, a library and an oracle.

`python -m benchmarks.alerting.accuracy [--series N] [--weeks W] [--plot FILE]`
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.alerting.methods import PEERS, WARM_UP, Alarms, delays, episodes, oracle, ours, peers, precision, tuned
from benchmarks.alerting.simulate import CLASSES, RATES, Burst, simulate, with_bursts

RATE = 0.1
FACTOR = 4.5
#: Classes of the power curve and of the table of methods.
CURVE = ("poisson", "over-dispersed", "weekly rhythm", "two peaks")
TABLE = ("poisson", "over-dispersed", "weekly rhythm")
Curve = list[tuple[str, float, float, float]]


def false_alarms(series: int, weeks: int, classes: Iterable[str] = CLASSES) -> None:
    """False alarms a series-week of every class and rate; the limit is 1.5 × nominal."""
    exposure = series * (weeks - WARM_UP / 168)
    print(
        f"False alarms a series-week, nominal {RATE}, limit {1.5 * RATE:.2f} ({series} series x {weeks} weeks, 2 of them "
        f"warm-up: {RATE * exposure:.0f} expected); ± is twice the standard error"
    )
    print(f"{'class':16} {'ours':>6} {'±':>6} {'alarms':>7}  " + " ".join(f"{rate:g}/h".rjust(6) for rate in RATES))
    for seed, kind in enumerate(classes):
        alarms = ours(simulate(kind, series, weeks, seed), RATE)
        by_rate = [sum(row % len(RATES) == i for row, _ in alarms) * len(RATES) / exposure for i in range(len(RATES))]
        found = len(alarms) / exposure
        print(
            f"{kind:16} {found:6.3f} {2 * len(alarms) ** 0.5 / exposure:6.3f} {len(alarms):7d}  "
            + " ".join(f"{rate:6.3f}" for rate in by_rate)
            + ("" if found <= 1.5 * RATE else "  OVER"),
            flush=True,
        )


def detection(series: int, weeks: int) -> Curve:
    """Bursts found, beside the oracle's at the same observed false alarms."""
    print(
        f"\nDetection of bursts ({FACTOR} x for 3 h); the oracle knows every true mean and dispersion, tests the same"
    )
    print("windows, and rings as often on the news without bursts; ± is twice the standard error of the ratio")
    print(f"{'class':16} {'neg/h':>6} {'FA/wk':>6} {'found':>6} {'oracle':>7} {'ratio':>6} {'±':>5} {'delay h':>8}")
    curve: Curve = []
    for kind in CURVE:
        for rate in RATES:
            clean = simulate(kind, series, weeks, 77, (rate,))
            burst, bursts = with_bursts(clean, FACTOR, 78)
            quiet = ours(clean, RATE)
            late = delays(ours(burst, RATE), bursts)
            limit = tuned(oracle(clean), len(quiet))
            best = ~np.isnan(delays(_flagged(oracle(burst) > limit), bursts))
            found = ~np.isnan(late)
            error = 2 * np.std(found.astype(float) - best) / len(best) ** 0.5 / max(best.mean(), 1e-9)
            print(
                f"{kind:16} {rate:6.1f} {len(quiet) / series / (weeks - 2):6.3f} {found.mean():6.2f} {best.mean():7.2f} "
                f"{found.mean() / max(best.mean(), 1e-9):6.2f} {error:5.2f} {_median(late):8.1f}",
                flush=True,
            )
            curve.append((kind, rate, float(found.mean()), float(best.mean())))
    return curve


@dataclass(slots=True)
class Result:
    """One method on one class: alarms where nothing happens; alarming hours among bursts, the alarms they make, and the
    hours at a limit that rings as often as ours."""

    quiet: int
    hours: Alarms
    alarms: Alarms
    equal: Alarms


def beside_peers(series: int, weeks: int) -> None:
    """One table of all methods at their usual limits, and tuned to ring as often as ours where nothing happens."""
    methods: dict[str, list[Result]] = {}
    every: list[list[Burst]] = []
    for seed, kind in enumerate(TABLE):
        clean = simulate(kind, series, weeks, 300 + seed)
        burst, bursts = with_bursts(clean, FACTOR, 400 + seed)
        every.append(bursts)
        quiet, loud = ours(clean, RATE), ours(burst, RATE)
        methods.setdefault("ours", []).append(Result(len(quiet), loud, loud, loud))
        on_burst = peers(burst)
        for name, (usual, scores) in peers(clean).items():
            flags = on_burst[name][1] > usual
            equal = _flagged(on_burst[name][1] > tuned(scores, len(quiet)))
            result = Result(len(episodes(scores > usual)), _flagged(flags), episodes(flags), equal)
            methods.setdefault(name, []).append(result)
    print(
        f"\nAll methods on {', '.join(TABLE)}, {series} series each, {RATES[0]:g} to {RATES[-1]:g} negative stories/h, one"
    )
    print(
        "burst a series and fortnight. Equal: the limit raised, with hindsight, until false alarms are as many as ours"
    )
    print(
        f"{'method':20} {'FA/wk':>6} {'>=2/h':>6} {'<2/h':>6} {'PPV':>5} {'delay h':>8}   equal: {'>=2/h':>6} {'<2/h':>6}"
    )
    for name, results in methods.items():
        exposure = series * (weeks - 2) * len(TABLE)
        found, tied = _found([one.hours for one in results], every), _found([one.equal for one in results], every)
        true = np.mean([precision(one.alarms, bursts) for one, bursts in zip(results, every, strict=True)])
        print(
            f"{name:20} {sum(one.quiet for one in results) / exposure:6.3f} {found[0]:6.2f} {found[1]:6.2f} {true:5.2f} "
            f"{found[2]:8.1f}          {tied[0]:6.2f} {tied[1]:6.2f}",
            flush=True,
        )
    if len(methods) == 1 + len(PEERS):
        print("river is not installed: pip install river==0.26.1 puts it into this table")


def _flagged(flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Alarms:
    """Every flagged hour, so that a long alarm that began before a burst is not held against a peer."""
    rows, hours = np.nonzero(flags)
    begun = hours >= WARM_UP
    return list(zip(rows[begun].tolist(), hours[begun].tolist(), strict=True))


def _found(alarms: list[Alarms], every: list[list[Burst]]) -> tuple[float, float, float]:
    """Bursts found where there were at least two negative stories an hour, and below; and the median delay."""
    late = np.concatenate([delays(some, bursts) for some, bursts in zip(alarms, every, strict=True)])
    busy = np.array([mean >= 2 for bursts in every for *_, mean in bursts])
    found = ~np.isnan(late)
    return float(found[busy].mean()), float(found[~busy].mean()), _median(late)


def _median(late: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    known = late[~np.isnan(late)]
    return float(np.median(known)) if len(known) else float("nan")


def draw(curve: Curve, path: Path) -> None:
    """The curve of detection over the rate."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for kind in dict.fromkeys(row[0] for row in curve):
        rates = [row[1] for row in curve if row[0] == kind]
        line = axes.plot(rates, [row[2] for row in curve if row[0] == kind], marker="o", label=kind)[0]
        axes.plot(rates, [row[3] for row in curve if row[0] == kind], linestyle=":", color=line.get_color())
    axes.set_xscale("log")
    axes.set_xlabel("negative stories an hour (dotted: the oracle)")
    axes.set_ylabel(f"bursts of {FACTOR} x for 3 h found")
    axes.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    print(f"curve drawn to {path}")


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=204)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--plot", type=Path, default=Path(".bench/alerting-power.png"))
    arguments = parser.parse_args()
    false_alarms(arguments.series, arguments.weeks)
    beside_peers(max(30, arguments.series // 3), arguments.weeks)
    curve = detection(max(60, arguments.series // 2), arguments.weeks)
    draw(curve, arguments.plot)


if __name__ == "__main__":
    main()
