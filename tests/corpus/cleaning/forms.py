"""Text forms: how dumps and dashboards write an article down. Each returns the dirty text; the truth is the story itself."""

from collections.abc import Callable

from tests.corpus.cleaning.articles import Story
from tests.corpus.cleaning.dirt import COPYRIGHT, COUNTER, FOLLOW, SHARE, TAYANG

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ZONE = {7: "WIB", 8: "WITA", 9: "WIT"}


def day(s: Story) -> str:
    """ "Kamis, 12 Maret 2026" """
    return f"{_DAYS[s.at.weekday()]}, {s.at.day} {_MONTHS[s.at.month - 1]} {s.at.year}"


def clock(s: Story) -> str:
    """ "09.40 WIB" """
    offset = s.at.utcoffset()
    assert offset is not None
    return f"{s.at:%H.%M} {_ZONE[int(offset.total_seconds() // 3600)]}"


def dashboard(s: Story) -> str:
    first, *rest = s.paragraphs
    return "\n".join(
        [
            "Sentimen",
            "Informasi Tambahan",
            f"Kab/Kota: {s.place.title()}, Gunung",
            "Kasus: stunting, banjir",
            s.title,
            "KabarNusa.id Jenis Media: News",
            f"Kabarnusa.id – {first}",
            rest[0],
            f"Baca Juga: {s.related[0]}",
            *rest[1:],
            "Sentimen: negatif (87.5%)",
        ]
    )


def header(s: Story) -> str:
    first, *rest = s.paragraphs
    return "\n\n".join(
        [
            "KabarNusa.id",
            s.title,
            f"{s.author} | {day(s)} | {clock(s)} | {COUNTER}",
            f"{s.caption}. (Foto: {s.author} / KabarNusa)",
            f"{s.place}-{first}",
            *rest[:-1],
            f"{rest[-1]} #Kabar Daerah",
        ]
    )


def list_block(s: Story) -> str:
    a, b, c, *rest = s.paragraphs
    return "\n".join(
        [
            f"{s.place}, KABARNUSA.ID — {a}",
            b,
            c,
            "BACA JUGA",
            s.related[0],
            s.related[1],
            *rest,
            f"({s.initials.title()})",
        ]
    )


def twice(s: Story) -> str:
    body = [f"kabarnusa.id, {s.place.title()}: {s.paragraphs[0]}", *s.paragraphs[1:]]
    return "\n".join([*body, *body, "Cek Berita dan Artikel yang lain di", "Google News", f"({s.initials.upper()})"])


def stars(s: Story) -> str:
    return "\n".join([f"{s.place}, Kabarnusa.id – {s.paragraphs[0]}", *s.paragraphs[1:]]) + "**"


def glued(s: Story) -> str:
    """Everything on one line, link titles glued to the next paragraph, the way many scrapers join text nodes."""
    a, b, c, d, *rest = s.paragraphs
    return f"{s.place.title()} - {a}{b}Baca juga: {s.related[0]}{c}{d}[Gambas:Video 20detik]Baca juga: {s.related[1]}{''.join(rest)} ({s.initials}/kbn) {' '.join(s.tags)}"


def spaced(s: Story) -> str:
    """One line, single blanks: nothing but title case says where a link's title ends."""
    a, b, c, d, *rest = s.paragraphs
    return f"{s.place}, KABARNUSA.ID - {a} {b} Baca juga: {s.related[2]}  {c} SCROLL TO CONTINUE WITH CONTENT {d} {' '.join(rest)} {TAYANG}"


def furniture(s: Story) -> str:
    a, b, c, *rest = s.paragraphs
    return "\n".join(
        [
            s.title,
            f"Oleh: {s.author}",
            f"{day(s)} {clock(s)}",
            SHARE,
            a,
            "ADVERTISEMENT",
            b,
            f"Foto: Dok. Kabar Nusa/{s.author}",
            c,
            *FOLLOW[:2],
            *rest,
            f"Penulis: {s.author}",
            "Editor: Redaksi Dua",
            "Tags: " + ", ".join(s.tags),
            COPYRIGHT,
        ]
    )


def wrapped(s: Story) -> str:
    """Mojibake, entities escaped twice, zero-width and no-break spaces, hyphenation at a line's end."""
    text = (
        "\n".join(s.paragraphs)
        .replace("“", "&amp;ldquo;")
        .replace("”", "&amp;rdquo;")
        .replace(" yang ", "\u00a0yang\u200b ")
    )
    return text.replace("pemerintah", "peme-\nrintah")


def cookies(s: Story) -> str:
    a, b, *rest = s.paragraphs
    return "\n".join(
        [
            "Situs ini menggunakan cookies untuk meningkatkan pengalaman Anda.",
            a,
            b,
            "Simak juga Video 'Kabar Pilihan Pekan Ini':",
            *rest,
            *FOLLOW[2:],
            "Halaman Selanjutnya",
            "1 2 3 Selanjutnya",
        ]
    )


FORMS: dict[str, Callable[[Story], str]] = {
    f.__name__: f for f in (dashboard, header, list_block, twice, stars, glued, spaced, furniture, wrapped, cookies)
}
TITLED = frozenset({"dashboard", "header", "furniture"})
TIMED = frozenset({"header", "furniture"})
