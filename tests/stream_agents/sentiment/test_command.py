"""The commands as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from stream_agents.sentiment import command
from tests.stream_agents.sentiment.conftest import FOLDER, ROOT
from warta.errors import Usage

app = typer.Typer(pretty_exceptions_enable=False)
app.command("sentiment")(command.sentiment)
app.command("explain")(command.explain)
app.add_typer(command.evaluate, name="evaluate")

PAGE = "<html><body><article><p>" + "Harga cabai rawit turun. " * 20 + "</p></article></body></html>"
RECORDS: list[dict[str, object]] = [
    {
        "url": "https://a.example/1",
        "title": "Longsor tewaskan warga",
        "text": "JAKARTA - Warga tewas tertimbun longsor.",
    },
    {"id": "2", "title": "Warga bersyukur", "text": "Bupati meresmikan jembatan indah, warga senang dan bersyukur."},
    {"url": "https://a.example/3", "title": "", "text": " "},
    {"url": "https://a.example/4", "title": "Jadwal", "html": PAGE},
]


def write(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_scores_a_file_line_by_line_in_order(tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.jsonl", RECORDS), tmp_path / "out.jsonl"
    result = CliRunner().invoke(app, ["sentiment", str(source), "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["url"] for line in lines] == ["https://a.example/1", "2", "https://a.example/3", "https://a.example/4"]
    assert [line["label"] for line in lines][:3] == ["negative", "positive", None]
    assert set(lines[0]) == {"url", "label", "negative", "neutral", "positive", "model"}
    assert lines[2]["negative"] is None
    assert lines[3]["label"] is not None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: must be a JSON object"),
        ('{"title": "a"}', "line 2: needs a url"),
        ('{"url": "u", "text": 5}', "line 2: text and html must be strings"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(RECORDS[1]) + "\n" + line + "\n", "utf-8")
    with pytest.raises(Usage, match=message):
        CliRunner().invoke(app, ["sentiment", str(source)], catch_exceptions=False)


def test_evaluate_prints_measures_draws_and_writes_a_temperature(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    for file in [*FOLDER.glob("*.json"), *FOLDER.glob("onnx/*.onnx")]:
        (folder / file.relative_to(FOLDER)).symlink_to(file)
    expected = [json.loads(line) for line in (ROOT / "samples" / "expected.jsonl").read_text("utf-8").splitlines()]
    labelled = [
        {"id": record["url"], "title": "", "text": record["body"], "label": record["label"]}
        for record in expected
        if "body" in record
    ][::12]
    source, png = write(tmp_path / "labelled.jsonl", labelled), tmp_path / "reliability.png"
    arguments = ["evaluate", "sentiment", str(source), "--model", str(folder), "--plot", str(png), "--json", "--apply"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    measures = json.loads(result.stdout)
    assert measures["texts"] == len(labelled)
    assert measures["accuracy"] > 0.6
    assert png.stat().st_size > 1000
    written = json.loads((folder / "warta.json").read_text("utf-8"))
    assert written["temperature"] == pytest.approx(measures["recommended"], abs=1e-4)
    assert json.loads((FOLDER / "warta.json").read_text("utf-8"))["temperature"] == 1.0, (
        "the shipped file stays as it is"
    )


def test_evaluate_names_an_unknown_label(tmp_path: Path) -> None:
    source = write(tmp_path / "l.jsonl", [{"id": "1", "title": "a", "text": "b", "label": "angry"}])
    with pytest.raises(Usage, match="line 1: label must be negative, neutral or positive, not 'angry'"):
        CliRunner().invoke(app, ["evaluate", "sentiment", str(source)], catch_exceptions=False)


def test_explain_shows_the_sentences_of_a_file(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text(
        "Warga marah dan kecewa karena korban tewas terus bertambah. Bupati meresmikan taman baru yang indah sekali.",
        "utf-8",
    )
    result = CliRunner().invoke(app, ["explain", str(text), "--title", "Longsor", "--json"], catch_exceptions=False)
    shown = json.loads(result.stdout)
    assert [sentence["label"] for sentence in shown["sentences"]][1:] == ["negative", "positive"]
    plain = CliRunner().invoke(app, ["explain", str(text), "--title", "Longsor"], catch_exceptions=False)
    assert "marah dan kecewa" in plain.stdout


def test_switched_off_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from warta.settings import load

    monkeypatch.setattr(command, "settings", lambda: load(sentiment="off"))
    source = write(tmp_path / "in.jsonl", RECORDS[:1])
    with pytest.raises(Usage, match="WARTA_SENTIMENT=off"):
        CliRunner().invoke(app, ["sentiment", str(source)], catch_exceptions=False)
