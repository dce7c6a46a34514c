from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_agents.sentiment.classifier import Ids, Logits, TorchClassifier
from stream_agents.sentiment.folder import ModelFolder
from stream_agents.sentiment.model import SentimentModel, load_sentiment, softmax
from tests.stream_agents.sentiment.conftest import FOLDER
from warta.errors import Usage
from warta.settings import load


class CountingClassifier:
    """A classifier whose runs are counted and, if asked, held back."""

    def __init__(self) -> None:
        self.runs: list[bytes] = []
        self.go = threading.Event()
        self.go.set()

    def tokens(self, text: str) -> Ids:
        return np.frombuffer(text.encode(), dtype=np.uint8).astype(np.int64)

    def logits(self, ids: Ids) -> Logits:
        self.runs.append(ids.tobytes())
        assert self.go.wait(10)
        return np.array([0.0, 1.0, 2.0], dtype=np.float32)


def counted(**changes: object) -> tuple[SentimentModel, CountingClassifier]:
    classifier = CountingClassifier()
    folder = replace(ModelFolder.open(FOLDER), **changes)  # type: ignore[arg-type]
    return SentimentModel(classifier, folder, cache_size=3), classifier


def test_a_distinct_text_is_scored_once() -> None:
    model, classifier = counted()
    for _ in range(3):
        model.score("Judul", "isi")
    model.score("Judul lain", "isi")
    assert (len(classifier.runs), model.hits, model.misses) == (2, 2, 2)


def test_copies_that_arrive_together_are_scored_once() -> None:
    model, classifier = counted()
    classifier.go.clear()
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(model.score, "Judul", "isi") for _ in range(4)]
        classifier.go.set()
        labels = {future.result().label for future in futures}  # type: ignore[union-attr]
    assert (labels, len(classifier.runs)) == ({"positive"}, 1)


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    model, classifier = counted()
    for name in "abcda":
        model.score(name, "")
    assert len(classifier.runs) == 5, "a was forgotten when d came, and scored again"


def test_a_failed_run_is_not_remembered() -> None:
    model, classifier = counted()
    classifier.logits = lambda ids: (_ for _ in ()).throw(MemoryError)  # type: ignore[method-assign]
    with pytest.raises(MemoryError):
        model.score("a", "")
    del classifier.logits
    assert model.score("a", "") is not None


def test_the_temperature_moves_confidence_and_never_the_label() -> None:
    sure, _ = counted(temperature=0.5)
    unsure, _ = counted(temperature=5.0)
    one, other = sure.score("a", ""), unsure.score("a", "")
    assert one is not None
    assert other is not None
    assert one.label == other.label
    assert one.confidence > 0.8 > 0.55 > other.confidence
    assert (one.uncertain, other.uncertain) == (False, True)
    assert sure.name != unsure.name, "documents must tell the two apart"


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([1e4, 0.0, -1e4])).tolist() == [1.0, 0.0, 0.0]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)))
def test_a_score_does_not_depend_on_its_neighbours(
    order: list[int], model: SentimentModel, articles: list[tuple[str, str]]
) -> None:
    """Other texts before it, other texts at the same time: the same number to the last bit."""
    alone = [model.score(*articles[index]) for index in range(6)]
    fresh = SentimentModel(model._classifier, model.folder)
    with ThreadPoolExecutor(3) as pool:
        together = dict(zip(order, pool.map(lambda index: fresh.score(*articles[index]), order), strict=True))
    assert [together[index] for index in range(6)] == alone


@pytest.mark.parametrize(
    ("title", "body", "uncertain"),
    [
        pytest.param("Bupati resmikan jembatan", "", None, id="empty body"),
        pytest.param("", "a" * 1_000_000, None, id="one megabyte of one word"),
        pytest.param("😀😀", "🔥" * 50, True, id="emoji only"),
        pytest.param("123", "45 67", True, id="digits only"),
        pytest.param("The president visits", "Dozens died in the flood.", None, id="English"),
        pytest.param("\x00\ufffd", "\u200b\u200b", True, id="control characters"),
        pytest.param("\ud800 rusak", "isi", None, id="half a surrogate pair"),
    ],
)
def test_strange_texts_get_a_defined_result(
    model: SentimentModel, title: str, body: str, uncertain: bool | None
) -> None:
    sentiment = model.score(title, body)
    assert sentiment is not None
    total = sentiment.negative + sentiment.neutral + sentiment.positive
    assert total == pytest.approx(1, abs=1e-5)
    assert uncertain is None or sentiment.uncertain is uncertain


def test_no_text_has_no_sentiment(model: SentimentModel) -> None:
    assert model.score(" ", "\n") is None


# --- a wrong model is a start-up error that names the path and the remedy -------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model folder that shares the large files with the shipped one."""
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    for file in FOLDER.glob("*.json"):
        (folder / file.name).symlink_to(file)
    (folder / "onnx" / "model.onnx").symlink_to(next(FOLDER.glob("onnx/*.onnx")))
    return folder


def rewrite(path: Path, **changes: object) -> None:
    content = json.loads(path.read_text("utf-8"))
    path.unlink()
    path.write_text(json.dumps(content | changes), "utf-8")


def test_off_means_no_model() -> None:
    assert load_sentiment(load(sentiment="off")) is None


def test_what_is_no_folder_is_asked_of_the_hub_and_its_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, **_: object) -> str:
        raise ConnectionError(name)

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(
        Usage, match=r"somebody/some-model: no such folder here, and the Hugging Face hub did not give it"
    ):
        load_sentiment(load(sentiment="somebody/some-model"))


def test_a_hub_model_is_run_from_where_it_was_fetched_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name, **_: str(FOLDER))
    model = load_sentiment(load(sentiment="somebody/some-model"))
    assert model is not None
    assert model.folder.path == FOLDER


def test_a_missing_folder() -> None:
    with pytest.raises(Usage, match=r"/nowhere/model: no such folder.*WARTA_SENTIMENT"):
        SentimentModel.load("/nowhere/model")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_missing_file(copy: Path, name: str) -> None:
    (copy / name).unlink()
    (copy / "tokenizer_config.json").unlink(missing_ok=True)
    with pytest.raises(Usage, match=f"{copy}.*{name}"):
        SentimentModel.load(copy)


def test_a_graph_that_is_no_graph(copy: Path) -> None:
    (copy / "onnx" / "model.onnx").unlink()
    (copy / "onnx" / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(Usage, match=r"model\.onnx: onnxruntime cannot load it"):
        SentimentModel.load(copy)


def test_labels_that_are_not_sentiment(copy: Path) -> None:
    rewrite(copy / "config.json", id2label={"0": "sports", "1": "politics"})
    with pytest.raises(Usage, match=r"sports, politics.*not negative/neutral/positive"):
        SentimentModel.load(copy)


def test_more_labels_than_outputs(copy: Path) -> None:
    rewrite(copy / "config.json", id2label={"0": "negative", "1": "neutral", "7": "positive"})
    with pytest.raises(Usage, match="different models"):
        SentimentModel.load(copy)


@pytest.mark.parametrize("temperature", [0, -1, "warm", True, None])
def test_a_temperature_that_is_none(copy: Path, temperature: object) -> None:
    rewrite(copy / "warta.json", temperature=temperature)
    with pytest.raises(Usage, match=r"temperature in warta\.json must be a number"):
        SentimentModel.load(copy)


def test_several_graphs_need_a_choice(copy: Path) -> None:
    (copy / "onnx" / "other.onnx").symlink_to(copy / "onnx" / "model.onnx")
    with pytest.raises(Usage, match=r"several graphs \(onnx/model\.onnx, onnx/other\.onnx\)"):
        SentimentModel.load(copy)
    rewrite(copy / "warta.json", onnx="onnx/model.onnx")
    assert ModelFolder.open(copy).onnx == copy / "onnx" / "model.onnx"


def test_without_a_graph_torch_is_needed_and_the_message_says_so(copy: Path) -> None:
    (copy / "onnx" / "model.onnx").unlink()
    folder = ModelFolder.open(copy)
    assert folder.onnx is None
    try:
        import torch  # noqa: F401
    except ImportError:
        with pytest.raises(Usage, match=r"install warta\[torch\]"):
            TorchClassifier(folder)
    else:
        pytest.skip("torch is installed here: its absence cannot be tested")


def test_other_label_names_and_orders_are_mapped(copy: Path, model: SentimentModel) -> None:
    rewrite(copy / "config.json", id2label={"2": "Positif", "0": "NEGATIF", "1": "Netral"})
    own = SentimentModel.load(copy)
    text = "Warga bersyukur jembatan baru selesai dibangun."
    assert own.probabilities(text) == model.probabilities(text)


def test_a_temperature_is_written_beside_the_model(copy: Path) -> None:
    (copy / "warta.json").unlink()
    ModelFolder.open(copy).write_temperature(1.25)
    assert ModelFolder.open(copy).temperature == 1.25
    assert [path.name for path in copy.glob("*.part")] == []
