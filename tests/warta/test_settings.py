"""Settings: a bad value is one message that names the variable and the remedy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from warta.errors import Usage
from warta.settings import PREFIX, ROOT, load


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings are not the test's."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_defaults_run_on_loopback() -> None:
    config = load()
    assert config.kafka_servers == ["127.0.0.1:9092"]
    assert config.elasticsearch == "http://127.0.0.1:9200"
    assert config.home == Path(".warta")


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARTA_KAFKA", "k1:9092, k2:9092")
    monkeypatch.setenv("WARTA_BATCH", "7")
    config = load()
    assert config.kafka_servers == ["k1:9092", "k2:9092"]
    assert config.batch == 7


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("WARTA_KAFKA", "localhost", "host:port"),
        ("WARTA_ELASTICSEARCH", "127.0.0.1:9200", "http://host:port"),
        ("WARTA_KAFKA_PORT", "99999", "less than or equal to 65535"),
        ("WARTA_BATCH", "many", "valid integer"),
        ("WARTA_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_bad_value_names_the_variable_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Usage) as refused:
        load()
    assert f"{name}={value}" in str(refused.value)
    assert remedy in str(refused.value)


def test_a_moved_port_moves_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARTA_KAFKA_PORT", "19092")
    monkeypatch.setenv("WARTA_ELASTICSEARCH_PORT", "19200")
    assert (load().kafka, load().elasticsearch) == ("127.0.0.1:19092", "http://127.0.0.1:19200")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load().batch = 1


def test_the_model_lies_beside_the_code() -> None:
    assert load().model_path() == ROOT / "models" / "sentiment-id"
    assert load(sentiment="/elsewhere").model_path() == Path("/elsewhere")
