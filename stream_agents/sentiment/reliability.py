"""A reliability diagram as PNG: how often the model was right against how sure it said it was."""

from __future__ import annotations

from pathlib import Path

from stream_agents.sentiment.evaluation import Evaluation


def plot(evaluation: Evaluation, target: Path, title: str) -> None:
    """Write the diagram; bars are accuracy by confidence, the dashed line is perfect calibration."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5), layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    middles = [(bar.low + bar.high) / 2 for bar in evaluation.bins]
    upper.bar(middles, [bar.accuracy for bar in evaluation.bins], width=0.09, color="#4878a8", label="accuracy")
    upper.plot([0, 1], [0, 1], "--", color="#888888", label="perfect")
    upper.plot(
        [bar.confidence for bar in evaluation.bins], [bar.accuracy for bar in evaluation.bins], "o", color="#222222"
    )
    upper.set(
        ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), title=f"{title}, n = {evaluation.texts}, ECE {evaluation.ece:.3f}"
    )
    upper.legend(loc="upper left")
    lower.bar(middles, [bar.count for bar in evaluation.bins], width=0.09, color="#a8a8a8")
    lower.set(xlabel="confidence", ylabel="texts")
    figure.savefig(target, format="png", dpi=120)
