"""Addresses that a crawler must survive: redirects into private networks, to files, round in circles, into forbidden parts."""

from __future__ import annotations

from dataclasses import replace

from tests.producers.local_web.newsroom import Article

#: Nobody may ever connect here: the web listens at this address and counts who does.
TRAP_ADDRESS = "127.0.0.2"
#: Names of the hosts file that lead to the trap: alone, and beside a good address (DNS rebinding).
TRAP_NAMES = {"jebakan.test": (TRAP_ADDRESS,), "campur.test": ("127.0.0.1", TRAP_ADDRESS)}
#: Longer than any browser follows.
_CHAIN = 40


def targets(port: int) -> list[str]:
    """Where the redirects of `/jebak/<n>/` lead; `{n}` in a target is the trap itself (a loop)."""
    return [
        "/jebak/{n}/putar",
        "http://10.0.0.1/dalam",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        f"http://{TRAP_ADDRESS}:{port}/dalam",
        f"http://jebakan.test:{port}/dalam",
        f"http://campur.test:{port}/dalam",
        f"http://2130706434:{port}/desimal",
        f"http://0x7f.0.0.2:{port}/heksadesimal",
        f"http://[::1]:{port}/dalam",
        f"http://[::ffff:127.0.0.2]:{port}/dalam",
        f"http://pengguna:sandi@media01.test:{port}/dalam",
        "ftp://media01.test/dalam",
        "javascript:alert(1)",
        "data:text/html,<p>dalam",
        "",
        "http://",
        f"http://aturan32.test:{port}/rahasia/lewat-pintu-lain",
        f"/rantai/{_CHAIN}",
    ]


def links(port: int) -> list[str]:
    """Addresses that stand in the trap site's feed itself."""
    here = f"http://jebak22.test:{port}"
    redirects = [f"{here}/jebak/{n}/kabar-lima-kata-dari-sini-{20_000 + n}" for n in range(len(targets(port)))]
    straight = [target for target in targets(port) if "{n}" not in target and not target.startswith("/rantai")]
    return [*redirects, *(target for target in straight if ":" in target), "//", "http://[", "x" * 5000]


def items(model: Article, port: int) -> list[Article]:
    """The traps as entries of a feed, made after an article of the site."""
    return [replace(model, key=f"jebak/{n}", link=link, title=f"Jebakan {n}") for n, link in enumerate(links(port))]


def redirect(path: str, port: int) -> str | None:
    """Where an address of the trap site redirects to; None if it is no trap."""
    parts = path.split("/")
    if len(parts) > 2 and parts[1] == "jebak" and parts[2].isdigit() and int(parts[2]) < len(targets(port)):
        return targets(port)[int(parts[2])].replace("{n}", parts[2])
    if len(parts) == 3 and parts[1] == "rantai" and parts[2].isdigit():
        return f"/rantai/{int(parts[2]) - 1}" if int(parts[2]) > 0 else "/akhir"
    return None
