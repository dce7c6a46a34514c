"""The card that goes with a trained model: what it was made from and how good it is."""

from __future__ import annotations

from pathlib import Path

from stream_agents.sentiment.evaluation import Evaluation


def card(name: str, base: str, sources: list[Path], training: int, tokens: int, result: Evaluation | None) -> str:
    """A Markdown card; without a measured result it says that there is none."""
    lines = [
        f"# {name}: Indonesian news sentiment (negative / neutral / positive)",
        "",
        f"Fine-tuned from `{base}` on {training} labelled texts of {', '.join(source.name for source in sources)}.",
        "8-bit ONNX, Hugging Face layout: inputs `input_ids`, `attention_mask` (int64), output `logits` [batch, 3].",
        "One text a run, no padding.",
        f'Input: title + ". " (unless it ends in . ! ?) + body, white space collapsed, cut at {tokens} tokens.',
        "",
    ]
    if result is None:
        return "\n".join([*lines, "Not measured: the files held too few texts to keep some apart.", ""])
    lines += [
        f"Measured on {result.texts} texts that were kept apart, with this file: accuracy {result.accuracy:.1%},",
        f"macro-F1 {result.macro_f1:.1%}, ECE {result.ece:.3f} at temperature {result.temperature:g}.",
        "",
        "| label | precision | recall | F1 | texts |",
        "|---|---|---|---|---|",
    ]
    for score in result.classes:
        lines.append(
            f"| {score.label} | {score.precision:.1%} | {score.recall:.1%} | {score.f1:.1%} | {score.support} |"
        )
    return "\n".join(
        [
            *lines,
            "",
            "A small held-out part is a weak measure: `warta evaluate sentiment` on your own labels is a better one.",
            "",
        ]
    )
