"""The two ways to run a sequence classifier: an ONNX graph without torch, or torch where it is installed."""

from __future__ import annotations

import contextlib
import io
import threading
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stream_agents.sentiment.folder import ModelFolder
from stream_agents.sentiment.text import clip
from warta.errors import Usage

Ids = NDArray[np.int64]
Logits = NDArray[np.float32]


class Classifier(Protocol):
    """Text to token ids to logits, one text at a time; safe to call from several threads."""

    def tokens(self, text: str) -> Ids:
        """Token ids [n], special tokens included, n ≤ the model's limit."""
        ...

    def logits(self, ids: Ids) -> Logits:
        """Raw scores [classes] of one text."""
        ...


class Tokens:
    """The folder's tokenizer, through transformers; it truncates and never pads."""

    def __init__(self, folder: ModelFolder) -> None:
        self._tokenizer = load_tokenizer(folder.path)
        self._limit = folder.max_tokens
        # A fast tokenizer's truncation settings are shared mutable state; encoding takes well under a millisecond.
        self._lock = threading.Lock()

    def __call__(self, text: str) -> Ids:
        # Half a surrogate pair (a damaged emoji) is no Unicode text, and the tokenizer refuses it.
        sound = clip(text, self._limit).encode("utf-8", "replace").decode("utf-8")
        with self._lock:
            ids = self._tokenizer(sound, truncation=True, max_length=self._limit)["input_ids"]
        return np.asarray(ids, dtype=np.int64)


class OnnxClassifier:
    """An ONNX graph under onnxruntime on the CPU.

    One session serves every thread: with one intra-op thread `run` works on the caller's thread and holds no lock, so N
    callers use N cores on one copy of the weights.
    """

    def __init__(self, folder: ModelFolder, threads: int = 1) -> None:
        assert folder.onnx is not None
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(folder.onnx), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own, without a common public base
            raise Usage(
                f"sentiment model {folder.onnx}: onnxruntime cannot load it ({error}); copy the file again"
            ) from error
        self._inputs = {item.name for item in self._session.get_inputs()}
        _check_graph(folder, self._inputs, self._session.get_outputs())
        self.tokens = Tokens(folder)

    def logits(self, ids: Ids) -> Logits:
        batch = ids[None, :]
        feed = {"input_ids": batch, "attention_mask": np.ones_like(batch)}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(batch)
        if "attention_mask" not in self._inputs:
            del feed["attention_mask"]
        result: Logits = self._session.run(["logits"], feed)[0][0]
        return result


class TorchClassifier:
    """Any transformers sequence classifier under torch (extra `[torch]`)."""

    def __init__(self, folder: ModelFolder, threads: int = 1) -> None:
        try:
            import torch
        except ImportError:
            raise Usage(
                f"sentiment model {folder.path}: it has no ONNX graph, and torch is not installed; "
                "install warta[torch], or export the model to onnx/"
            ) from None
        from transformers import AutoModelForSequenceClassification

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._model = AutoModelForSequenceClassification.from_pretrained(str(folder.path), local_files_only=True).eval()
        self.tokens = Tokens(folder)

    def logits(self, ids: Ids) -> Logits:
        with self._torch.inference_mode():
            batch = self._torch.from_numpy(ids[None, :])
            out = self._model(input_ids=batch, attention_mask=self._torch.ones_like(batch)).logits[0]
        result: Logits = out.to(self._torch.float32).numpy()
        return result


def load_classifier(folder: ModelFolder, threads: int = 1) -> OnnxClassifier | TorchClassifier:
    """The ONNX graph where the folder has one, torch otherwise.

    Raises:
        Usage: the graph or the tokenizer cannot be loaded, or neither way is open.
    """
    return OnnxClassifier(folder, threads) if folder.onnx is not None else TorchClassifier(folder, threads)


def load_tokenizer(path: Path) -> Any:
    """The tokenizer of a local folder, as transformers loads it; never asks the network.

    Raises:
        Usage: transformers cannot read the folder's tokenizer files.
    """
    # transformers announces a missing torch on stderr at import; here its absence is the plan.
    with contextlib.redirect_stderr(io.StringIO()):
        from transformers import AutoTokenizer
    try:
        return AutoTokenizer.from_pretrained(str(path), local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise Usage(
            f"sentiment model {path}: cannot load its tokenizer ({error}); copy tokenizer.json again"
        ) from error


def _check_graph(folder: ModelFolder, inputs: set[str], outputs: list[Any]) -> None:
    known = {"input_ids", "attention_mask", "token_type_ids"}
    logits = [item for item in outputs if item.name == "logits"]
    if "input_ids" not in inputs or not inputs <= known or not logits:
        raise Usage(
            f"sentiment model {folder.onnx}: a sequence classifier has inputs input_ids and attention_mask and an "
            f"output logits; this graph has inputs {sorted(inputs)} and outputs {[item.name for item in outputs]}"
        )
    width = logits[0].shape[-1]
    if isinstance(width, int) and width <= max(column for column in folder.columns if column is not None):
        raise Usage(
            f"sentiment model {folder.onnx}: config.json names more labels than the graph's {width} outputs; "
            "config.json and graph belong to different models"
        )
