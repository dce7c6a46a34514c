"""Refit the story model on judged pairs, and say honestly how good it is.

    python -m benchmarks.stories.refit [--data ../shared/data/story_pairs] [--write] [--selection]

Every pair is measured twice, on the text as it came and as cleaning leaves it, so that the model depends on neither.
Scores come from nested cross-validation: outer folds by article (a connected group of pairs never straddles a fold), and
inside each training part an inner one that chooses the regularisation and the threshold. The interval is a bootstrap over
groups. `--selection` also repeats the choice of measures inside every outer fold (slow).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from stream_agents.cleaning.clean import clean_text
from stream_agents.stories import features, tokens, weights
from stream_agents.stories.model import CLASSES, Feature, ModelFile

LABELS = {"C": 0, "F": 1, "T": 2, "I": 3, "D": 1}
GRID = (0.03, 0.1, 0.3, 1.0)
THRESHOLDS = np.linspace(0.3, 0.7, 21)
FOLDS, SEEDS = 8, 5
Array = NDArray[Any]


class Pairs:
    """Measures of every judged pair, as it came (`raw`) and cleaned, with labels and groups."""

    def __init__(self, folder: Path) -> None:
        articles = {row["id"]: row for row in map(json.loads, (folder / "articles.jsonl").open(encoding="utf-8"))}
        self.pairs = [json.loads(line) for line in (folder / "pairs.jsonl").open(encoding="utf-8")]
        now = datetime.now(UTC)
        cleaned = {key: clean_text(row["text"], now, title=row["title"] or "").body for key, row in articles.items()}
        self.raw = self._measure(articles, {key: row["text"] for key, row in articles.items()})
        self.cleaned = self._measure(articles, cleaned)
        self.labels = np.array([LABELS[pair["label"]] for pair in self.pairs])
        self.groups = self._groups()
        self.simple = self._simple(articles)

    def _measure(self, articles: dict[str, Any], bodies: dict[str, str]) -> Array:
        prior = weights.prior()
        codes = {key: tokens.encode(row["title"] or "", bodies[key]) for key, row in articles.items()}
        rows = []
        for pair in self.pairs:
            a, b = pair["a"], pair["b"]
            sources = articles[a]["source"] or "", articles[b]["source"] or ""
            same_publisher = bool(sources[0]) and sources[0] == sources[1]
            rows.append(features.measure(codes[a], codes[b], same_publisher, prior))
        return np.array(rows)

    def _groups(self) -> Array:
        parent: dict[str, str] = {}

        def root(key: str) -> str:
            while parent.setdefault(key, key) != key:
                key = parent[key]
            return key

        for pair in self.pairs:
            parent[root(pair["a"])] = root(pair["b"])
        return np.unique([root(pair["a"]) for pair in self.pairs], return_inverse=True)[1]

    def _simple(self, articles: dict[str, Any]) -> Array:
        """What anyone would try first: Jaccard and containment of 1-4-word shingles, lengths, outlet."""
        rows = []
        for pair in self.pairs:
            a, b = articles[pair["a"]], articles[pair["b"]]
            one, other = (tokens.words(tokens.encode("", side["text"])) for side in (a, b))
            row = [float(a["source"] == b["source"]), min(len(one), len(other)) / max(len(one), len(other))]
            for size in (1, 2, 3, 4):
                x, y = (set(tokens.shingles(side, size).tolist()) for side in (one, other))
                common = len(x & y)
                row += [common / max(1, len(x | y)), common / max(1, min(len(x), len(y)))]
            rows.append(row)
        return np.array(rows)


def f1(truth: Array, guess: Array) -> float:
    return float(2 * (truth & guess).sum() / max(1, truth.sum() + guess.sum()))


def folds(groups: Array, seed: int, count: int = FOLDS) -> Iterator[tuple[Array, Array]]:
    """(train, test) indices; groups stay whole."""
    fold = (np.random.default_rng(seed).permutation(groups.max() + 1) % count)[groups]
    for number in range(count):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def fit(train: list[Array], labels: Array, strength: float) -> tuple[LogisticRegression, Array, Array]:
    """The model on all versions of the training pairs, with the mean and scale it standardises by."""
    stacked, repeated = np.vstack(train), np.tile(labels, len(train))
    mean, scale = stacked.mean(axis=0), stacked.std(axis=0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=1000)
    return (
        model.fit((stacked - mean) / scale, repeated, sample_weight=np.full(len(repeated), 1 / len(train))),
        mean,
        scale,
    )


def copies(fitted: tuple[LogisticRegression, Array, Array], rows: Array) -> Array:
    model, mean, scale = fitted
    probabilities: Array = model.predict_proba((rows - mean) / scale)[:, list(model.classes_).index(0)]
    return probabilities


def out_of_fold(data: list[Array], test: Array, labels: Array, groups: Array, strength: float, seed: int) -> Array:
    result = np.zeros(len(labels))
    for train, held in folds(groups, seed):
        result[held] = copies(fit([part[train] for part in data], labels[train], strength), test[held])
    return result


def choose(data: list[Array], test: Array, labels: Array, groups: Array) -> tuple[float, float]:
    """Regularisation by log-loss and threshold by F1, by inner cross-validation. Of the strengths whose loss comes within
    0.005 of the least the smallest is taken (after the one-standard-error rule of Breiman et al. 1984), of the thresholds
    that come within 0.01 of the best F1 the middle: the single best ones are mostly luck."""
    truth = labels == 0
    guesses = [
        np.array([out_of_fold(data, test, labels, groups, strength, seed) for seed in (100, 101, 102)])
        for strength in GRID
    ]
    clipped = np.clip(guesses, 1e-4, 1 - 1e-4)
    losses = -np.where(truth, np.log(clipped), np.log(1 - clipped)).mean(axis=(1, 2))
    chosen = int(np.flatnonzero(losses <= losses.min() + 0.005)[0])
    scores = np.array(
        [np.mean([f1(truth, guess >= threshold) for guess in guesses[chosen]]) for threshold in THRESHOLDS]
    )
    return GRID[chosen], float(np.median(THRESHOLDS[scores >= scores.max() - 0.01]))


def nested(data: list[Array], test: Array, labels: Array, groups: Array, seed: int) -> Array:
    """Decisions on pairs that neither fitting nor choosing has seen."""
    decided = np.zeros(len(labels), dtype=bool)
    for train, held in folds(groups, seed):
        dense = np.unique(groups[train], return_inverse=True)[1]
        parts = [part[train] for part in data]
        strength, threshold = choose(parts, test[train], labels[train], dense)
        decided[held] = copies(fit(parts, labels[train], strength), test[held]) >= threshold
    return decided


def interval(truth: Array, decided: list[Array], groups: Array) -> tuple[float, float]:
    """95 % bootstrap interval of F1 over groups."""
    rng, scores = np.random.default_rng(7), []
    members = [np.flatnonzero(groups == group) for group in range(groups.max() + 1)]
    for _ in range(2000):
        drawn = np.concatenate([members[group] for group in rng.integers(0, len(members), len(members))])
        scores.append(f1(truth[drawn], decided[rng.integers(len(decided))][drawn]))
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def report(pairs: Pairs, columns: list[int], name: str) -> float:
    truth = pairs.labels == 0
    data = [pairs.raw[:, columns], pairs.cleaned[:, columns]]
    decided = [nested(data, data[1], pairs.labels, pairs.groups, seed) for seed in range(SEEDS)]
    scores = [f1(truth, guess) for guess in decided]
    low, high = interval(truth, decided, pairs.groups)
    right = np.mean([(truth & guess).sum() / guess.sum() for guess in decided])
    found = np.mean([(truth & guess).sum() / truth.sum() for guess in decided])
    print(
        f"{name:34} F1 {np.mean(scores):.3f} [{low:.3f}, {high:.3f}]  precision {right:.3f} recall {found:.3f}",
        flush=True,
    )
    return float(np.mean(scores))


def baselines(pairs: Pairs) -> None:
    truth = pairs.labels == 0
    for number, name in ((5, "2-word containment"), (7, "3-word containment"), (8, "4-word Jaccard")):
        values = pairs.simple[:, number]
        decided = np.zeros(len(truth), dtype=bool)
        for train, held in folds(pairs.groups, 0):
            cut = max(np.unique(values[train]), key=lambda cut: f1(truth[train], values[train] >= cut))
            decided[held] = values[held] >= cut
        print(f"{'threshold on ' + name:34} F1 {f1(truth, decided):.3f}")
    decided = np.zeros(len(truth), dtype=bool)
    for train, held in folds(pairs.groups, 0):
        boosting = GradientBoostingClassifier(
            n_estimators=150, max_depth=3, learning_rate=0.05, subsample=0.7, random_state=0
        )
        decided[held] = boosting.fit(pairs.simple[train], truth[train]).predict(pairs.simple[held])
    print(f"{'boosting over simple features':34} F1 {f1(truth, decided):.3f}")


def ablations(pairs: Pairs) -> None:
    groups = {
        "without the opening": ["opening", "opening_words", "lead_in_opening", "lead_depth"],
        "without names": ["lead_names", "lead_names_in_opening"],
        "without titles": ["title_in_opening", "title_numbers_conflict"],
        "without numbers and dates": ["numbers", "dates_conflict", "title_numbers_conflict"],
        "without quotes": ["quotes", "new_quotes"],
        "without what follows the lead": ["continuation", "middle"],
        "without rewording": ["reworded"],
        "without the publisher": ["same_publisher"],
        "without the length": ["length"],
    }
    for name, dropped in groups.items():
        report(pairs, [at for at, feature in enumerate(features.NAMES) if feature not in dropped], name)


def selected(pairs: Pairs, keep: int = 12) -> None:
    """Nested cross-validation in which backward elimination is repeated inside every outer fold."""
    truth, decided = pairs.labels == 0, np.zeros(len(pairs.labels), dtype=bool)
    for train, held in folds(pairs.groups, 0):
        dense = np.unique(pairs.groups[train], return_inverse=True)[1]
        columns = _eliminated(pairs, train, dense, keep)
        parts = [part[train][:, columns] for part in (pairs.raw, pairs.cleaned)]
        strength, threshold = choose(parts, parts[1], pairs.labels[train], dense)
        guess = copies(fit(parts, pairs.labels[train], strength), pairs.cleaned[held][:, columns])
        decided[held] = guess >= threshold
    print(f"{'measures chosen inside the folds':34} F1 {f1(truth, decided):.3f}")


def _eliminated(pairs: Pairs, train: Array, dense: Array, keep: int) -> list[int]:
    columns = list(range(len(features.NAMES)))
    while len(columns) > keep:
        smaller = [[column for column in columns if column != drop] for drop in columns]
        columns = min(smaller, key=lambda kept: _log_loss(pairs, train, dense, kept))
    return columns


def _log_loss(pairs: Pairs, train: Array, dense: Array, columns: list[int]) -> float:
    parts = [pairs.cleaned[train][:, columns]]
    guess = np.clip(out_of_fold(parts, parts[0], pairs.labels[train], dense, 0.3, 100), 1e-4, 1 - 1e-4)
    truth = pairs.labels[train] == 0
    return float(-np.mean(np.where(truth, np.log(guess), np.log(1 - guess))))


def model_file(pairs: Pairs) -> ModelFile:
    """The model fitted on all pairs."""
    data = [pairs.raw, pairs.cleaned]
    strength, threshold = choose(data, pairs.cleaned, pairs.labels, pairs.groups)
    model, mean, scale = fit(data, pairs.labels, strength)
    print(f"fitted with C={strength}, threshold {threshold:.2f}")
    return ModelFile(
        version=1,
        fitted_on=f"{len(pairs.labels)} judged pairs, as they came and cleaned; C={strength}",
        threshold=threshold,
        intercepts={name: round(float(model.intercept_[at]), 5) for at, name in enumerate(CLASSES)},
        features=[
            Feature(
                name=name,
                meaning=features.MEANING[name],
                mean=round(float(mean[at]), 5),
                scale=round(float(scale[at]), 5),
                weights={label: round(float(model.coef_[row][at]), 5) for row, label in enumerate(CLASSES)},
            )
            for at, name in enumerate(features.NAMES)
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "data" / "story_pairs")
    parser.add_argument("--write", action="store_true", help="write stream_agents/stories/model.json")
    parser.add_argument("--quick", action="store_true", help="fit only, no cross-validation")
    parser.add_argument("--selection", action="store_true", help="also choose the measures inside the folds (slow)")
    options = parser.parse_args()
    pairs = Pairs(options.data)
    if not options.quick:
        baselines(pairs)
        report(pairs, list(range(len(features.NAMES))), "the model")
        ablations(pairs)
    if options.selection:
        selected(pairs)
    file = model_file(pairs)
    if options.write:
        path = Path(__file__).parents[2] / "stream_agents" / "stories" / "model.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")
        print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
