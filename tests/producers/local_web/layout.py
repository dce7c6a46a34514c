"""Pages as news sites build them: metadata, menu, advertisements, related links, inline style and script around the text."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from html import escape

from tests.producers.local_web.texts import Text

#: Bytes of inline style and script on each page, about what a lean real page carries.
_WEIGHT = 24_000


def article(
    text: Text, *, site: str, url: str, published: datetime, modified: datetime, head: str = "", charset: str = "utf-8"
) -> str:
    """One article's page. `head` goes into its head (robots directives)."""
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text.title,
        "datePublished": published.isoformat(timespec="seconds"),
        "dateModified": modified.isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": text.author},
        "publisher": {"@type": "Organization", "name": site},
        "mainEntityOfPage": url,
    }
    metadata = (
        f'<meta charset="{charset}"><title>{escape(text.title)} - {site}</title>'
        f'<link rel="canonical" href="{escape(url)}"><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{escape(text.title)}"><meta property="og:url" content="{escape(url)}">'
        f'<meta property="og:site_name" content="{site}">'
        f'<meta name="description" content="{escape(text.paragraphs[0])}">'
        f'<meta property="article:published_time" content="{published.isoformat(timespec="seconds")}">'
        f'<meta property="article:modified_time" content="{modified.isoformat(timespec="seconds")}">'
        f'<script type="application/ld+json">{json.dumps(linked, ensure_ascii=False)}</script>{head}'
    )
    first, second, *rest = (f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.paragraphs)
    body = (
        f'<nav class="breadcrumb"><a href="/">Beranda</a> &raquo; <a href="/{text.section}">{text.section.title()}</a></nav>'
        f'<article class="detail"><h1 class="detail-title">{escape(text.title)}</h1><div class="detail-meta">'
        f'<span class="author">{text.author}</span> | <time datetime="{published.isoformat()}">{published:%d/%m/%Y, %H.%M} WIB'
        f"</time></div><figure><img src='/foto/{len(text.title)}.jpg' alt=''><figcaption>Suasana di {text.place}. (Foto: "
        f'{text.author})</figcaption></figure><div class="detail-body">{first}{second}'
        f'<div class="ads">ADVERTISEMENT</div><p><strong>Baca juga: <a href="/{text.section}/arsip">Kabar lain dari '
        f'{text.place}</a></strong></p>{"".join(rest)}</div><div class="tags"><a href="/tag/{text.section}">{text.section}'
        f'</a></div><div class="share">Bagikan: Facebook WhatsApp Telegram</div></article>'
    )
    return page(metadata, body, site)


def page(head: str, body: str, site: str) -> str:
    """A page of a site around a body."""
    menu, bulk, footer = _furniture(site)
    return f'<!DOCTYPE html><html lang="id"><head>{head}{bulk}</head><body>{menu}{body}{footer}</body></html>'


def listing(links: list[tuple[str, str]], site: str) -> str:
    """An index page: addresses and titles, newest first, among a site's usual other links."""
    cards = "".join(
        f'<article class="card"><a href="{escape(url)}"><h2>{escape(title)}</h2></a><span>Baru saja</span></article>'
        for url, title in links
    )
    aside = (
        '<aside><a href="/tag/populer">Populer</a><a href="/foto/galeri-pekan-ini">Foto</a><a href="/">1</a></aside>'
    )
    return page(
        f'<meta charset="utf-8"><title>Indeks - {site}</title>', f'<main class="indeks">{cards}</main>{aside}', site
    )


def not_found(site: str) -> str:
    """What sites show, with status 200, for an article that is no more."""
    head = f'<meta charset="utf-8"><title>Halaman tidak ditemukan - {site}</title>'
    return page(head, "<main><h1>Maaf, halaman tidak ditemukan</h1><p>Coba cari lagi.</p></main>", site)


@cache
def _furniture(site: str) -> tuple[str, str, str]:
    sections = (
        "nasional",
        "daerah",
        "ekonomi",
        "hukum",
        "pendidikan",
        "kesehatan",
        "wisata",
        "olahraga",
        "video",
        "foto",
    )
    items = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in sections)
    rules = "".join(
        f".{site.split('.')[0]}-blok-{number}{{margin:{number % 9}px;padding:{number % 7}px;color:#{number * 7919 % 4096:03x}}}"
        for number in range(_WEIGHT // 60)
    )
    script = "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"
    bulk = f"<style>{rules}</style><script>{script}</script>"
    menu = f'<header><a class="logo" href="/">{site}</a><ul class="menu">{items}</ul></header>'
    about = "Redaksi | Pedoman Media Siber | Tentang Kami | Karier | Kontak"
    return menu, bulk, f"<footer><p>{about}</p><p>&copy; 2026 {site}. Hak cipta dilindungi.</p></footer>"
