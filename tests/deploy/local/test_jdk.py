"""Which Java and which Maven are taken, and what a person reads when none fits."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.errors import MissingToolError
from deploy.local.jdk import feature_release, find_jdk, find_maven, java_version

EMPTY = {"PATH": "/nonexistent"}


def java(home: Path, version: str, *, compiler: bool = True, release_file: bool = True) -> Path:
    """An installation that answers like a real one, with or without the `release` file."""
    (home / "bin").mkdir(parents=True)
    for name in ("java", "javac") if compiler else ("java",):
        program = home / "bin" / name
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
        program.chmod(0o755)
    if release_file:
        (home / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.mark.parametrize(
    ("text", "release"),
    [("25.0.1", 25), ("21", 21), ("17.0.15+6-Debian", 17), ("1.8.0_402", 8), ("9-ea", 9), ("none", None)],
)
def test_feature_release(text: str, release: int | None) -> None:
    assert feature_release(text) == release


@given(st.text())
def test_feature_release_takes_any_text(text: str) -> None:
    assert feature_release(text) is None or feature_release(text) >= 0  # type: ignore[operator]


def test_version_is_asked_where_no_release_file_tells(tmp_path: Path) -> None:
    assert java_version(java(tmp_path / "a", "21.0.2", release_file=False)) == 21
    assert java_version(tmp_path / "missing") is None


def test_broken_java_is_passed_over(tmp_path: Path) -> None:
    broken = java(tmp_path / "jvm" / "a", "21", release_file=False)
    (broken / "bin" / "java").write_text("#!/bin/sh\nexit 1\n")
    good = java(tmp_path / "jvm" / "b", "21")
    assert find_jdk(21, "It", environ=EMPTY, places=(f"{tmp_path}/jvm/*",)).home == good


def test_environment_goes_before_path_before_usual_places(tmp_path: Path) -> None:
    usual = java(tmp_path / "jvm" / "usual", "24")
    on_path = java(tmp_path / "path", "23")
    named = java(tmp_path / "named", "22")
    places = (f"{tmp_path}/jvm/*",)
    environ = {"JAVA_HOME": str(named), "PATH": str(on_path / "bin")}
    assert find_jdk(21, "It", environ=environ, places=places).home == named
    assert find_jdk(23, "It", environ=environ, places=places).home == on_path
    assert find_jdk(24, "It", environ=environ, places=places).home == usual
    environ["ES_JAVA_HOME"] = str(usual)
    assert find_jdk(21, "It", environ=environ, places=places).home == usual


def test_untried_release_comes_last(tmp_path: Path) -> None:
    for version in ("21", "25", "99"):
        java(tmp_path / f"jdk-{version}", version)
    places = (f"{tmp_path}/*",)
    assert find_jdk(21, "It", environ=EMPTY, places=places).version == 25
    assert find_jdk(26, "It", environ=EMPTY, places=places).version == 99


def test_error_lists_what_was_found_and_what_to_install(tmp_path: Path) -> None:
    old = java(tmp_path / "old", "11.0.2")
    runtime = java(tmp_path / "jre", "25", compiler=False)
    with pytest.raises(MissingToolError) as caught:
        find_jdk(21, "Elasticsearch 9", compiler=True, environ=EMPTY, places=(f"{tmp_path}/*",))
    text = str(caught.value)
    for part in ("Elasticsearch 9 needs a JDK with javac 21", f"11 (JDK) in {old}", f"JRE, no javac) in {runtime}"):
        assert part in text
    assert "apt-get install" in text
    assert "ES_JAVA_HOME" in text


def test_error_when_there_is_no_java_at_all() -> None:
    with pytest.raises(MissingToolError, match="no Java was found"):
        find_jdk(17, "Kafka 4", environ=EMPTY, places=())


def test_place_the_server_may_not_use_is_refused_and_said(tmp_path: Path) -> None:
    java(tmp_path / "private", "25")
    with pytest.raises(MissingToolError, match="not readable by the user that runs the server"):
        find_jdk(21, "It", usable=lambda _path: False, environ=EMPTY, places=(f"{tmp_path}/*",))


def test_maven_of_the_environment_then_of_path(tmp_path: Path) -> None:
    for place in ("home", "path"):
        mvn = tmp_path / place / "bin" / "mvn"
        mvn.parent.mkdir(parents=True)
        mvn.touch(mode=0o755)
    environ = {"MAVEN_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path" / "bin")}
    assert find_maven(environ, places=()) == tmp_path / "home" / "bin" / "mvn"
    del environ["MAVEN_HOME"]
    assert find_maven(environ, places=()) == tmp_path / "path" / "bin" / "mvn"
    with pytest.raises(MissingToolError, match="apt-get install maven"):
        find_maven(EMPTY, places=())
