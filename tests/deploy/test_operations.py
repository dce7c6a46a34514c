"""Prometheus, Alertmanager and Grafana files: checked by their own tools, and every metric they name is ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from producers.crawling import stats
from warta import metrics
from warta.settings import ROOT, Settings

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
_METRIC = re.compile(r"\bwarta_[a-z_]+")


def tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing: deploy/local/system-packages.sh installs it")
        pytest.skip(f"{name} is not installed (Debian: prometheus, prometheus-alertmanager)")
    return found


def check(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_configuration_and_its_rules() -> None:
    check(tool("promtool"), "check", "config", str(PROMETHEUS / "prometheus.yml"))


def test_rules_ring_when_they_should_and_only_then() -> None:
    check(tool("promtool"), "test", "rules", str(PROMETHEUS / "rules_test.yml"))


def test_amtool_accepts_the_routes() -> None:
    check(tool("amtool"), "check-config", str(ROOT / "deploy" / "alertmanager" / "alertmanager.yml"))


def declared() -> set[str]:
    """Names as Prometheus stores them."""
    names = set()
    for metric in (m for room in (metrics, stats) for m in vars(room).values() if isinstance(m, MetricWrapperBase)):
        for family in metric.describe():
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
            names |= {family.name + suffix for suffix in suffixes}
    return names


def expressions(path: Path) -> list[str]:
    if path.suffix == ".json":
        return [target["expr"] for panel in json.loads(path.read_text())["panels"] for target in panel["targets"]]
    return [rule["expr"] for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("path", [PROMETHEUS / "rules.yml", *DASHBOARDS], ids=lambda path: path.name)
def test_every_metric_asked_for_is_declared(path: Path) -> None:
    asked = {name for expression in expressions(path) for name in _METRIC.findall(expression)}
    assert asked
    assert asked <= declared()


def test_every_process_is_scraped() -> None:
    from deploy.commands.processes import ON_REQUEST, ORDER

    always, crawler = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    assert {config["labels"]["process"] for config in always["static_configs"]} == set(ORDER) - {ON_REQUEST}
    assert crawler["dns_sd_configs"][0] == {
        "names": ["crawl"],
        "type": "A",
        "port": Settings.model_fields["metrics_port"].default + ORDER.index("crawl"),
    }


def test_the_crawler_answers_where_the_pipeline_looks_for_it() -> None:
    from deploy.commands.processes import ORDER
    from producers.crawling.service import PORT_OFFSET

    assert ORDER.index("crawl") == PORT_OFFSET
