"""Every setting of Warta: one frozen object, read once from `WARTA_…` variables and checked at start.

Nothing else of the pipeline reads the environment (the native stack's installer has `WARTA_CACHE` of its own). A bad value
is a `Usage` error that names the variable and says what to write.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from warta.errors import Usage

PREFIX = "WARTA_"
#: The checkout (or image) that holds `models/`, `samples/` and `deploy/`.
ROOT = Path(__file__).resolve().parent.parent

KAFKA_PORT = 9092
ELASTICSEARCH_PORT = 9200

Port = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """Frozen settings; `WARTA_KAFKA=broker:9092` sets `kafka`, and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    # Places on this machine.
    home: Path = Field(Path(".warta"), description="data, logs and sockets of everything that runs here")

    # Servers.
    kafka: str = Field("", description="bootstrap servers, host:port[,host:port]; else the native stack's")
    elasticsearch: str = Field("", description="URL of Elasticsearch; else the native stack's")
    replication: Positive = Field(1, description="replication factor of the topics")
    generation: Annotated[int, Field(ge=0)] = Field(
        0, description="raised by hand when warta.documents is created anew, so that its offsets count as newer"
    )

    # The native stack (`warta up`).
    kafka_port: Port = KAFKA_PORT
    controller_port: Port = 9093
    elasticsearch_port: Port = ELASTICSEARCH_PORT
    elasticsearch_transport_port: Port = 9300
    metrics_bind: str = Field("127.0.0.1", description="address of the workers' /metrics and /healthz")
    metrics_port: Port = Field(6066, description="first of the workers' ports for /metrics and /healthz, one a process")
    kafka_heap: str = Field("512m", pattern=r"^\d+[mg]$")
    elasticsearch_heap: str = Field("512m", pattern=r"^\d+[mg]$")

    # Stages.
    sentiment: str = Field("models/sentiment-id", description="folder of an ONNX model, a model id, or off")
    sentiment_sessions: Positive = Field(1, description="inference sessions side by side")
    sentiment_threads: Positive = Field(1, description="threads a session")
    sentiment_cache: Positive = Field(20_000, description="distinct texts whose score is kept")
    uncertain_below: Share = Field(0.55, description="confidence under which a label is marked uncertain")
    story_horizon_days: Positive = Field(14, description="how long stories remembers an article, by the watermark")
    cases: Path | None = Field(None, description="a file of cases of your own, read after the shipped ones")
    publishers: Path | None = Field(None, description="a file of publishers of your own, read after the shipped ones")
    desk: Path | None = Field(None, description="desk.yaml: watched parties and own places")

    # Delivery.
    batch: Positive = Field(
        256, description="records a Faust agent takes at once, at most; each stage has its own limit"
    )
    batch_within_ms: Positive = Field(50, description="how long it waits for them")
    session_timeout_s: Positive = Field(
        30, description="after this the broker gives a silent process's partitions away"
    )
    dead_ratio: Share = Field(0.5, description="share of dead letters among the last 200 records that stops a stage")
    dead_consecutive: Positive = Field(100, description="dead letters in a row that stop a stage")
    spool_limit_mb: Positive = Field(1024, description="undelivered records on disk at which crawling pauses")
    lag_limit: Positive = Field(500, description="lag of any stage at which replay and backfill pause")

    # The crawler.
    crawl: bool = Field(False, description="whether 'warta up' also runs the crawler, for ever")
    catalogue: Path | None = Field(None, description="a sources.yaml of your own, in place of the shipped one")
    crawl_contact: str = Field("", description="address or page named in the user agent, for the people we visit")
    crawl_proxy: str = Field("", description="http://host:port that every fetch goes through")
    crawl_concurrency: Positive = Field(64, description="requests side by side, over all hosts")
    crawl_allowed_networks: str = Field(
        "", description="private networks the crawler may connect to all the same, a.b.c.d/n[,…]; for tests"
    )
    crawl_hosts: Path | None = Field(
        None, description="a file as /etc/hosts whose names are looked up there instead of in DNS; for tests"
    )

    # The indexer.
    bulk_docs: Positive = 500
    bulk_bytes: Positive = 5 * 1024 * 1024
    bulk_wait_ms: Positive = Field(250, description="how long the indexer waits to fill a batch")

    # Operations.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="before")
    @classmethod
    def _native_stack(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Where no server is named, it is the one `warta up` runs on this machine, on whatever port."""
        found = dict(values)
        found["kafka"] = found.get("kafka") or f"127.0.0.1:{found.get('kafka_port', KAFKA_PORT)}"
        port = found.get("elasticsearch_port", ELASTICSEARCH_PORT)
        found["elasticsearch"] = found.get("elasticsearch") or f"http://127.0.0.1:{port}"
        return found

    @field_validator("kafka")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        for server in value.split(","):
            host, _, port = server.strip().rpartition(":")
            if not host or not port.isdigit():
                raise ValueError(f"'{server}' is not host:port")
        return value

    @field_validator("elasticsearch")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("write it as http://host:port")
        return value.rstrip("/")

    @property
    def kafka_servers(self) -> list[str]:
        """Bootstrap servers as a list of host:port."""
        return [server.strip() for server in self.kafka.split(",")]

    def model_path(self) -> Path:
        """The sentiment model's folder; a relative one lies beside the code."""
        path = Path(self.sentiment)
        return path if path.is_absolute() else ROOT / path


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
        description = Settings.model_fields[str(problem["loc"][0])].description if problem["loc"] else None
        hint = f" ({description})" if description else ""
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}={problem['input']!s}: {message}{hint}")
    return "\n".join(lines)


def load(**overrides: object) -> Settings:
    """Read the environment, with `overrides` on top.

    Raises:
        Usage: a variable's value cannot be used; the message names it and the remedy.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Usage(f"unusable settings:\n{_explain(error)}") from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load()
