"""What `samples/README.md` promises about the sample, checked line by line."""

from __future__ import annotations

import html
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ftfy
import pytest
import yaml

SAMPLES = Path(__file__).parents[2] / "samples"
BROKEN = {11: "not-json", 108: "no-text", 135: "impossible-fetched-at"}
BEGINS_A_STORY = {"original", "independent", "followup", "template"}
WIB = timezone(timedelta(hours=7))
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@dataclass(frozen=True)
class Article:
    """One readable line of the sample beside its truth."""

    record: dict[str, Any]
    truth: dict[str, Any]

    @cached_property
    def raw(self) -> str:
        """The text as delivered, or a page's source with entities resolved; white space squeezed, encoding repaired."""
        page = self.record.get("html")
        return squeeze(html.unescape(page) if page else ftfy.fix_encoding(self.record["text"]))

    @property
    def published_at(self) -> datetime:
        return datetime.fromisoformat(self.record["published_at"])

    @property
    def fetched_at(self) -> datetime:
        return datetime.fromisoformat(self.record["fetched_at"])

    @property
    def host(self) -> str:
        return urlsplit(self.record["url"]).hostname or ""


def lines() -> list[str]:
    return (SAMPLES / "articles.jsonl").read_text("utf-8").splitlines()


def truths() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    pairs = zip(lines(), truths(), strict=True)
    return [Article(json.loads(line), truth) for line, truth in pairs if "broken" not in truth]


@pytest.fixture(scope="module")
def by_url(articles: list[Article]) -> dict[str, Article]:
    """The first fetch of each URL."""
    return {article.record["url"]: article for article in reversed(articles)}


def related(articles: list[Article], relation: str) -> list[Article]:
    return [article for article in articles if article.truth["relation"] == relation]


def test_each_line_has_its_truth() -> None:
    assert [truth["line"] for truth in truths()] == list(range(1, len(lines()) + 1))
    for line, truth in zip(lines(), truths(), strict=True):
        assert f'"url": "{truth["url"]}"' in line


def test_exactly_three_lines_are_broken() -> None:
    assert {truth["line"]: truth["broken"] for truth in truths() if "broken" in truth} == BROKEN
    not_json, no_text, of_1970 = (lines()[number - 1] for number in BROKEN)
    with pytest.raises(json.JSONDecodeError):
        json.loads(not_json)
    empty = json.loads(no_text)
    assert not empty["title"].strip()
    assert not empty["text"].strip()
    assert "html" not in empty
    assert datetime.fromisoformat(json.loads(of_1970)["fetched_at"]).year == 1970


def test_records_have_the_agreed_fields(articles: list[Article]) -> None:
    required = {"url", "title", "source", "published_at", "fetched_at"}
    optional = {"authors", "annotations"}
    for article in articles:
        fields = set(article.record)
        assert len(fields & {"text", "html"}) == 1
        assert required <= fields <= required | optional | {"text", "html"}
        assert article.record["title"].strip()
        assert article.raw


def test_fetched_within_minutes_over_five_days_in_order(articles: list[Article]) -> None:
    for article in articles:
        assert article.record["fetched_at"].endswith("Z")
        assert article.published_at.utcoffset() in {timedelta(hours=h) for h in (7, 8, 9)}
        delay = article.fetched_at - article.published_at
        most = timedelta(days=1) if article.truth["relation"] == "revision" else timedelta(minutes=10)
        assert timedelta() < delay < most, article.record["url"]
    assert all(one.fetched_at <= other.fetched_at for one, other in pairwise(articles))
    days = {article.fetched_at.astimezone(WIB).date().day for article in articles}
    assert days == {16, 17, 18, 19, 20}
    assert articles[-1].fetched_at < datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_no_host_of_the_real_world(articles: list[Article]) -> None:
    known = set()
    for group in yaml.safe_load((SAMPLES / "publishers.yaml").read_text("utf-8"))["groups"]:
        known |= {(host, group["id"]) for host in group["outlets"]}
    schema_org = "schema.org"
    for article in articles:
        assert (article.host.removeprefix("m."), article.truth["owner"]) in known
        for host in re.findall(r"https?://([^/\"'\s<>?#]+)", article.raw):
            assert host.endswith(".example") or host == schema_org, host
        assert "www." not in article.raw


def test_size_and_spread(articles: list[Article]) -> None:
    words = [len(article.truth["body"].split()) for article in articles]
    assert 150 <= len(articles) <= 210
    assert sum(count >= 120 for count in words) >= 0.75 * len(words)
    assert max(words) <= 450
    places = {article.truth["main_place"] for article in articles} - {None}
    assert len({article.host for article in articles}) >= 14
    assert len({article.truth["story"] for article in articles}) >= 30
    assert len(places) >= 20
    assert len({place[:2] for place in places}) >= 12
    assert len({case for article in articles for case in article.truth["cases"]}) >= 15
    assert {article.truth["language"] for article in articles} == {"id", "en", "ms", "jv"}
    assert {"news", "roundup", "opinion", "factcheck", "advertorial", "service", "schedule"} == {
        article.truth["genre"] for article in articles
    }


def test_the_true_body_stands_in_the_record(articles: list[Article]) -> None:
    for article in articles:
        position = 0
        for paragraph in map(squeeze, article.truth["body"].split("\n")):
            position = article.raw.find(paragraph, position)
            assert position >= 0, (article.truth["line"], paragraph)
        if not article.truth["dirt"]:
            assert article.raw == squeeze(article.truth["body"])


def test_exact_copies_are_equal_and_come_later(articles: list[Article], by_url: dict[str, Article]) -> None:
    copies = related(articles, "exact")
    for copy in copies:
        source = by_url[copy.truth["of"]]
        assert squeeze(copy.truth["body"]) == squeeze(source.truth["body"])
        assert copy.truth["story"] == source.truth["story"]
        assert copy.host != source.host
        assert copy.fetched_at > source.fetched_at
    assert len({copy.truth["story"] for copy in copies}) >= 10


def test_rewritten_copies_share_paragraphs_and_differ(articles: list[Article], by_url: dict[str, Article]) -> None:
    rewritten = related(articles, "near")
    for copy in rewritten:
        source = by_url[copy.truth["of"]]
        ours, theirs = (set(text.truth["body"].split("\n")) for text in (copy, source))
        assert len(ours & theirs) >= 2, copy.truth["line"]
        assert ours - theirs, copy.truth["line"]
        assert copy.record["title"] != source.record["title"]
    assert len({copy.truth["story"] for copy in rewritten}) >= 8
    for short in related(articles, "contained"):
        source = by_url[short.truth["of"]]
        assert len(short.truth["body"]) < 0.5 * len(source.truth["body"])


def test_revisions_are_later_fetches_of_one_url_with_another_text(articles: list[Article]) -> None:
    fetches = defaultdict(list)
    for article in articles:
        fetches[article.record["url"]].append(article)
    again = [found for found in fetches.values() if len(found) > 1]
    assert len(again) >= 5
    for first, later in again:
        assert later.truth["relation"] == "revision"
        assert later.truth["of"] == first.record["url"]
        assert later.fetched_at > first.fetched_at
        assert later.published_at == first.published_at
        assert later.truth["body"] != first.truth["body"]
    assert any("62 siswa" in a.truth["body"] and "127 siswa" in b.truth["body"] for a, b in again)


def test_a_story_begins_with_a_text_of_its_own(articles: list[Article]) -> None:
    seen: set[str] = set()
    for article in articles:
        begins = article.truth["story"] not in seen
        assert (article.truth["relation"] in BEGINS_A_STORY) == begins, article.truth["line"]
        seen.add(article.truth["story"])
    assert len(related(articles, "followup")) >= 3
    assert len(related(articles, "template")) >= 5


def test_doubled_bodies(articles: list[Article]) -> None:
    doubled = [article for article in articles if {"dbl", "dblby"} & set(article.truth["dirt"])]
    assert len(doubled) >= 5
    for article in doubled:
        assert all(article.raw.count(squeeze(part)) == 2 for part in article.truth["body"].split("\n"))


def test_whole_pages_of_several_themes(articles: list[Article]) -> None:
    pages = [article for article in articles if "html" in article.record]
    themes = Counter(mark for page in pages for mark in page.truth["dirt"] if mark.startswith("html="))
    assert len(pages) >= 15
    assert len(themes) >= 5
    for page in pages:
        assert page.record["html"].lstrip().lower().startswith(("<!doctype html", "<html"))


@pytest.mark.parametrize(
    ("pattern", "at_least"),
    [
        (r"Baca [Jj]uga ?:", 20),
        (r"^BACA JUGA$", 2),
        (r"Dibaca : \d+", 5),
        (r"\*\*$", 3),
        (r"^Google News$", 5),
        (r"^\(?[A-Za-z]{2,3}(/[a-z]+)?\)$", 3),
        (r"^#\w+", 3),
        (r"^Halaman \d dari \d$", 2),
        (r"^Follow ", 2),
        (r"^SCROLL TO CONTINUE WITH CONTENT$", 5),
        (r"^Kab/Kota: ", 2),
        (r"^Sentimen: ", 2),
        (r"\(KBN\)$", 8),
        (r"dilansir (dari )?(Kantor Berita Nusa|Kabar|Musi)", 3),
        (r"^[A-Z ]+, KabarSumedang – ", 3),
        (r"\(Foto: |BantenPagi/", 2),
        ("â€œ", 1),
    ],
)
def test_the_dirt_of_the_field(articles: list[Article], pattern: str, at_least: int) -> None:
    texts = [article.record["text"] for article in articles if "text" in article.record]
    assert sum(bool(re.search(pattern, text, re.MULTILINE)) for text in texts) >= at_least


def test_some_records_carry_annotations(articles: list[Article]) -> None:
    annotated = [article.record["annotations"] for article in articles if "annotations" in article.record]
    assert len(annotated) >= 8
    assert any(found.get("Kab/Kota") == "Gunung" for found in annotated)


def test_the_burst_of_friday_morning(articles: list[Article]) -> None:
    begin = datetime(2026, 11, 20, 6, 40, tzinfo=WIB)
    burst = [
        article
        for article in articles
        if begin <= article.fetched_at <= begin + timedelta(hours=2)
        and article.truth["event"] == "keracunan-jatinangor"
        and article.truth["label"] == "negative"
    ]
    heads = [article for article in burst if article.truth["relation"] in BEGINS_A_STORY]
    assert len(heads) >= 6
    assert len({head.truth["owner"] for head in heads}) >= 4
    assert all(head.truth["main_place"] == "32.11" for head in heads)
    assert all("keracunan_pangan" in head.truth["cases"] for head in heads)
    copies = [article for article in burst if article.truth["story"] == "kj"]
    assert len(copies) >= 20
    assert len({copy.host for copy in copies}) >= 12
    local, wire = copies[:2]
    assert f"{local.published_at:%H.%M}" == "06.41"
    assert (wire.host, f"{wire.published_at:%H.%M}") == ("kbnusa.example", "06.52")


def test_decoys(articles: list[Article], by_url: dict[str, Article]) -> None:
    story = defaultdict(list)
    for article in articles:
        story[article.truth["story"]].append(article)
    assert sum(copy.truth["owner"] == "gemanusa" for copy in story["ratu"]) >= 12
    assert len({copy.host for copy in story["rilis"]} - {"humas-majalengka.example"}) == 9
    link_only = story["kuningan"][0]
    assert "Stunting" in link_only.raw
    assert "stunting" not in link_only.truth["body"].lower()
    assert story["la"][0].truth["abroad"]
    assert story["la"][0].truth["main_place"] is None
    assert story["polresta"][0].truth["main_place"] == "32.04"


def test_weekdays_agree_with_dates_except_in_the_recycled_story(articles: list[Article]) -> None:
    wrong = set()
    for article in articles:
        found = re.findall(rf"({'|'.join(DAYS)}) \((\d+)/(\d+)/(\d{{4}})\)", article.truth["body"])
        for name, day, month, year in found:
            if DAYS[datetime(int(year), int(month), int(day), tzinfo=WIB).weekday()] != name:
                wrong.add(article.truth["story"])
    assert wrong == {"daur"}
