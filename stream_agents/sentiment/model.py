"""The sentiment stage: title and body in, calibrated probabilities out, each distinct text scored once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_agents.sentiment.classifier import Classifier, Ids, load_classifier
from stream_agents.sentiment.folder import LABELS, ModelFolder
from stream_agents.sentiment.text import model_input
from warta.errors import Usage
from warta.messages import Sentiment
from warta.settings import Settings

#: The setting that leaves sentiment and label empty.
OFF = "off"

#: Below this probability a label is shown as "Perlu dicek"; see docs of `warta evaluate sentiment`.
DEFAULT_FLOOR = 0.55

#: Distinct texts remembered: 20,000 entries of about 300 bytes each.
DEFAULT_CACHE = 20_000

Probabilities = tuple[float, float, float]


class SentimentModel:
    """Scores texts one at a time; a score depends on the text and the model alone, never on its neighbours.

    Safe to call from any number of threads (the executor of the agent); copies that arrive together are scored once.
    """

    def __init__(
        self,
        classifier: Classifier,
        folder: ModelFolder,
        *,
        floor: float = DEFAULT_FLOOR,
        cache_size: int = DEFAULT_CACHE,
    ) -> None:
        self._classifier = classifier
        self._folder = folder
        self._floor = floor
        self._cache = _OnceCache(cache_size)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        threads: int = 1,
        floor: float = DEFAULT_FLOOR,
        cache_size: int = DEFAULT_CACHE,
    ) -> SentimentModel:
        """Open a local model folder (or, where the network allows, a hub id) and check it by scoring one text.

        Raises:
            Usage: something is missing or wrong; the message names the path and the remedy.
        """
        folder = ModelFolder.open(resolve(path))
        model = cls(load_classifier(folder, threads), folder, floor=floor, cache_size=cache_size)
        model._self_test()
        return model

    @property
    def name(self) -> str:
        """What documents carry as `sentiment.model`; it tells apart temperatures of one model."""
        temperature = self._folder.temperature
        return self._folder.name if temperature == 1.0 else f"{self._folder.name}@{temperature:g}"

    @property
    def folder(self) -> ModelFolder:
        return self._folder

    @property
    def hits(self) -> int:
        """Texts answered from memory so far."""
        return self._cache.hits

    @property
    def misses(self) -> int:
        """Texts the model has run on so far."""
        return self._cache.misses

    def score(self, title: str, body: str) -> Sentiment | None:
        """Sentiment of one article; None when there is no text at all."""
        text = model_input(title, body)
        if not text:
            return None
        probabilities = self.probabilities(text)
        best = max(range(3), key=probabilities.__getitem__)
        confidence = probabilities[best]
        # Without a single letter (emoji, digits) the model answers from nothing: shown, but never as certain.
        uncertain = confidence < self._floor or not any(map(str.isalpha, text[:2000]))
        return Sentiment(
            label=LABELS[best],
            negative=round(probabilities[0], 6),
            neutral=round(probabilities[1], 6),
            positive=round(probabilities[2], 6),
            confidence=round(confidence, 6),
            uncertain=uncertain,
            model=self.name,
        )

    def probabilities(self, text: str) -> Probabilities:
        """Calibrated (negative, neutral, positive) of a text as the model reads it; they sum to one."""
        ids = self.tokens(text)
        key = hashlib.blake2b(ids.tobytes(), digest_size=16).digest()
        return self._cache.get(key, lambda: self._run(ids))

    def tokens(self, text: str) -> Ids:
        """Token ids of a text, cut at the model's limit."""
        return self._classifier.tokens(text)

    def logits(self, text: str) -> NDArray[np.float64]:
        """Raw scores in the order of `LABELS`, before the temperature; a class the model lacks is -inf."""
        return self._logits(self.tokens(text))

    def _logits(self, ids: Ids) -> NDArray[np.float64]:
        raw = self._classifier.logits(ids)
        return np.array([-np.inf if column is None else raw[column] for column in self._folder.columns], np.float64)

    def _run(self, ids: Ids) -> Probabilities:
        negative, neutral, positive = softmax(self._logits(ids), self._folder.temperature)
        return (float(negative), float(neutral), float(positive))

    def _self_test(self) -> None:
        probabilities = self.probabilities("Pemerintah meresmikan jembatan baru.")
        if not all(map(np.isfinite, probabilities)):
            raise Usage(
                f"sentiment model {self._folder.path}: it answers {probabilities}; its weights are damaged, copy them"
            )


def softmax(logits: NDArray[np.float64], temperature: float = 1.0) -> NDArray[np.float64]:
    """Softmax over the last axis of logits / temperature."""
    scaled = logits / temperature
    exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return result


def load_sentiment(settings: Settings) -> SentimentModel | None:
    """The model that `WARTA_SENTIMENT` names (a folder beside the code or anywhere, or a hub id); None for `off`.

    Raises:
        Usage: it cannot be used; the message names it and the remedy.
    """
    if settings.sentiment == OFF:
        return None
    local = settings.model_path()
    return SentimentModel.load(
        local if local.exists() else settings.sentiment,
        threads=settings.sentiment_threads,
        floor=settings.uncertain_below,
        cache_size=settings.sentiment_cache,
    )


def resolve(path: str | Path) -> Path:
    """A local folder as it is; anything shaped like `owner/name` is fetched from the Hugging Face hub.

    Raises:
        Usage: there is no such folder and the hub cannot be reached or does not know the name.
    """
    local = Path(path).expanduser()
    parts = str(path).split("/")
    if local.exists() or local.is_absolute() or len(parts) != 2 or not all(parts) or str(path).startswith("."):
        return local
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(str(path), allow_patterns=["*.json", "*.txt", "*.model", "*.onnx", "*.safetensors"])
        )
    except Exception as error:  # the hub client raises network and repository errors of several libraries
        raise Usage(
            f"sentiment model {path}: no such folder here, and the Hugging Face hub did not give it "
            f"({type(error).__name__}); check the path, or download the model by hand"
        ) from error


_Compute = Callable[[], Probabilities]


class _OnceCache:
    """An LRU whose values are computed once even when several threads ask for one key at the same time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, Probabilities] = OrderedDict()
        self._running: dict[bytes, Future[Probabilities]] = {}
        self.hits = 0
        self.misses = 0

    def get(self, key: bytes, compute: _Compute) -> Probabilities:
        with self._lock:
            if key in self._known:
                self.hits += 1
                self._known.move_to_end(key)
                return self._known[key]
            running = self._running.get(key)
            if running is None:
                self.misses += 1
                mine = self._running[key] = Future()
            else:
                self.hits += 1
        return running.result() if running is not None else self._run(key, compute, mine)

    def _run(self, key: bytes, compute: _Compute, mine: Future[Probabilities]) -> Probabilities:
        try:
            value = compute()
        except BaseException as error:
            with self._lock:
                del self._running[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._running[key]
            self._known[key] = value
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        mine.set_result(value)
        return value
