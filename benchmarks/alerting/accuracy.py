"""False alarms and detection beside peers and an oracle.

`python -m benchmarks.alerting.accuracy [--series N] [--weeks W] [--plot FILE]`
"""

from __future__ import annotations

import argparse
import copy
from typing import Any

import numpy as np

from benchmarks.alerting.methods import caught, oracle, ours, peers
from benchmarks.alerting.simulate import CLASSES, RATES, inject, simulate

RATE = 0.1
FACTOR = 4.5


def false_alarms(series: int, weeks: int) -> None:
    """False alarms a series-week of every class, ours and the peers'; the limit is 1.5 × nominal."""
    names = ("z > 3", "median + 3 MAD", "Poisson p < 0.001", "ratio > 3")
    print(
        f"False alarms a series-week, nominal {RATE}, limit {1.5 * RATE:.2f} "
        f"({series} series x {weeks} weeks, 2 of them warm-up)"
    )
    print(f"{'class':16} {'ours':>6} {'alarms':>7}  " + "  ".join(f"{name:>17}" for name in names))
    for seed, kind in enumerate(CLASSES):
        news = simulate(kind, series, weeks, seed)
        exposure = series * (weeks - 2)
        alarms, others = ours(news, RATE), peers(news)
        worst = "" if len(alarms) / exposure <= 1.5 * RATE else "  OVER"
        print(
            f"{kind:16} {len(alarms) / exposure:6.3f} {len(alarms):7d}  "
            + "  ".join(f"{len(others[name]) / exposure:17.3f}" for name in names)
            + worst,
            flush=True,
        )


def detection(series: int, weeks: int) -> list[tuple[str, float, float, float]]:
    """Bursts found, beside the oracle's at the same observed false alarms."""
    print(f"\nDetection of bursts ({FACTOR} x for 3 h); the oracle knows the true mean and tests one and three hours")
    print(f"{'class':16} {'neg/h':>6} {'FA/wk':>6} {'found':>6} {'oracle':>7} {'ratio':>6} {'delay h':>8}")
    curve = []
    for kind in ("poisson", "over-dispersed", "weekly rhythm"):
        for rate in RATES:
            clean = simulate(kind, series, weeks, 77, (rate,))
            burst = copy.deepcopy(clean)
            bursts = inject(burst, FACTOR, 78)
            quiet = ours(clean, RATE)
            found, delay = caught(ours(burst, RATE), bursts)
            best = oracle(clean, burst, bursts, len(quiet)).mean()
            late = np.nanmedian(delay) if found.any() else np.nan
            print(
                f"{kind:16} {rate:6.1f} {len(quiet) / series / (weeks - 2):6.3f} {found.mean():6.2f} {best:7.2f} "
                f"{found.mean() / max(best, 1e-9):6.2f} {late:8.1f}",
                flush=True,
            )
            curve.append((kind, rate, float(found.mean()), float(best)))
    return curve


def draw(curve: list[tuple[str, float, float, float]], path: str) -> None:
    """The curve of detection over the rate."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    for kind in dict.fromkeys(row[0] for row in curve):
        rates = [row[1] for row in curve if row[0] == kind]
        line: Any = axes.plot(rates, [row[2] for row in curve if row[0] == kind], marker="o", label=kind)[0]
        axes.plot(rates, [row[3] for row in curve if row[0] == kind], linestyle=":", color=line.get_color())
    axes.set_xscale("log")
    axes.set_xlabel("negative stories an hour (dotted: the oracle)")
    axes.set_ylabel(f"bursts of {FACTOR} x for 3 h found")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--plot", default="")
    arguments = parser.parse_args()
    false_alarms(arguments.series, arguments.weeks)
    curve = detection(max(60, arguments.series // 5), arguments.weeks)
    if arguments.plot:
        draw(curve, arguments.plot)


if __name__ == "__main__":
    main()
