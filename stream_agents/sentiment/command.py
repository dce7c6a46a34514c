"""`warta sentiment`, `evaluate sentiment`, `explain`, `corrections export`: the model on files and on indexed documents."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from warta.errors import Usage, WartaError
from warta.settings import settings

if TYPE_CHECKING:
    from stream_agents.sentiment.detail import ScoredSentence
    from stream_agents.sentiment.evaluation import Evaluation
    from stream_agents.sentiment.model import SentimentModel

evaluate = typer.Typer(no_args_is_help=True, help="Measure the models on labelled files.")
corrections = typer.Typer(no_args_is_help=True, help="What people corrected.")

ModelOption = Annotated[
    str,
    typer.Option(
        "--model", help="A model folder or hub id; by default the one of WARTA_SENTIMENT.", show_default=False
    ),
]
ThreadsOption = Annotated[int, typer.Option("--threads", min=1, help="Threads of one inference.")]


@evaluate.callback()
def _evaluate() -> None:
    """Measure the models on labelled files."""


@corrections.callback()
def _corrections() -> None:
    """What people corrected."""


@corrections.command("export")
def export_corrections(
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; by default to the screen.")] = None,
) -> None:
    """Write every corrected document of the index as a training line: title, text, label, and what the model had said."""
    from elasticsearch.helpers import scan

    from stream_agents.sentiment.corrections import FIELDS, training_lines
    from warta.search.client import NEWS, connect, explained

    query = {"query": {"exists": {"field": "correction.label"}}, "_source": list(FIELDS)}
    count = 0
    with explained("corrections export"), _writer(out) as target:
        hits = scan(connect(settings()), index=NEWS, query=query, ignore_unavailable=True)
        for line in training_lines(hit["_source"] for hit in hits):
            target.write(jsonlib.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    typer.echo(f"{count} corrections", err=True)


def sentiment(
    records: Annotated[Path, typer.Argument(help="JSONL: url (or id), title and text or html.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; by default to the screen.")] = None,
    cleaned: Annotated[bool, typer.Option("--cleaned", help="Texts are clean already: take them as they are.")] = False,
    model: ModelOption = "",
    threads: ThreadsOption = 1,
) -> None:
    """Score the sentiment of a file of records, one JSON object a line, in the order of the input."""
    from stream_agents.sentiment.offline import read_items, score_lines

    chosen = _model(model, threads)
    items = read_items(records, cleaned=cleaned)
    with _writer(out) as target:
        for line in _progress(score_lines(chosen, items), "texts", show=out is not None):
            target.write(jsonlib.dumps(line, ensure_ascii=False) + "\n")


@evaluate.command("sentiment")
def evaluate_sentiment(
    labelled: Annotated[Path, typer.Argument(help="JSONL: id (or url), title, text, label.", show_default=False)],
    model: ModelOption = "",
    threads: ThreadsOption = 1,
    clean: Annotated[bool, typer.Option("--clean", help="Clean each text first, as live does.")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Write a reliability diagram here (PNG).")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the recommended temperature into the model's folder.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Machine output: one JSON object.")] = False,
) -> None:
    """Accuracy, macro-F1, confusion and calibration of the sentiment model on labelled texts.

    Texts are taken as they are. The recommended temperature is fitted by cross-validation: it differs from the present one
    only where texts that were not used for fitting gain from it.
    """
    from dataclasses import asdict

    chosen = _model(model, threads)
    result = _measure(chosen, labelled, clean)
    if plot is not None:
        from stream_agents.sentiment.reliability import plot as draw

        draw(result, plot, chosen.name)
    if json:
        typer.echo(jsonlib.dumps({"model": chosen.name, **asdict(result)}))
    else:
        _show(result, chosen.name)
    if apply:
        written = chosen.folder.write_temperature(result.recommended)
        typer.echo(f"temperature {result.recommended:.4f} written to {written}", err=True)


def explain(
    what: Annotated[
        str, typer.Argument(help="URL of an indexed document, or the path of a text file.", show_default=False)
    ],
    title: Annotated[str, typer.Option("--title", help="Headline of the text file.")] = "",
    model: ModelOption = "",
    json: Annotated[bool, typer.Option("--json", help="Machine output: one JSON object.")] = False,
) -> None:
    """Show which sentences carry the label of an article."""
    from stream_agents.sentiment.detail import detailed, score_sentences, sentences_of

    headline, body = _article(what, title)
    chosen = _model(model, 1)
    whole = detailed(chosen, headline, body)
    if whole is None:
        raise WartaError(f"{what}: there is no text to explain")
    scored = score_sentences(chosen, [part for part in (headline.strip(), *sentences_of(body, 40)) if part])
    if json:
        import msgspec

        sentences = [{"text": item.text, "label": item.label, "probabilities": item.probabilities} for item in scored]
        typer.echo(jsonlib.dumps({"sentiment": msgspec.to_builtins(whole), "sentences": sentences}, ensure_ascii=False))
        return
    _show_sentences(whole, scored)


def _model(name: str, threads: int) -> SentimentModel:
    from stream_agents.sentiment.model import OFF, load_sentiment

    changes = {"sentiment_threads": threads} | ({"sentiment": name} if name else {})
    model = load_sentiment(settings().model_copy(update=changes))
    if model is None:
        raise Usage(f"WARTA_SENTIMENT={OFF}: there is no model to run; give one with --model")
    return model


def _measure(model: SentimentModel, labelled: Path, clean: bool) -> Evaluation:
    import numpy as np

    from stream_agents.sentiment.evaluation import evaluate as measure
    from stream_agents.sentiment.folder import LABELS
    from stream_agents.sentiment.offline import read_items
    from stream_agents.sentiment.text import model_input

    logits, labels = [], []
    for item in _progress(read_items(labelled, cleaned=not clean, labelled=True), "texts", show=True):
        text = model_input(item.title, item.body)
        if text and item.label is not None:
            logits.append(model.logits(text))
            labels.append(LABELS.index(item.label))
    if not labels:
        raise Usage(f"{labelled}: holds no labelled text")
    return measure(np.array(logits), np.array(labels), model.folder.temperature)


def _article(what: str, title: str) -> tuple[str, str]:
    """Headline and body of a text file, or of an indexed document."""
    path = Path(what)
    if "://" not in what:
        try:
            return title, path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise Usage(f"{what}: cannot be read ({error.strerror}); give a URL or the path of a text file") from None
    from warta.identity import canonical_url, doc_id
    from warta.search.client import NEWS, connect, explained

    with explained("explain"):
        answer = connect(settings()).search(
            index=NEWS,
            ignore_unavailable=True,
            query={"ids": {"values": [doc_id(canonical_url(what))]}},
            source=["title", "body"],  # type: ignore[arg-type]
        )
    hits = answer["hits"]["hits"]
    if not hits:
        raise WartaError(f"{what}: not in the index; 'warta trace {what}' tells why")
    return hits[0]["_source"].get("title", ""), hits[0]["_source"].get("body", "")


def _writer(out: Path | None) -> AbstractContextManager[IO[str]]:
    if out is None:
        return nullcontext(sys.stdout)
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise Usage(f"--out {out}: cannot be written ({error.strerror})") from None


def _progress(items: Iterator[Any], what: str, *, show: bool) -> Iterator[Any]:
    """The same items, with a count on a terminal's stderr."""
    if not (show and sys.stderr.isatty()):
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, console=Console(stderr=True), transient=True)


def _show(result: Evaluation, name: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(
        f"[bold]{name}[/] on {result.texts} texts: accuracy {result.accuracy:.1%}, macro-F1 {result.macro_f1:.1%}"
    )
    table = Table("label", "precision", "recall", "F1", "texts", "→ negative", "neutral", "positive", box=None)
    for score, row in zip(result.classes, result.confusion, strict=True):
        numbers = (
            f"{score.precision:.1%}",
            f"{score.recall:.1%}",
            f"{score.f1:.1%}",
            str(score.support),
            *map(str, row),
        )
        table.add_row(score.label, *numbers)
    console.print(table)
    fitted = f"fitted {result.temperature_fitted:.3f} (ECE {result.ece_cross_fitted:.3f} on texts it was not fitted on)"
    console.print(
        f"ECE {result.ece:.3f} at temperature {result.temperature:g}; {fitted}; recommended {result.recommended:.3f}",
        soft_wrap=True,
    )


def _show_sentences(whole: Any, scored: list[ScoredSentence]) -> None:
    from rich.console import Console
    from rich.text import Text

    styles = {"negative": "red", "neutral": "dim", "positive": "green"}
    console = Console()
    gap = ", headline and body contradict each other" if whole.gap else ""
    doubt = ", uncertain" if whole.uncertain else ""
    console.print(f"[bold]{whole.label}[/] {whole.confidence:.1%}{doubt}{gap} ({whole.model})")
    for item in scored:
        share = max(item.probabilities)
        console.print(Text(f"{item.label:>8} {share:4.0%}  {item.text}", style=styles[item.label]))
