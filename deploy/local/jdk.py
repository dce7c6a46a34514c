"""Finds Java and Maven where they usually are, and says what was found when none fits."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import MissingToolError

KAFKA_JAVA = 17
"""Kafka 4 brokers need Java 17 (Kafka documentation, "Java version")."""
ELASTICSEARCH_JAVA = 21
"""Elasticsearch 9 needs Java 21 (Elastic support matrix)."""
NEWEST_TRIED_JAVA = 25
"""The newest release that both servers were tried with; among found ones a newer one comes last."""

_USUAL_PLACES = (
    "/usr/lib/jvm/*",
    "/usr/lib64/jvm/*",
    "/usr/java/*",
    "/opt/*",
    "/opt/java/*",
    "/opt/jdk/*",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
    "~/.asdf/installs/java/*",
    "~/.local/share/mise/installs/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
)
_MAVEN_PLACES = (
    "/usr/share/maven*/bin/mvn",
    "/opt/maven*/bin/mvn",
    "/opt/apache-maven*/bin/mvn",
    "/opt/homebrew/bin/mvn",
    "/usr/local/bin/mvn",
    "~/.sdkman/candidates/maven/current/bin/mvn",
)
_RELEASE_LINE = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)
_VERSION_LINE = re.compile(r'version "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Jdk:
    """One Java installation."""

    home: Path
    version: int
    found_by: str

    @property
    def java(self) -> Path:
        return self.home / "bin" / "java"

    @property
    def javac(self) -> Path:
        return self.home / "bin" / "javac"

    def __str__(self) -> str:
        kind = "JDK" if self.javac.exists() else "JRE, no javac"
        return f"{self.version} ({kind}) in {self.home}, by {self.found_by}"


def find_jdk(
    minimum: int,
    purpose: str,
    *,
    compiler: bool = False,
    usable: Callable[[Path], bool] = lambda _path: True,
    environ: Mapping[str, str] = os.environ,
    places: tuple[str, ...] = _USUAL_PLACES,
) -> Jdk:
    """The first fitting Java: the environment's, then the one on PATH, then the newest tried one in the usual places.

    `usable` lets a caller refuse a place, for instance one that the user of the server cannot read.
    Raises `MissingToolError` with all versions that were found.
    """
    found = _found(environ, places)
    for jdk in found:
        if jdk.version >= minimum and (not compiler or jdk.javac.exists()) and usable(jdk.java):
            return jdk
    raise MissingToolError(_no_jdk(minimum, purpose, compiler, found, usable))


def find_maven(
    environ: Mapping[str, str] = os.environ,
    places: tuple[str, ...] = _MAVEN_PLACES,
) -> Path:
    """The `mvn` of MAVEN_HOME, of PATH, or of the usual places; `MissingToolError` if there is none."""
    homes = [Path(environ[name], "bin", "mvn") for name in ("MAVEN_HOME", "M2_HOME") if environ.get(name)]
    on_path = shutil.which("mvn", path=environ.get("PATH"))
    candidates = [*homes, *([Path(on_path)] if on_path else []), *_globbed(places)]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise MissingToolError(
        "Maven (mvn) was not found; it downloads Kafka and Elasticsearch. Install it (Debian, Ubuntu: "
        "apt-get install maven; Fedora: dnf install maven; macOS: brew install maven) or set MAVEN_HOME."
    )


def java_version(home: Path) -> int | None:
    """Feature release (8, 17, 25 …) of the Java in `home`, or None if there is no working one."""
    if not (home / "bin" / "java").exists():
        return None
    try:
        match = _RELEASE_LINE.search((home / "release").read_text("utf-8", errors="replace"))
    except OSError:
        match = None
    text = match[1] if match else _asked_version(home / "bin" / "java")
    return feature_release(text) if text else None


def feature_release(text: str) -> int | None:
    """`25.0.1+9` is 25, `1.8.0_402` is 8 (JEP 223 changed the scheme with 9)."""
    parts = re.findall(r"\d+", text)
    if not parts:
        return None
    return int(parts[1]) if parts[0] == "1" and len(parts) > 1 else int(parts[0])


def _found(environ: Mapping[str, str], places: tuple[str, ...]) -> list[Jdk]:
    """Every Java once, in the order of preference."""
    named = [(Path(environ[name]), name) for name in ("ES_JAVA_HOME", "JAVA_HOME") if environ.get(name)]
    on_path = shutil.which("java", path=environ.get("PATH"))
    if on_path:
        named.append((Path(on_path).resolve().parent.parent, "PATH"))
    chosen = list(_versions(named))
    usual = sorted(
        _versions([(place, "the usual places") for place in _globbed(places)]),
        key=lambda jdk: (jdk.version > NEWEST_TRIED_JAVA, -jdk.version),
    )
    unique: dict[Path, Jdk] = {}
    for jdk in [*chosen, *usual]:
        unique.setdefault(jdk.home.resolve(), jdk)
    return list(unique.values())


def _versions(candidates: list[tuple[Path, str]]) -> Iterator[Jdk]:
    for home, found_by in candidates:
        version = java_version(home)
        if version is not None:
            yield Jdk(home, version, found_by)


def _globbed(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        path = Path(pattern).expanduser()
        yield from sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _asked_version(java: Path) -> str | None:
    try:
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION_LINE.search(asked.stderr)
    return match[1] if match else None


def _no_jdk(minimum: int, purpose: str, compiler: bool, found: list[Jdk], usable: Callable[[Path], bool]) -> str:
    need = f"{purpose} needs {'a JDK with javac' if compiler else 'Java'} {minimum} or newer"
    if found:
        listed = "".join(
            f"\n  {jdk}{'' if usable(jdk.java) else ' (not readable by the user that runs the server)'}"
            for jdk in found
        )
        seen = f"; found only:{listed}\n"
    else:
        seen = "; no Java was found. "
    return (
        f"{need}{seen}Install one (Debian, Ubuntu: apt-get install openjdk-{minimum}-jdk-headless, or Temurin "
        f"{NEWEST_TRIED_JAVA} from adoptium.net; macOS: brew install openjdk@{minimum}) or set ES_JAVA_HOME to it."
    )
