"""Boilerplate from the stream: what becomes a rule, what must not, how long a rule lives, and that restarts change nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_agents.cleaning.boilerplate import paragraph_key
from stream_agents.stories import boilerplate, record
from stream_agents.stories.engine import StoryEngine
from stream_agents.stories.record import DocumentRecord, PublisherRecord
from tests.stream_agents.stories.build import decision, engine, scored
from warta.messages import Cut, PublisherRules, ScoredArticle, ScoredMessage

DAY = 24 * 60
HOUSE = "Ikuti kabar terbaru kami lewat saluran perpesanan dan jangan lupa mengaktifkan pemberitahuan di gawai pembaca."
#: Unrelated stories: what, who, where, and what was said.
TOPICS = (
    ("Panen Bawang Melimpah", "petani bawang", "Brebes", "harga di pasar turun separuh"),
    ("Gerhana Terlihat Jelas", "pengamat bintang", "Kupang", "langit cerah sampai fajar"),
    ("Kereta Barang Anjlok", "masinis senior", "Cepu", "bantalan rel lapuk dimakan usia"),
    ("Perpustakaan Keliling Diresmikan", "pustakawan muda", "Ternate", "empat ribu buku siap dipinjam"),
    ("Atlet Dayung Berlatih", "pelatih dayung", "Jatiluhur", "jadwal kejuaraan dimajukan"),
    ("Kopi Gayo Diekspor", "eksportir kopi", "Takengon", "pembeli meminta biji merah"),
    ("Jembatan Gantung Putus", "tukang perahu", "Sintang", "kawat baja aus sejak lama"),
    ("Museum Batik Ditutup", "kurator museum", "Pekalongan", "atap bocor di tiga ruangan"),
    ("Penyu Hijau Menetas", "penjaga pantai", "Berau", "ratusan tukik dilepas malam hari"),
    ("Sumur Bor Mengering", "ahli geologi", "Wonosari", "muka air turun belasan meter"),
)


def about(
    number: int, *, closing: str = HOUSE, minute: float = 0, source: str = "harian", **more: object
) -> ScoredArticle:
    """A story of its own, with a closing paragraph."""
    title, who, where, said = TOPICS[number % len(TOPICS)]
    round_ = number // len(TOPICS)
    body = (
        f"{title} di {where} pada hari ke-{number} menurut catatan {who} setempat yang ditemui di kantor nomor {number * 7}.\n"
        f"Menurut {who} itu, {said} dan sebanyak {number * 31 + 5} orang sudah mendengarnya pada putaran {round_}.\n{closing}"
    )
    title = f"{title} {where} ke-{number}"
    return scored(f"d{number}", body, title=title, source=source, minute=minute + number, **more)  # type: ignore[arg-type]


def cut(article: ScoredArticle, text: str = HOUSE) -> ScoredArticle:
    """The same article as clean leaves it once the rule is in force."""
    article.content.body = article.content.body.replace(f"\n{text}", "")
    article.content.cuts = [Cut(kind="boilerplate", text=text, chars=len(text), rule=1)]
    return article


def rules_of(stories: StoryEngine, log: list[ScoredArticle], start: int = 0) -> list[PublisherRules]:
    found: list[PublisherRules] = []
    for offset, article in enumerate(log, start):
        found += stories.apply(article, offset).rules
    return found


def test_a_paragraph_under_unrelated_stories_becomes_a_rule() -> None:
    log = [about(number) for number in range(6)]
    (rules,) = rules_of(engine(), log)
    assert (rules.publisher, rules.version) == ("harian", 1)
    assert [(p.key, p.example, p.stories) for p in rules.paragraphs] == [(paragraph_key(HOUSE), HOUSE, 6)]


def test_publishers_are_kept_apart() -> None:
    log = [about(number, source=f"harian{number % 2}") for number in range(8)]
    assert rules_of(engine(), log) == []


def test_copies_of_one_story_are_one_witness() -> None:
    log = []
    for number in range(8):
        article = about(number % 2, minute=number)
        article.doc_id = f"{number:032x}"
        log.append(article)
    assert rules_of(engine(), log) == []


FOLLOWED = "Kasus ini bermula ketika Surya Atmaja dilaporkan menjual beras bantuan kepada pengepul di pelabuhan lama."
STEPS = (
    "Surya Atmaja Ditahan Jaksa", "Sidang Perdana Surya Atmaja", "Jaksa Tuntut Mantan Kepala Gudang", "Hakim Tolak Eksepsi",
    "Saksi Ungkap Aliran Uang", "Surya Ajukan Pleidoi", "Vonis Empat Tahun Penjara", "Kuasa Hukum Nyatakan Banding",
    "Gudang Bulog Disegel", "Pengepul Ikut Diperiksa", "Barang Bukti Dilelang", "Istri Terdakwa Buka Suara",
)  # fmt: skip


def test_the_background_of_a_running_case_is_no_boilerplate() -> None:
    """Twelve follow-ups of one publisher, each with the same paragraph of background, most titles without a common word."""
    log = []
    for number, title in enumerate(STEPS):
        body = (
            f"{title} pada pekan ke-{number}, kata juru bicara pengadilan tentang perkara beras bantuan Surya Atmaja itu.\n"
            f"Agenda ke-{number * 3 + 1} berlangsung {number + 11} menit dan dihadiri {number * 13 + 7} pengunjung.\n{FOLLOWED}"
        )
        log.append(scored(f"k{number}", body, title=title, source="harian", minute=number * DAY))
    stories = engine()
    assert rules_of(stories, log) == []
    assert len({stories.store.groups.story_id(article.doc_id) for article in log}) > boilerplate.WITNESSES


def test_the_fixed_sentence_of_a_daily_list_is_no_boilerplate() -> None:
    fixed = "Harga dapat berubah sewaktu-waktu mengikuti persediaan di gudang pedagang besar setiap pagi."
    log = []
    for day in range(12):
        rows = "\n".join(
            f"Untuk bahan {name} tercatat {day * 977 + at * 131 + 900} rupiah." for at, name in enumerate("abcdefg")
        )
        log.append(
            scored(f"h{day}", f"Daftar harga pangan hari ke-{day}.\n{rows}\n{fixed}", title=f"Harga Pangan Hari Ke-{day}",
                   source="harian", minute=day * DAY)
        )  # fmt: skip
    assert rules_of(engine(), log) == []


def test_the_first_paragraph_and_a_whole_body_are_never_boilerplate() -> None:
    log = [about(number, closing="") for number in range(8)]
    for article in log:
        article.content.body = f"{HOUSE}\n{article.content.body.splitlines()[0]}"
    assert rules_of(engine(), log) == []
    stubs = [about(number) for number in range(8)]
    for article in stubs:
        article.content.body = f"Kabar {article.content.title}.\n{HOUSE}"
    assert rules_of(engine(), stubs) == []


def test_a_rare_paragraph_is_not_boilerplate() -> None:
    """Met among every thirty documents only: below the share, however often in all."""
    log = [
        about(number, closing=HOUSE if number % 30 == 0 else f"Penutup nomor {number} {'abc' * (number + 1)}.")
        for number in range(240)
    ]
    assert rules_of(engine(), log) == []


def test_a_rule_lives_on_its_cuts_and_dies_without_them() -> None:
    stories = engine()
    assert len(rules_of(stories, [about(number) for number in range(6)])) == 1
    living = [cut(about(number, minute=number * DAY)) for number in range(6, 6 + 3 * boilerplate.FORGET_DAYS)]
    assert rules_of(stories, living, 6) == []
    silent = [
        about(number, closing="", minute=number * DAY) for number in range(200, 200 + boilerplate.FORGET_DAYS + 2)
    ]
    (rules,) = rules_of(stories, silent, 200)
    assert (rules.version, rules.paragraphs) == (2, [])


def test_a_silent_publisher_keeps_its_rules() -> None:
    stories = engine()
    rules_of(stories, [about(number) for number in range(6)])
    for day in range(100):
        stories.apply(scored(f"x{day}", f"Kabar {day} dari tempat lain.", source="lain", minute=day * DAY), 10 + day)
    assert rules_of(stories, [about(7, minute=100 * DAY)], 200) == []
    assert rules_of(stories, [cut(about(8, minute=101 * DAY))], 201) == []


def test_what_is_hidden_or_loaded_from_the_past_teaches_nothing() -> None:
    hidden = [about(number) for number in range(8)]
    for article in hidden:
        article.hidden = True
    assert rules_of(engine(), hidden) == []
    assert rules_of(engine(), [about(number, origin="backfill") for number in range(8)]) == []


def test_memory_is_bounded_whatever_a_publisher_repeats() -> None:
    stories, state = engine(), dict[str, record.Record | None]()
    for offset in range(400):
        pair = offset // 2  # every closing paragraph comes twice
        article = about(
            offset,
            closing="\n".join(f"Penutup {chr(97 + at) * 9} {'abcdefghij'[pair % 10] * (pair + 3)}." for at in range(9)),
        )
        state.update(stories.apply(article, offset).state)
    (publisher,) = [value for value in state.values() if isinstance(value, PublisherRecord)]
    assert 0 < len(publisher.candidates) <= boilerplate.MAX_CANDIDATES
    assert len(record.encode(publisher)) < 50_000
    documents = [value for value in state.values() if isinstance(value, DocumentRecord)]
    assert 0 < max(len(d.recurring.sums) for d in documents if d.recurring) <= 4 * boilerplate.PARAGRAPHS


CLOSINGS = (HOUSE, "Redaksi menerima foto dan tulisan pembaca setiap hari kerja melalui surel.", "")


@st.composite
def histories(draw: st.DrawFn) -> list[ScoredMessage]:
    """Logs of two publishers with two closing paragraphs: revisions, takedowns, days that evict, cuts in place of bodies."""
    minute, log = 0.0, list[ScoredMessage]()
    for number in range(draw(st.integers(6, 22))):
        minute += draw(st.sampled_from([1.0, 1.0, 1.0, 600.0, 3 * DAY]))
        roll = draw(st.integers(0, 9))
        source = draw(st.sampled_from(["harian", "harian", "kabar"]))
        if roll == 0 and number:
            log.append(decision("forget", f"d{draw(st.integers(0, number))}", minute=minute))
            continue
        which = draw(st.integers(0, number)) if roll == 1 else number
        closing = draw(st.sampled_from(CLOSINGS))
        article = about(which, closing=closing, minute=minute, source=source)
        log.append(cut(article, closing) if roll == 2 and closing else article)
    return log


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_restart_at_any_event_gives_the_same_rules(log: list[ScoredMessage]) -> None:
    straight, state = engine(horizon_days=4), dict[str, bytes]()
    for offset, message in enumerate(log):
        restarted = engine(horizon_days=4)
        restarted.load([record.decode(value) for value in state.values()])
        effects = straight.apply(message, offset)
        assert restarted.apply(message, offset) == effects
        for key, value in effects.state:
            if value is None:
                state.pop(key, None)
            else:
                state[key] = record.encode(value)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.integers(0, 30))
def test_an_event_twice_teaches_once(log: list[ScoredMessage], again: int) -> None:
    once, twice = engine(), engine()
    expected = [effects.rules for effects in (once.apply(message, offset) for offset, message in enumerate(log))]
    found = []
    for offset, message in enumerate(log):
        found.append(twice.apply(message, offset).rules)
        if offset == again:
            assert twice.apply(message, offset).rules == []
    assert found == expected
