"""How we introduce ourselves to the sites we visit."""

from __future__ import annotations

from warta import __version__

#: The name that robots.txt addresses us by (RFC 9309, section 2.2.1).
TOKEN = "Warta"
#: Where people find out who asks, when no contact was set.
_ABOUT = "news monitoring; set WARTA_CRAWL_CONTACT"


def user_agent(contact: str = "") -> str:
    """`Warta/0.1.0 (+https://contoh.id/bot)`: product, version and whom to write to (RFC 9110, section 10.1.5)."""
    about = " ".join("".join(c for c in contact if c.isprintable() and c.isascii() and c not in "()").split())
    return f"{TOKEN}/{__version__.split('+')[0]} (+{about or _ABOUT})"
