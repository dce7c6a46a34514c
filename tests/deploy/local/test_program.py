"""A program's section of supervisord.conf says to supervisor exactly what the program says."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervisor.options import UnhosedConfigParser, expand

from deploy.local.errors import StackError
from deploy.local.program import MARK, Program, command_line
from warta.errors import LEAVE_DOWN

WORDS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs", "Zl", "Zp", "Cc")))


def read_back(section: str, name: str) -> dict[str, str]:
    """As supervisord reads it: its own parser, its own expansion."""
    parser = UnhosedConfigParser()
    parser.read_string(section)
    return {key: expand(value, {}, key) for key, value in parser.items(f"program:{name}", raw=True)}


@given(st.lists(WORDS, min_size=1).map(tuple))
def test_words_survive_supervisors_parser(words: tuple[str, ...]) -> None:
    section = f"[program:x]\ncommand={command_line(words)}\n"
    assert tuple(shlex.split(read_back(section, "x")["command"])) == words


@given(WORDS, WORDS.map(lambda text: f"/{text}"))
def test_environment_and_directory_survive(value: str, directory: str) -> None:
    program = Program(name="x", command=("run",), env={"K": value}, directory=Path(directory))
    words = shlex.split(read_back(program.section("x.log", "mark"), "x")["command"])
    assert words[3] == str(Path(directory))
    assert words[4:] == ["/usr/bin/env", f"K={value}", f"{MARK}=mark", "run"]


def test_section_carries_the_delivery_rules() -> None:
    settings = read_back(Program(name="x", command=("run",)).section("x.log", "mark"), "x")
    assert (settings["autorestart"], settings["exitcodes"]) == ("unexpected", str(LEAVE_DOWN))
    assert settings["startsecs"] == "5"
    assert int(settings["startretries"]) >= 1_000_000
    assert int(settings["stopwaitsecs"]) >= 75
    assert settings["stopasgroup"] == settings["killasgroup"] == "true"
    assert "user" not in settings


@pytest.mark.parametrize("name", ["", "Upper", "a b", "a]", "x" * 42, "-x"])
def test_name_that_would_break_the_configuration_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="program name"):
        Program(name=name, command=("run",))


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b"])
def test_line_break_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        Program(name="x", command=("run", text))
    with pytest.raises(ValueError, match="line break"):
        Program(name="x", command=("run",), env={"K": text})


def test_executable_is_looked_up_on_the_programs_own_path() -> None:
    Program(name="x", command=("sh",)).check_executable()
    with pytest.raises(StackError, match="x: sh is not an executable"):
        Program(name="x", command=("sh",), env={"PATH": "/nonexistent"}).check_executable()
