"""Wrappers in the markup styles of Indonesian news sites: each puts a story into its own kind of page, with its own metadata.

The markup is ours; what is imitated is how containers are named and nested, where times stand and what hangs around a text.
"""

import json
from collections.abc import Callable
from html import escape

from tests.corpus.cleaning.articles import Story
from tests.corpus.cleaning.dirt import COPYRIGHT, COUNTER, FOLLOW, SHARE, SIDE, TAYANG
from tests.corpus.cleaning.forms import clock, day

URL = "https://kabarnusa.id/daerah/2026/berita-1024"


def _ps(paragraphs: tuple[str, ...], **attributes: str) -> list[str]:
    extra = "".join(f' {k.rstrip("_")}="{v}"' for k, v in attributes.items())
    return [f"<p{extra}>{escape(p, quote=False)}</p>" for p in paragraphs]


def _og(s: Story, suffix: str = " - Kabar Nusa") -> str:
    return (
        f'<meta property="og:title" content="{escape(s.title + suffix)}"><meta property="og:description" content="{escape(s.paragraphs[0][:150])}">'
        f'<meta property="og:image" content="https://kabarnusa.id/foto/1.jpg"><link rel="canonical" href="{URL}"><meta name="keywords" content="{", ".join(s.tags)}">'
    )


def _ld(data: object, wrap: tuple[str, str] = ("", "")) -> str:
    return f'<script type="application/ld+json">{wrap[0]}{json.dumps(data, ensure_ascii=False)}{wrap[1]}</script>'


def _news(s: Story, **more: object) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": s.title,
        "datePublished": s.at.isoformat(),
        "author": {"@type": "Person", "name": s.author},
        **more,
    }


def _nav() -> str:
    return '<ul class="menu"><li><a href="/">Beranda</a></li><li><a href="/daerah">Daerah</a></li><li><a href="/ekonomi">Ekonomi</a></li><li><a href="/olahraga">Olahraga</a></li></ul>'


def _side() -> str:
    cards = "".join(
        f'<div class="card"><h3><a href="/b/{i}">{t}</a></h3><p>{x}</p></div>' for i, (t, x) in enumerate(SIDE)
    )
    return f'<div class="sidebar"><h4>Terpopuler</h4>{cards}</div>'


def _page(head: str, body: str, title: str, *, html_attributes: str = ' lang="id"') -> str:
    return f"<!DOCTYPE html><html{html_attributes}><head><meta charset=utf-8><title>{escape(title)}</title>{head}</head><body>{body}<footer><p>{COPYRIGHT}</p><p>Tentang Kami | Redaksi | Pedoman Media Siber</p></footer></body></html>"


def _list(s: Story) -> str:
    return "".join(f'<li><a href="/r/{i}">{t}</a></li>' for i, t in enumerate(s.related))


def wordpress(s: Story) -> str:
    a, b, *rest = _ps(s.paragraphs)
    body = f"""<header>{_nav()}</header><div class="site-content"><article class="post type-post"><header class="entry-header"><h1 class="entry-title">{s.title}</h1>
    <div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{s.at.isoformat()}">{day(s)}</time></span> oleh <span class="author vcard"><a rel="author">{s.author}</a></span></div></header>
    <div class="entry-content"><figure class="wp-caption"><img src="x.jpg"><figcaption class="wp-caption-text">{s.caption}</figcaption></figure>{a}<p><strong>Baca Juga: <a href="/r/1">{s.related[0]}</a></strong></p>{b}{"".join(rest)}
    <div class="sharedaddy sd-sharing">{SHARE}</div><div id="jp-relatedposts" class="jp-relatedposts"><h3>Terkait</h3><ul>{_list(s)}</ul></div></div><footer class="entry-footer"><span class="tags-links">{", ".join(s.tags)}</span></footer></article></div>{_side()}
    <div id="respond"><h3>Tinggalkan Balasan</h3><p>Alamat email Anda tidak akan dipublikasikan. Ruas yang wajib ditandai *</p></div>"""
    return _page(
        _og(s) + f'<meta property="article:published_time" content="{s.at.isoformat()}">',
        body,
        f"{s.title} – Kabar Nusa",
    )


def jnews(s: Story) -> str:
    a, b, c, *rest = _ps(s.paragraphs)
    body = f"""<div class="jeg_header">{_nav()}</div><div class="jeg_main"><h1 class="jeg_post_title">{s.title}</h1><div class="jeg_meta_container"><div class="jeg_meta_author">by <a>{s.author}</a></div><div class="jeg_meta_date"><a>{day(s)}</a></div></div>
    <div class="entry-content no-share"><div class="content-inner ">{a}<div class="jnews_inline_related_post_wrapper"><div class="jnews_inline_related_post"><h3>Baca Juga</h3><a href="/r/0">{s.related[0]}</a><a href="/r/1">{s.related[1]}</a></div></div>{b}
    <div class="jeg_ad jeg_ad_article">ADVERTISEMENT</div>{c}{"".join(rest)}<div class="jeg_post_tags"><span>Tags:</span> {", ".join(s.tags)}</div></div></div><div class="jeg_share_bottom">{SHARE}</div></div>{_side()}"""
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Kabar Nusa"},
            {"@type": "BreadcrumbList"},
            _news(s),
            {"@type": "Person", "name": s.author},
        ],
    }
    return _page(_og(s) + _ld(graph), body, f"{s.title} | Kabar Nusa")


def newspaper(s: Story) -> str:
    a, b, *rest = _ps(s.paragraphs)
    body = f"""<div class="td-header-wrap">{_nav()}</div><article class="td-post-template"><div class="td-post-header"><h1 class="entry-title">{s.title}</h1><div class="td-module-meta-info">Oleh {s.author} - <span class="td-post-date"><time datetime="{s.at.isoformat()}">{day(s)}</time></span></div></div>
    <div class="td-post-content tagdiv-type"><div class="td-post-featured-image"><figure><img><figcaption>{s.caption} (Foto: Istimewa)</figcaption></figure></div>{a}{b}<div class="td-a-rec td-a-rec-id-content_inline"><span class="td-adspot-title">- Advertisement -</span></div>{"".join(rest)}<p>({s.initials}/kbn)</p></div>
    <div class="td-post-sharing">{SHARE}</div><div class="td_block_related_posts"><h4>ARTIKEL TERKAIT</h4><ul>{_list(s)}</ul></div></article>{_side()}"""
    return _page(_og(s), body, s.title)


def portal_detail(s: Story) -> str:
    a, b, c, *rest = _ps(s.paragraphs)
    a = a.replace("<p>", f"<p><strong>{s.place.title()}</strong> - ")
    body = f"""<div class="navbar">{_nav()}</div><div class="detail"><div class="detail__header"><h1 class="detail__title">{s.title}</h1><div class="detail__author">{s.author} - kabarNusa</div><div class="detail__date">{day(s)} {clock(s)}</div></div>
    <div class="detail__media"><figure><img><figcaption class="detail__media-caption">{s.caption}</figcaption></figure></div><div class="detail__body itp_bodycontent_wrapper"><div class="detail__body-text itp_bodycontent">{a}{b}<table class="linksisip"><tr><td><div class="lihatjg"><strong>Baca juga: </strong><a href="/r/0">{s.related[0]}</a></div></td></tr></table>{c}
    <div class="staticdetail_ads">SCROLL TO CONTINUE WITH CONTENT</div>{"".join(rest)}<p>[Gambas:Video 20detik]</p><strong>({s.initials}/kbn)</strong></div><div class="detail__body-tag">{" ".join(s.tags)}</div></div></div>{_side()}"""
    return _page(
        _og(s)
        + f'<meta name="publishdate" content="{s.at:%Y/%m/%d %H:%M:%S}"><meta name="author" content="{s.author}">',
        body,
        s.title,
    )


def read_content(s: Story) -> str:
    a, b, c, *rest = _ps(s.paragraphs)
    a = a.replace("<p>", f"<p><strong>{s.place}, KABARNUSA.ID</strong>&nbsp;- ")
    body = f"""<div class="header">{_nav()}</div><div class="col-bs10-7"><h1 class="read__title">{s.title}</h1><div class="read__time">Kabarnusa.id - {s.at:%d/%m/%Y}, {s.at:%H:%M} {clock(s).split()[1]}</div><div class="credit-title"><div class="credit-title-name"><h6>{s.author}</h6></div></div>
    <div class="photo"><img>{s.caption}<span>KABARNUSA.ID/{s.author.upper()}</span></div><div class="read__content"><div class="clearfix">{a}{b}<p><strong>Baca juga: <a href="/r/0">{s.related[0]}</a></strong></p>{c}{"".join(rest[:1])}<p><strong>Baca juga: <a href="/r/1">{s.related[1]}</a></strong></p>{"".join(rest[1:])}
    <p><em>{FOLLOW[0]}</em></p></div></div><div class="tag">{", ".join(s.tags)}</div></div>{_side()}"""
    return _page(
        _og(s) + f'<meta name="content_PublishedDate" content="{s.at:%Y-%m-%d %H:%M:%S}">' + _ld([_news(s)]),
        body,
        f"{s.title} - Kabarnusa.id",
    )


def body_content(s: Story) -> str:
    a, b, c, *rest = _ps(s.paragraphs)
    a = a.replace("<p>", f"<p><b>Kabarnusa.id, {s.place.title()} -</b> ")
    body = f"""<div class="navbar--top">{_nav()}</div><article class="hentry main read-page--core-article"><header class="read-page--header"><h1 class="read-page--header--title">{s.title}</h1><p class="read-page--header--author"><span class="read-page--header--author__name">{s.author}</span><time class="read-page--header--author__datetime" datetime="{s.at.isoformat()}">Diterbitkan {day(s)}, {clock(s)}</time></p></header>
    <div class="article-content-body article-content-body_with-aside"><div class="article-content-body__item-content" data-page="1">{a}<div class="advertisement-placeholder"><p class="advertisement-placeholder__label">Advertisement</p></div>{b}<div class="baca-juga-collections"><h5>Baca Juga</h5><ul>{_list(s)}</ul></div>{c}</div><div class="article-content-body__item-content" data-page="2">{"".join(rest)}</div></div></article>{_side()}"""
    return _page(_og(s) + _ld(_news(s)), body, s.title)


def side_article(s: Story) -> str:
    a, b, c, *rest = _ps(s.paragraphs)
    a = a.replace("<p>", f"<p><strong>KABARNUSA.ID, {s.place} - </strong>")
    body = f"""<div class="topnav">{_nav()}</div><div id="article"><h1 class="f50">{s.title}</h1><div class="mt10"><time class="grey">Tayang: {day(s)} {s.at:%H:%M} {clock(s).split()[1]}</time><div class="grey">Penulis: <a>{s.author}</a> | Editor: Redaksi</div></div><div id="artimg"><img><div class="arial f12 grey2">{s.caption}</div></div>
    <div id="article_con"><div class="side-article txt-article multi-fontsize">{a}<p class="baca">Baca juga: <a href="/r/0">{s.related[0]}</a></p>{b}{c}{"".join(rest)}<p>{TAYANG}</p><p>{FOLLOW[2]}</p></div></div></div>{_side()}"""
    return _page(
        _og(s) + _ld({**_news(s), "datePublished": s.at.isoformat(sep="T")}, ("/*<![CDATA[*/", "/*]]>*/")),
        body,
        f"{s.title} - Halaman all - Kabarnusa.id",
    )


def dtlnews(s: Story) -> str:
    a, *rest = _ps(s.paragraphs)
    body = f"""<div class="topmenu">{_nav()}</div><div class="detail-page"><h1>{s.title}</h1><div class="namerep"><b>{s.author}</b>, Jurnalis</div><div class="date-publish">{day(s)} |{clock(s).replace(".", ":")}</div><div class="detail-img"><img><div class="caption-img-ab"><p>{s.caption} (Foto: Kabar Nusa)</p></div></div>
    <div id="contentx" class="dtlnews">{a.replace("<p>", f"<p><strong>{s.place}</strong> - ")}{rest[0]}<div class="bacajuga">BACA JUGA:<br><a href="/r/0">{s.related[0]}</a></div>{"".join(rest[1:])}</div><div class="tag-box">{" ".join("#" + t.replace(" ", "") for t in s.tags)}</div></div>{_side()}"""
    return _page(_og(s, " : Kabar Nusa Daerah"), body, f"{s.title} : Kabar Nusa Daerah")


def br_text(s: Story) -> str:
    """An old page: no paragraphs, line breaks in one table cell, the time only visible."""
    text = "<br><br>".join(escape(p, quote=False) for p in s.paragraphs)
    body = f"""<table><tr><td>{_nav()}</td></tr><tr><td class="isi"><h1>{s.title}</h1><div class="tanggal">{day(s)} - {clock(s)}</div><div class="teks-berita"><b>{s.place}</b> -- {text}<br><br>({s.initials})</div><div class="share">{SHARE}</div></td><td class="kanan">{_side()}</td></tr></table>"""
    return _page("", body, f"Kabar Nusa | {s.title}", html_attributes="")


def press_room(s: Story) -> str:
    """A government press room: Joomla, the reader counter, attachments."""
    body = f"""<div id="nav">{_nav()}</div><div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline">{s.title}</h2></div><dl class="article-info muted"><dt>Details</dt><dd class="createdby">Ditulis oleh: <span itemprop="name">{s.author}</span></dd><dd class="published">Diterbitkan: <time datetime="{s.at.isoformat()}" itemprop="datePublished">{day(s)}</time></dd><dd class="hits">{COUNTER}</dd></dl>
    <div itemprop="articleBody">{"".join(_ps(s.paragraphs, style="text-align: justify;"))}<p>(Humas/{s.initials})</p></div><ul class="pager pagenav"><li><a href="/n">Berikutnya</a></li></ul></div>{_side()}"""
    return _page("", body, s.title)


def blogspot(s: Story) -> str:
    text = "".join(f"<div><span>{escape(p, quote=False)}</span></div><div><br></div>" for p in s.paragraphs)
    body = f"""<div class="header">{_nav()}</div><div class="date-outer"><h2 class="date-header"><span>{day(s)} {clock(s)}</span></h2><div class="post hentry"><h3 class="post-title entry-title">{s.title}</h3><div class="post-body entry-content">{text}</div><div class="post-footer"><span class="post-author">Diposting oleh {s.author}</span> {SHARE}</div></div></div><div class="comments" id="comments"><h4>Komentar</h4><p>Terima kasih infonya, semoga daerah kami juga segera mendapatkan perhatian yang sama dari pemerintah.</p></div>{_side()}"""
    return _page(_og(s), body, f"Kabar Nusa: {s.title}")


def amp(s: Story) -> str:
    a, b, *rest = _ps(s.paragraphs)
    body = f"""<amp-sidebar id="s">{_nav()}</amp-sidebar><article class="amp-wp-article"><h1 class="amp-wp-title">{s.title}</h1><div class="amp-wp-meta">{s.author}</div><div class="amp-wp-article-content">{a}<amp-ad width=300 height=250></amp-ad>{b}{"".join(rest)}<p>Baca selengkapnya: <a href="/r/0">{s.related[0]}</a></p></div></article>"""
    return _page(_og(s) + _ld(_news(s, dateModified=s.at.isoformat())), body, s.title, html_attributes=" amp lang=id")


def spans(s: Story) -> str:
    """An application page: nested divs with hashed class names, each paragraph a span in a div."""
    text = "".join(
        f'<div class="css-1a2b"><div data-slate="true"><span class="x9">{escape(p, quote=False)}</span></div></div>'
        for p in s.paragraphs
    )
    body = f"""<div id="root"><div class="css-9z">{_nav()}</div><div class="css-77"><h1 class="css-h1">{s.title}</h1><div class="css-aa"><span>{s.author}</span><span>{day(s)} {clock(s)}</span></div><div class="css-story">{text}</div><div class="css-rel"><span>Baca Lainnya</span><ul>{_list(s)}</ul></div></div></div>{_side()}"""
    return _page(
        _og(s, "")
        + _ld(
            {
                "@context": "https://schema.org",
                "@type": ["Article"],
                "headline": s.title,
                "datePublished": s.at.isoformat(),
                "author": [{"name": s.author}],
            }
        ),
        body,
        s.title,
    )


def agency(s: Story) -> str:
    a, *rest = _ps(s.paragraphs)
    body = f"""<header class="h">{_nav()}</header><article class="post-wrapper"><h1 class="post-title">{s.title}</h1><p class="simple-share"><span class="article-date"><i class="fa"></i> {day(s)} {s.at:%H:%M} {clock(s).split()[1]}</span></p><div class="image-slider"><img><p class="wp-caption">{s.caption}. ANTARA/HO-Kabar Nusa</p></div>
    <div class="post-content clearfix" itemprop="articleBody">{s.place.title()} (KN) - {a.removeprefix("<p>").removesuffix("</p>")}<br><br>{"<br><br>".join(p.removeprefix("<p>").removesuffix("</p>") for p in rest)}<br><br><span class="baca-juga">Baca juga: <a href="/r/0">{s.related[0]}</a></span><br><p class="text-muted">Pewarta: {s.author}<br>Editor: Redaksi Tiga<br>Copyright © KABAR NUSA 2026</p></div></article>{_side()}"""
    return _page(
        _og(s) + _ld({**_news(s), "author": {"@type": "Organization", "name": "Kabar Nusa"}}),
        body,
        f"{s.title} - Kabar Nusa",
    )


def block_theme(s: Story) -> str:
    """Gutenberg blocks with a group around the content and a query loop of teasers behind it."""
    a, b, *rest = _ps(s.paragraphs)
    body = f"""<div class="wp-site-blocks"><header class="wp-block-template-part">{_nav()}</header><main class="wp-block-group"><h1 class="wp-block-post-title">{s.title}</h1><div class="wp-block-post-date"><time datetime="{s.at.isoformat()}">{day(s)}</time></div><figure class="wp-block-image"><img><figcaption class="wp-element-caption">{s.caption}</figcaption></figure>
    <div class="entry-content wp-block-post-content is-layout-flow">{a}{b}<p class="has-background">Baca Juga : <a href="/r/0">{s.related[0]}</a></p>{"".join(rest)}<hr class="wp-block-separator"></div><div class="wp-block-query"><h3>Berita Lainnya</h3>{"".join(f"<div class=wp-block-post><h2><a href=/q>{t}</a></h2><p>{x}</p></div>" for t, x in SIDE)}</div></main></div>"""
    return _page(_og(s) + _ld(_news(s)).replace('"headline"', '\n"headline"'), body, s.title)


def paged(s: Story) -> str:
    """First of two pages, with page numbers, a table of contents and the wrong zone in its metadata."""
    first = _ps(s.paragraphs)
    body = f"""<div class="menu-top">{_nav()}</div><div class="content-detail"><h1>{s.title}</h1><div class="box-date">{day(s)} - {clock(s)}</div><div id="detail-desc" class="detail-desc">{"".join(first)}<p>Selanjutnya: <a href="{URL}?page=2">{s.related[0]}</a></p></div><div class="paging"><a href="{URL}?page=1">1</a><a href="{URL}?page=2">2</a><a href="{URL}?page=2">Halaman Selanjutnya</a></div></div>{_side()}"""
    return _page(
        _og(s) + f'<meta property="article:published_time" content="{s.at:%Y-%m-%dT%H:%M:%S}Z">', body, s.title
    )


def live_blog(s: Story) -> str:
    posting = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": s.title,
        "datePublished": s.at.isoformat(),
        "coverageStartTime": s.at.isoformat(),
        "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "x", "datePublished": "2020-01-01T00:00:00+07:00"}],
    }
    body = f"""<nav>{_nav()}</nav><main><h1>{s.title}</h1><section class="article-text">{"".join(_ps(s.paragraphs))}</section><section class="komentar"><p>Semoga cepat selesai, kami di sini sudah menunggu kabar baiknya sejak pekan lalu.</p></section></main>{_side()}"""
    return _page(_og(s) + _ld(posting), body, s.title)


THEMES: dict[str, Callable[[Story], str]] = {
    f.__name__: f
    for f in (
        wordpress,
        jnews,
        newspaper,
        portal_detail,
        read_content,
        body_content,
        side_article,
        dtlnews,
        br_text,
        press_room,
        blogspot,
        amp,
        spans,
        agency,
        block_theme,
        paged,
        live_blog,
    )
}
