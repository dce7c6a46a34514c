"""docker-compose.yml cannot be started where the tests run: it is held to the specification and to our own code."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import yaml

from stream_agents.__main__ import STAGES
from warta.settings import PREFIX, ROOT, Settings

COMPOSE = ROOT / "docker-compose.yml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_it_fits_the_compose_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_bounded_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] in {"unless-stopped", "on-failure"}
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"setup", "sample"}))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_of_ours_is_a_setting(name: str) -> None:
    for variable in OURS[name]["environment"]:
        assert variable.removeprefix(PREFIX).lower() in Settings.model_fields, f"{name}: {variable}"


def test_every_command_of_ours_exists() -> None:
    """What the entry point `python -m` is given, asked for its help."""
    assert OURS["setup"]["command"] == ["python -m warta topics apply && python -m warta index apply"]
    commands = {tuple(service["command"]) for name, service in OURS.items() if name != "setup"}
    commands |= {("warta", "topics", "apply"), ("warta", "index", "apply")}
    for command in commands:
        asked = subprocess.run(
            [sys.executable, "-m", *command, "--help"], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert asked.returncode == 0, f"{command}: {asked.stderr[-500:]}"
        for option in (word for word in command if word.startswith("--")):
            assert option in asked.stdout, f"{command} knows no {option}"


def test_every_stage_is_a_service() -> None:
    run = {service["command"][1] for service in OURS.values() if service["command"][0] == "stream_agents"}
    assert run == set(STAGES)


def test_nothing_listens_beyond_loopback() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} opens {port}"


def test_versions_are_those_of_the_native_stack() -> None:
    poms = "".join(path.read_text() for path in (ROOT / "deploy" / "local").rglob("pom.xml"))
    for image in ("apache/kafka", "elasticsearch", "kibana"):
        version = next(
            s["image"].rpartition(":")[2] for s in SERVICES.values() if s["image"].rpartition(":")[0] == image
        )
        assert version in poms, f"{image} is {version}"


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        tag = service["image"].rpartition(":")[2]
        assert tag != "latest", name
        assert any(digit in tag for digit in "0123456789"), name


def test_what_is_mounted_and_waited_for_exists() -> None:
    volumes = yaml.safe_load(COMPOSE.read_text())["volumes"]
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in volumes or (ROOT / source).is_dir(), f"{name} mounts {source}"
        for other, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for the health of {other}"


def test_the_image_holds_what_it_copies() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), f"Dockerfile copies {source}"
