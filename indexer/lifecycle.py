"""Index lifecycle management, where the server has it: the policy of the monthly indices and what ties them to it.

The Elasticsearch of `warta up` is built without ILM, the official image has it. So the tie is a component template of its
own, which the template `news` names but does not insist on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from warta.search.client import NEWS

POLICY = NEWS
#: Component template that gives the monthly indices their policy; only on servers with ILM.
TIE = "warta-lifecycle"


def read(folder: Path) -> dict[str, Any]:
    """The policy's file: `version` and `policy`."""
    found: dict[str, Any] = json.loads((folder / "policies" / f"{POLICY}.json").read_text("utf-8"))
    return found


def supported(es: Elasticsearch) -> bool:
    """Whether the server knows ILM: one without it has no handler for the question (400) or no such address (404, 405)."""
    try:
        es.perform_request("GET", "/_ilm/status", headers={"accept": "application/json"})
    except ApiError as error:
        if error.status_code in (400, 404, 405):
            return False
        raise
    return True


def tie(version: int) -> dict[str, Any]:
    """The component template."""
    return {
        "version": version,
        "_meta": {"owner": "warta", "about": "Puts the monthly indices under the lifecycle policy of the same name."},
        "template": {"settings": {"index.lifecycle.name": POLICY}},
    }


def apply(es: Elasticsearch, folder: Path) -> str:
    """Install policy and tie, and put the months that exist under it. Returns `created`, `upgraded` or `unchanged`.

    An older Warta leaves a newer policy alone: it only sets priorities and merges, no document depends on it.
    """
    wanted = read(folder)
    known = es.ilm.get_lifecycle(filter_path=f"{POLICY}.policy._meta.version").body
    installed = known.get(POLICY, {}).get("policy", {}).get("_meta", {}).get("version")
    if installed is not None and installed >= wanted["version"]:
        return "unchanged"
    es.ilm.put_lifecycle(name=POLICY, policy=wanted["policy"])
    es.cluster.put_component_template(name=TIE, **tie(wanted["version"]))
    es.indices.put_settings(
        index=f"{NEWS}-*-g*", allow_no_indices=True, settings={"index.lifecycle.name": POLICY}, ignore_unavailable=True
    )
    return "created" if installed is None else "upgraded"
