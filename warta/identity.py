"""Identity of a document: the canonical URL and the id made from it.

Canonicalisation follows RFC 3986 section 6.2 (case, default port, dot segments, percent-encoding) and then drops what
does not change the article: trackers, AMP and mobile variants, view switches such as `?page=all`, fragments.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

from warta.errors import Invalid
from warta.hashing import blake2b_128

MAX_URL = 2048

#: Query parameters that only say where a reader came from (analytics and sharing vendors' documentation).
_TRACKER = re.compile(
    r"^(utm_\w+|utm|fb_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|"
    r"_ga|_gl|cmpid|ocid|at_\w+|ref|ref_src|ref_url|referrer|source|src|from|medium|campaign|share\w*|spm|"
    r"jxconn|jxrecoid|jxrecotype|jxview|tag_from|single_from|ns_\w+|__twitter_impression|amp|outputtype|"
    r"feature|ncid|wt_\w+|si|smid|sfnsn|lctg|traffic_source|browser|print)$",
    re.IGNORECASE,
)
#: Parameters that choose a view of the same article. A number is a page of it: page 2 holds the same article's rest.
_VIEW = {
    "page": re.compile(r"^(all|\d{1,3})$", re.I),
    "single": re.compile(r"^1$"),
    "showpage": re.compile(r"^all$", re.I),
}
_VIEW |= {
    "view": re.compile(r"^(all|amp|mobile)$", re.I),
    "m": re.compile(r"^[01]$"),
    "mode": re.compile(r"^(amp|mobile)$", re.I),
}

#: First labels of hosts that serve the same articles to phones or as AMP.
_MOBILE_LABELS = frozenset({"m", "amp", "mobile", "wap"})
_SLASHES = re.compile(r"/{2,}")
_DEFAULT_PORT = {"http": 80, "https": 443}

#: Second-level suffixes under which the site is the third label (Indonesian registry's public second levels).
_SECOND_LEVELS = frozenset(
    {"co", "or", "go", "ac", "sch", "web", "my", "net", "desa", "mil", "biz", "ponpes", "com", "org", "gov", "edu"}
)


def canonical_url(url: str) -> str:
    """The one address of an article, whatever door the reader came through.

    Idempotent. `urn:` identities pass unchanged.

    Raises:
        Invalid: `bad-url`, when it is not an absolute http(s) address or is longer than 2048 characters.
    """
    url = url.strip()
    if url.startswith("urn:sha256:"):
        return url
    if len(url) > MAX_URL:
        raise Invalid("bad-url", f"the address has {len(url)} characters, at most {MAX_URL} are taken")
    try:
        parts = urlsplit(safe_url_string(url))
        host = _host(parts)
        port = parts.port
    except ValueError as error:
        raise Invalid("bad-url", f"'{url[:200]}': {error}") from None
    if parts.scheme not in _DEFAULT_PORT or not host:
        raise Invalid("bad-url", f"'{url[:200]}' is not an absolute http or https address")
    netloc = host if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{host}:{port}"
    # http and https serve the same article; one of them has to be its name.
    plain = urlunsplit(("https", netloc, _path(parts.path), _query(parts.query), ""))
    return canonicalize_url(plain, keep_blank_values=False)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").lower()
    if _is_address(host):
        return f"[{host}]" if ":" in host else host
    labels = host.split(".")
    while (
        len(labels) > 2 and (labels[0] in _MOBILE_LABELS or labels[0] == "www") and len(labels) > _site_labels(labels)
    ):
        labels = labels[1:]
    return ".".join(labels)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _site_labels(labels: list[str]) -> int:
    return 3 if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS else 2


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in _SLASHES.sub("/", path).split("/"):
        if segment == "..":
            if segments:
                segments.pop()
        elif segment not in (".", ""):
            segments.append(
                quote(unquote(segment, errors="surrogateescape"), safe="-._~!$&'()*+,;=:@", errors="surrogateescape")
            )
    if len(segments) > 1 and segments[0].lower() == "amp":
        segments = segments[1:]
    while len(segments) > 1 and segments[-1].lower() in ("amp", "amp.html"):
        segments = segments[:-1]
    return "/" + "/".join(segments)


def _query(query: str) -> str:
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=False, max_num_fields=None):
        view = _VIEW.get(name.lower())
        if _TRACKER.match(name) or (view and view.match(value)):
            continue
        kept.append(f"{quote(name, safe='')}={quote(value, safe='')}")
    return "&".join(sorted(kept))


def site(url: str) -> str:
    """The registrable part of an address's host (`news.detik.com` → `detik.com`)."""
    return registrable((urlsplit(url).hostname or "").lower())


def registrable(host: str) -> str:
    """The part of a host that somebody registered, by suffix shape: `x.y.co.id` → `y.co.id`; an IP address is itself."""
    if _is_address(host):
        return host
    labels = host.split(".")
    return ".".join(labels[-_site_labels(labels) :])


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one site: only then a rel=canonical between them is believed."""
    return bool(site(one)) and site(one) == site(other)


def doc_id(canonical: str) -> str:
    """The id of a document: 32 hex digits over its canonical URL."""
    return blake2b_128(canonical.encode("utf-8", "surrogatepass"))
