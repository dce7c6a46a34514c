"""What becomes of texts that are no article of usual size: live blogs, endless texts, flashes, and left-over boilerplate."""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks.stories.generator import Newsroom
from stream_agents.stories import record, tokens
from stream_agents.stories.engine import StoryEngine
from tests.stream_agents.stories.build import FLOOD, SCHOOL, doc_id, engine, scored

REVISIONS = 200


def story(stories: StoryEngine, name: str) -> str:
    return stories.store.groups.story_id(doc_id(name))


def relation(stories: StoryEngine, name: str) -> str:
    return stories.store.membership(doc_id(name)).relation


def _without_content(known: record.DocumentRecord) -> record.DocumentRecord:
    """As it is written once the window in which a revision can hand its old text on has passed."""
    return replace(known, content=None)


def live_blog(newest_first: bool) -> StoryEngine:
    """A page that grows by the whole text of another article 200 times; every fourth of those is also published alone, right
    after, and once more by another outlet, an hour later."""
    room, stories, entries, offset = Newsroom(11), engine(), list[str](), 0
    for number in range(REVISIONS):
        item = room.original(number)
        entries.insert(
            0 if newest_first else len(entries), f"Pukul {number // 60 + 6}.{number % 60:02d} WIB. {item.body}"
        )
        body = "Ikuti perkembangan langsung dari lapangan sepanjang hari ini.\n" + "\n".join(entries)
        blog = scored("blog", body, title="Langsung: Perkembangan Hari Ini", minute=number, source="portal")
        alone = [
            scored(f"{kind}{number}", item.body, title=item.title, minute=number, source=kind)
            for kind in ("satu", "dua")
        ]
        for event in [blog, *(alone if number % 4 == 0 else [])]:
            stories.apply(event, offset)
            offset += 1
    return stories


def test_a_live_blog_stays_one_document_of_bounded_size() -> None:
    stories = live_blog(newest_first=True)
    blog = stories.store.get(doc_id("blog"))
    assert blog.revision == REVISIONS
    assert len(list(stories.store)) == 1 + 2 * (REVISIONS // 4)
    assert len(record.encode(_without_content(blog))) < 16_000
    assert tokens.MAX_WORDS <= len(blog.codes) / 2 <= 2 * tokens.MAX_WORDS


def test_a_live_blog_swallows_no_other_story() -> None:
    """Whatever end it grows at, the articles that it quotes in full keep their own stories, and their copies find them."""
    for newest_first in (True, False):
        stories = live_blog(newest_first)
        numbers = range(4, REVISIONS, 4)
        assert [n for n in numbers if story(stories, f"satu{n}") == story(stories, "blog")] == []
        assert len({story(stories, f"satu{n}") for n in numbers}) == len(numbers)
        assert [n for n in numbers if story(stories, f"dua{n}") != story(stories, f"satu{n}")] == []


def test_a_revised_original_still_has_its_copies() -> None:
    """Growing is no crime: a flash that became an article in two steps is found by copies of the whole and by abridged ones."""
    stories, item = engine(), Newsroom(3).original(0, length=16)
    for revision, sentences in enumerate((3, 9, 16)):
        body = " ".join(item.sentences[:sentences])
        stories.apply(scored("o", body, title=item.title, minute=revision, source="portal"), revision)
    stories.apply(scored("copy", item.body, title=item.title, minute=9, source="satu"), 3)
    stories.apply(scored("short", " ".join(item.sentences[:9]), title=item.title, minute=9, source="dua"), 4)
    assert {story(stories, "copy"), story(stories, "short")} == {story(stories, "o")}


def test_an_endless_text_is_remembered_by_its_beginning() -> None:
    """Two million characters cost no more than an article, and their copy is found."""
    room = Newsroom(5)
    endless = " ".join(room.original(number).body for number in range(1200))
    assert len(endless) > 2_000_000
    stories = engine()
    stories.apply(scored("a", endless, title="Daftar panjang"), 0)
    effects = stories.apply(scored("b", endless + " Sekian.", title="Daftar panjang", minute=1), 1)
    assert story(stories, "b") == story(stories, "a")
    written = [value for _, value in effects.state if isinstance(value, record.DocumentRecord)]
    assert max(len(record.encode(_without_content(value))) for value in written) < 16_000
    assert len(stories.store.get(doc_id("b")).codes) / 2 <= 2 * tokens.MAX_WORDS


def test_flashes_are_copies_when_they_are_the_same_and_apart_when_a_number_differs() -> None:
    stories = engine()
    flash = "Gempa magnitudo 5,6 mengguncang Kupang pada pukul 04.12 WITA. BMKG menyatakan tidak berpotensi tsunami."
    other = "Gempa magnitudo 4,9 mengguncang Ternate pada pukul 19.40 WIT. BMKG menyatakan tidak berpotensi tsunami."
    stories.apply(scored("a", flash, title="Gempa M5,6 Kupang"), 0)
    stories.apply(scored("b", flash, title="Kupang Diguncang Gempa M5,6", minute=1), 1)
    stories.apply(scored("c", other, title="Gempa M4,9 Ternate", minute=2), 2)
    assert relation(stories, "b") == "exact"
    assert story(stories, "c") != story(stories, "a")


def test_a_body_of_nothing_is_a_story_of_its_own() -> None:
    stories = engine()
    for offset, name in enumerate("abc"):
        stories.apply(scored(name, "" if name != "c" else "…", title=f"Foto {name}", minute=offset), offset)
    assert len({story(stories, name) for name in "abc"}) == 3


FOOTER = (
    "Dapatkan kabar pilihan redaksi setiap hari lewat aplikasi kami yang tersedia di toko aplikasi gawai pembaca. "
    "Redaksi menerima tulisan, foto, dan video dari warga; kirimkan disertai nama lengkap dan nomor yang dapat dihubungi. "
    "Seluruh isi laman ini dilindungi undang-undang dan tidak boleh disalin tanpa izin tertulis dari perusahaan penerbit."
)


def test_boilerplate_left_over_neither_binds_strangers_nor_hides_copies() -> None:
    """A footer of 50 words under two short articles of one outlet, and under a copy whose original has none."""
    stories = engine()
    short = [" ".join(text.split()[:45]) + "." for text in (FLOOD, SCHOOL)]
    stories.apply(scored("a", f"{short[0]}\n{FOOTER}", title="Banjir Jatigede", source="portal"), 0)
    stories.apply(scored("b", f"{short[1]}\n{FOOTER}", title="Penerimaan Siswa", source="portal", minute=1), 1)
    assert story(stories, "a") != story(stories, "b")
    stories.apply(scored("c", FLOOD, title="Banjir Jatigede", source="antara", minute=2), 2)
    stories.apply(scored("d", f"{FLOOD}\n{FOOTER}", title="Banjir Jatigede", source="portal", minute=3), 3)
    assert story(stories, "d") == story(stories, "c")
