"""A Hugging Face model folder on disk: what it must hold, what its labels mean, and Warta's own settings beside it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from warta.errors import Usage
from warta.messages import Label

LABELS: tuple[Label, Label, Label] = ("negative", "neutral", "positive")

#: Names under which sentiment classifiers publish the three classes.
_SYNONYMS = {
    "negative": "negative", "negatif": "negative", "neg": "negative",
    "neutral": "neutral", "netral": "neutral", "neu": "neutral",
    "positive": "positive", "positif": "positive", "pos": "positive",
}  # fmt: skip

#: Warta's own settings of a model, beside the files Hugging Face defines.
SETTINGS_FILE = "warta.json"
DEFAULT_TOKENS = 192


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checked model folder.

    `columns[i]` is the position in the logits of `LABELS[i]`, or None where a two-class model has no such class.
    """

    path: Path
    name: str
    columns: tuple[int | None, int | None, int | None]
    max_tokens: int
    temperature: float
    onnx: Path | None

    @classmethod
    def open(cls, path: Path) -> ModelFolder:
        """Read and check a folder.

        Raises:
            Usage: the folder or a file in it is missing or does not describe a sentiment classifier; the message names
                the path and the remedy.
        """
        if not path.is_dir():
            raise Usage(
                f"sentiment model {path}: no such folder; point WARTA_SENTIMENT at a Hugging Face model folder "
                "(config.json, tokenizer.json, onnx/*.onnx), or set WARTA_SENTIMENT=off"
            )
        config = _read_json(path / "config.json", required=True)
        own = _read_json(path / SETTINGS_FILE, required=False)
        if not (path / "tokenizer_config.json").is_file() and not (path / "tokenizer.json").is_file():
            raise Usage(
                f"sentiment model {path}: tokenizer.json is missing; copy the tokenizer's files into the folder"
            )
        longest = int(config.get("max_position_embeddings") or 512)
        return cls(
            path=path,
            name=str(own.get("name") or path.resolve().name),
            columns=_columns(path, own.get("labels") or config.get("id2label") or {}),
            max_tokens=_bounded(path, "max_tokens", own.get("max_tokens", min(DEFAULT_TOKENS, longest)), 8, longest),
            temperature=_bounded(path, "temperature", own.get("temperature", 1.0), 0.05, 20.0),
            onnx=_find_onnx(path, own.get("onnx")),
        )

    def with_temperature(self, temperature: float) -> ModelFolder:
        return replace(self, temperature=temperature)

    def write_temperature(self, temperature: float) -> Path:
        """Store a calibrated temperature in the folder's `warta.json`, atomically; returns that file."""
        target = self.path / SETTINGS_FILE
        own = _read_json(target, required=False)
        own.update(temperature=round(temperature, 4))
        part = target.with_suffix(".part")
        part.write_text(json.dumps(own, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(target)
        return target


def _read_json(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        if required:
            raise Usage(
                f"sentiment model {path.parent}: {path.name} is missing; is this a Hugging Face folder?"
            ) from None
        return {}
    except ValueError as error:
        raise Usage(f"sentiment model: {path} is not JSON ({error}); fetch the file again") from None
    if not isinstance(value, dict):
        raise Usage(f"sentiment model: {path} must hold a JSON object")
    return value


def _columns(path: Path, id2label: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    found: dict[str, int] = {}
    for index, label in id2label.items():
        name = _SYNONYMS.get(str(label).strip().casefold())
        if name is not None and str(index).isdigit():
            found[name] = int(index)
    if "negative" not in found or "positive" not in found:
        shown = ", ".join(map(str, id2label.values())) or "none"
        raise Usage(
            f"sentiment model {path}: its labels ({shown}) are not negative/neutral/positive; is it a sentiment "
            f'classifier? If so, name them in {SETTINGS_FILE}: {{"labels": {{"0": "negative", …}}}}'
        )
    return (found["negative"], found.get("neutral"), found["positive"])


def _bounded(path: Path, key: str, value: Any, low: float, high: float) -> Any:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise Usage(
            f"sentiment model {path}: {key} in {SETTINGS_FILE} must be a number in [{low}, {high}], not {value!r}"
        )
    return value


def _find_onnx(path: Path, named: object) -> Path | None:
    """The graph to run: the one `warta.json` names, else the quantised one, else the only one; None without any."""
    if named is not None:
        chosen = path / str(named)
        if not chosen.is_file():
            raise Usage(f"sentiment model {path}: {named} (named in {SETTINGS_FILE}) is missing")
        return chosen
    graphs = sorted({*path.glob("onnx/*.onnx"), *path.glob("*.onnx")})
    preferred = [graph for graph in graphs if "quant" in graph.stem or "int8" in graph.stem]
    if len(graphs) > 1 and len(preferred) != 1:
        names = ", ".join(str(graph.relative_to(path)) for graph in graphs)
        raise Usage(f'sentiment model {path}: several graphs ({names}); choose one in {SETTINGS_FILE}: {{"onnx": "…"}}')
    best = preferred or graphs
    return best[0] if best else None
