"""Turn labelled texts into a new ONNX model with its card.

    python -m models.train.finetune corrections.jsonl more.jsonl --base intfloat/multilingual-e5-small --out models/mine

Labelled files are what `warta corrections export` writes: `title, text, label` a line. `--base` is a torch model (a local
folder or hub id); corrections alone are few, so give the earlier training data with them. The result is a folder for
WARTA_SENTIMENT. Needs the extra `[torch]`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from models.train.card import card
from models.train.data import Example, part, read_examples
from stream_agents.sentiment.evaluation import Evaluation, evaluate
from stream_agents.sentiment.folder import LABELS, SETTINGS_FILE
from stream_agents.sentiment.model import SentimentModel
from warta.errors import Usage

#: Fewer held-out texts than this measure nothing.
FEWEST = 20


def finetune(
    labelled: Annotated[list[Path], typer.Argument(help="JSONL files: title, text, label.", show_default=False)],
    base: Annotated[str, typer.Option("--base", help="Torch model to start from: a folder or hub id.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the new model; must not exist.")],
    epochs: Annotated[int, typer.Option("--epochs", min=1)] = 3,
    batch: Annotated[int, typer.Option("--batch", min=1)] = 16,
    rate: Annotated[float, typer.Option("--rate", help="Peak learning rate.")] = 3e-5,
    tokens: Annotated[int, typer.Option("--tokens", min=8, max=512, help="Tokens read of a text.")] = 192,
    seed: Annotated[int, typer.Option("--seed")] = 1,
) -> None:
    """Fine-tune a sentiment model on labelled texts and export it."""
    _need("torch", "onnx")
    if out.exists():
        raise Usage(f"--out {out}: exists already; choose another name, or move the old model away")
    training, held = part(read_examples(labelled))
    typer.echo(f"{len(training)} texts to train on, {len(held)} kept apart", err=True)
    model, tokenizer = _load(base)
    for epoch, loss in enumerate(train(model, tokenizer, training, epochs, batch, rate, tokens, seed), start=1):
        typer.echo(f"epoch {epoch}: mean loss {loss:.4f}", err=True)
    export(model, tokenizer, out, tokens)
    result = measure(out, held)
    (out / "MODEL_CARD.md").write_text(card(out.name, base, labelled, len(training), tokens, result), encoding="utf-8")
    typer.echo(str(out))


def train(
    model: Any, tokenizer: Any, examples: list[Example], epochs: int, batch: int, rate: float, tokens: int, seed: int
) -> Iterator[float]:
    """Mean loss of each epoch: AdamW, linear warm-up over a tenth of the steps, then linear decay, gradients cut at 1."""
    import torch

    torch.manual_seed(seed)
    steps = max(1, epochs * -(-len(examples) // batch))
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _share_of_rate(step, steps))
    order = np.random.default_rng(seed)
    model.train()
    for _ in range(epochs):
        losses = []
        for chosen in np.array_split(order.permutation(len(examples)), -(-len(examples) // batch)):
            loss = _loss(model, tokenizer, [examples[index] for index in chosen], tokens)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            losses.append(float(loss.detach()))
        yield float(np.mean(losses))


def _share_of_rate(step: int, steps: int) -> float:
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _loss(model: Any, tokenizer: Any, examples: list[Example], tokens: int) -> Any:
    import torch

    texts = [example.text for example in examples]
    inputs = tokenizer(texts, truncation=True, max_length=tokens, padding=True, return_tensors="pt")
    labels = torch.tensor([example.label for example in examples])
    outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
    return torch.nn.functional.cross_entropy(outputs.logits, labels)


def export(model: Any, tokenizer: Any, out: Path, tokens: int) -> None:
    """Write the folder: tokenizer, config with label names, 8-bit graph, `warta.json`.

    Weights take 7 of 8 bits (`reduce_range`): CPUs without VNNI saturate on the full range and lose points.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    (out / "onnx").mkdir(parents=True)
    model.eval()
    model.config.id2label = dict(enumerate(LABELS))
    model.config.label2id = {label: index for index, label in enumerate(LABELS)}
    model.config.save_pretrained(out)
    tokenizer.save_pretrained(out)
    full = out / "onnx" / "full.onnx"
    axes = {"input_ids": {0: "batch", 1: "seq"}, "attention_mask": {0: "batch", 1: "seq"}, "logits": {0: "batch"}}
    ids = torch.ones((1, 8), dtype=torch.int64)
    torch.onnx.export(
        _Logits.of(model),
        (ids, torch.ones_like(ids)),
        str(full),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantised = out / "onnx" / "model_quantized.onnx"
    quantize_dynamic(str(full), str(quantised), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    full.unlink()
    settings = {"name": out.name, "max_tokens": tokens, "temperature": 1.0}
    (out / SETTINGS_FILE).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


class _Logits:
    """A module that answers with the logits alone; a graph has tensors as outputs, not a dictionary."""

    @staticmethod
    def of(model: Any) -> Any:
        import torch

        class Logits(torch.nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, input_ids: Any, attention_mask: Any) -> Any:
                return self.model(input_ids=input_ids, attention_mask=attention_mask).logits

        return Logits().eval()


def measure(out: Path, held: list[Example]) -> Evaluation | None:
    """The exported model, as the stage runs it, on the texts kept apart; its temperature is set if that clearly helps."""
    if len(held) < FEWEST:
        return None
    labels = np.array([example.label for example in held])
    model = SentimentModel.load(out)
    logits = np.array([model.logits(example.text) for example in held])
    first = evaluate(logits, labels, 1.0)
    if first.recommended == 1.0:
        return first
    model.folder.write_temperature(first.recommended)
    return evaluate(logits, labels, first.recommended)


def _load(base: str) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=len(LABELS))
        return model, AutoTokenizer.from_pretrained(base)
    except (OSError, ValueError) as error:
        raise Usage(f"--base {base}: cannot be loaded as a torch classifier ({error})") from None


def _need(*modules: str) -> None:
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise Usage(f"training needs {' and '.join(missing)}: install warta[torch]")


if __name__ == "__main__":
    typer.run(finetune)
