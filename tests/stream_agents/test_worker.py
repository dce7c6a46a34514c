"""A worker on a real broker: what it does with records that are bad, that kill it, and when it is killed itself."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kafka.admin import NewTopic

from deploy.commands.up import healthy
from stream_agents.worker import FAULT, TRY_AGAIN
from tests.servers import PATIENCE, Server, free_port, read_all, until
from warta import kafka, topics
from warta.deadletters import DeadLetter
from warta.errors import LEAVE_DOWN
from warta.settings import ROOT, Settings, load

pytestmark = pytest.mark.integration


@dataclass
class Toy:
    """A toy stage's topics on the broker, and its processes."""

    settings: Settings
    name: str
    source: str
    target: str
    state: str
    port: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def send(self, *words: str) -> None:
        producer = kafka.producer(self.settings, "test")
        for word in words:
            producer.send(self.source, value=word.encode(), partition=0)
        producer.flush()
        producer.close()

    def start(self) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "WARTA_KAFKA": self.settings.kafka,
            "WARTA_HOME": str(self.settings.home),
            "WARTA_SESSION_TIMEOUT_S": str(self.settings.session_timeout_s),
            "WARTA_BATCH": "16",
            "WARTA_DEAD_CONSECUTIVE": "20",
        }
        command = [
            sys.executable,
            "-m",
            "tests.stream_agents.toy_worker",
            self.name,
            self.source,
            self.target,
            self.state,
            str(self.port),
        ]
        with (self.settings.home / "toy.log").open("ab") as log:
            self.started.append(subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log))
        return self.started[-1]

    def answers(self) -> list[str]:
        return [record.value.decode() for record in read_all(self.settings, self.target)]

    def letters(self) -> list[DeadLetter]:
        return [DeadLetter.parse(record.headers) for record in read_all(self.settings, topics.dead(self.name))]

    def log(self) -> str:
        return (self.settings.home / "toy.log").read_text(errors="replace")


@pytest.fixture
def toy(kafka_server: Server, tmp_path: Path) -> Iterator[Toy]:
    config = load(kafka=kafka_server.address, home=tmp_path, session_timeout_s=30)
    # A name of its own: a static member that comes back within its session is handed its old partitions.
    name = f"toy-{uuid.uuid4().hex[:8]}"
    made = Toy(config, name, f"{name}.in", f"{name}.out", f"{name}.state", free_port())
    admin = kafka.admin(config)
    names = [made.source, made.target, made.state, topics.dead(name)]
    admin.create_topics([NewTopic(topic, 1, 1) for topic in names])
    yield made
    for process in made.started:
        process.kill()
        process.wait()
    admin.delete_topics(names)
    admin.close()


def run_until_settled(toy: Toy, expected: int) -> None:
    """Start it again whenever it ends, as supervisor would, until every expected answer is there.

    Answers are told apart: after a kill some come twice.
    """
    process = toy.start()
    try:

        def settled() -> bool:
            nonlocal process
            if process.poll() is not None:
                process = toy.start()
            return len(set(toy.answers())) >= expected

        until(settled, f"{expected} answers; its log is {toy.settings.home / 'toy.log'}")
    finally:
        process.kill()
        process.wait()


def wait_for_answers(toy: Toy, process: subprocess.Popen[bytes], goal: int) -> None:
    until(lambda: len(set(toy.answers())) >= goal or process.poll() is not None, f"{goal} answers")


def test_an_invalid_record_goes_to_the_dead_letters_untouched_and_work_goes_on(toy: Toy) -> None:
    toy.send("satu", "bad", "dua")
    run_until_settled(toy, 2)
    assert toy.answers() == ["satu 1 0", "dua 1 2"]
    (letter,) = toy.letters()
    assert (letter.reason, letter.detail, letter.offset) == ("bad-word", "it says bad", 1)
    assert any(record.value == b"bad" for record in read_all(toy.settings, topics.dead(toy.name)))


def test_a_record_that_kills_the_process_is_given_up_and_its_neighbours_live(toy: Toy) -> None:
    toy.send("satu", "dua", "kill", "tiga")
    run_until_settled(toy, 3)
    assert sorted(set(toy.answers())) == ["dua 1 1", "satu 1 0", "tiga 1 3"]
    (letter,) = toy.letters()
    assert (letter.reason, letter.offset) == ("crash-loop", 2)
    assert letter.attempts == 5


def test_a_bug_ends_the_process_uncommitted(toy: Toy) -> None:
    toy.send("satu", "boom")
    process = toy.start()
    assert process.wait(timeout=PATIENCE) == FAULT
    assert "RuntimeError: boom" in toy.log()
    assert toy.answers() == []
    assert toy.letters() == []


def test_a_dependency_that_is_down_ends_it_without_blaming_the_record(toy: Toy) -> None:
    toy.send("away")
    for _ in range(5):
        assert toy.start().wait(timeout=PATIENCE) == TRY_AGAIN
    assert toy.letters() == []


def test_a_storm_of_dead_letters_stops_the_stage_loudly(toy: Toy) -> None:
    toy.send(*["bad"] * 40)
    process = toy.start()
    assert process.wait(timeout=PATIENCE) == LEAVE_DOWN
    assert "20 records refused in a row" in toy.log()


def test_a_stop_finishes_what_is_in_hand(toy: Toy) -> None:
    toy.send(*["kata"] * 200)
    process = toy.start()
    until(
        lambda: len(toy.answers()) > 0,
        "the first answer",
        ended=lambda: toy.log() if process.poll() is not None else "",
    )
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
    answers = toy.answers()
    assert answers == [f"kata {n + 1} {n}" for n in range(len(answers))]
    run_until_settled(toy, 200)
    assert toy.answers() == [f"kata {n + 1} {n}" for n in range(200)], "a stop made it do something twice"


def test_answers_after_kills_are_those_of_an_uninterrupted_run(toy: Toy) -> None:
    """State, outputs and offsets are written in an order that no kill can split wrongly."""
    rng = random.Random(5)
    words = [rng.choice(["satu", "dua", "tiga", "empat"]) for _ in range(1500)]
    toy.send(*words)
    counts: dict[str, int] = {}
    expected = []
    for offset, word in enumerate(words):
        counts[word] = counts.get(word, 0) + 1
        expected.append(f"{word} {counts[word]} {offset}")
    for kill in range(6):
        process = toy.start()
        wait_for_answers(toy, process, (kill + 1) * 150)
        process.kill()
        process.wait()
    run_until_settled(toy, 1500)
    answers = toy.answers()
    assert list(dict.fromkeys(answers)) == expected, "an event done twice got another answer"


def test_it_says_that_it_is_healthy(toy: Toy) -> None:
    process = toy.start()
    until(
        lambda: healthy(f"http://127.0.0.1:{toy.port}/healthz"),
        "healthy",
        ended=lambda: toy.log() if process.poll() is not None else "",
    )
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
