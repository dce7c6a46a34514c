"""Idempotent set-up of Elasticsearch: templates from files, versions compared, standing indices created.

An older installed template is upgraded, and indices that exist get the added fields; a newer one is left alone and the
older code refuses to run, because it would write documents that miss fields.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from indexer import lifecycle, months
from warta.errors import WartaError
from warta.search.client import ALERTS, NEWS, REVISIONS, SERIES, explained, reason_of

TEMPLATES = Path(__file__).parent / "templates"
#: Indices that are not monthly; they exist from the start, so that a search of them is empty and not an error.
STANDING = (REVISIONS, ALERTS, SERIES)


@dataclass(slots=True)
class Applied:
    """What `apply` did, by template and index name."""

    created: list[str] = field(default_factory=list)
    upgraded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    #: Whether the server has index lifecycle management; without it whole months still go by `warta index prune`.
    lifecycle: bool = False


def load(folder: Path = TEMPLATES) -> tuple[dict[str, Any], dict[str, Any]]:
    """(component templates, index templates) by name, as the files hold them."""
    return _read(folder / "components"), _read(folder)


def _read(folder: Path) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def apply(es: Elasticsearch, folder: Path = TEMPLATES) -> Applied:
    """Bring the server's templates and standing indices to what this code expects.

    Raises:
        WartaError: an installed template is newer than this code, or an index cannot take the new fields.
        Transient: the server cannot be reached.
    """
    done = Applied()
    components, templates = load(folder)
    with explained("index templates"):
        installed = _installed_components(es), _installed_templates(es)
        _refuse_downgrade(components, installed[0])
        _refuse_downgrade(templates, installed[1])
        for name, body in components.items():
            if _note(done, name, body, installed[0]):
                es.cluster.put_component_template(name=name, **body)
        done.lifecycle = lifecycle.supported(es)
        if done.lifecycle:
            getattr(done, lifecycle.apply(es, folder)).append("lifecycle policy")
        for name, body in templates.items():
            if _note(done, name, body, installed[1]):
                es.indices.put_index_template(name=name, **body)
        if "news-fields" in done.upgraded:
            _add_fields(es, components["news-fields"])
        for name in STANDING:
            if not _create_standing(es, name, done) and name in done.upgraded:
                _put_mapping(es, name, templates[name])
    return done


def _installed_components(es: Elasticsearch) -> dict[str, int]:
    found = es.cluster.get_component_template()["component_templates"]
    return {item["name"]: item["component_template"].get("version", 0) for item in found}


def _installed_templates(es: Elasticsearch) -> dict[str, int]:
    found = es.indices.get_index_template()["index_templates"]
    return {item["name"]: item["index_template"].get("version", 0) for item in found}


def _refuse_downgrade(wanted: dict[str, Any], installed: dict[str, int]) -> None:
    for name, body in wanted.items():
        if installed.get(name, 0) > body["version"]:
            raise WartaError(
                f"template {name} on the server has version {installed[name]}, this code knows {body['version']}: "
                f"a newer Warta has been here. Upgrade this one; it does not write with an older mapping."
            )


def _note(done: Applied, name: str, body: dict[str, Any], installed: dict[str, int]) -> bool:
    """Record what becomes of template `name`; True when it has to be put."""
    if name not in installed:
        done.created.append(name)
    elif installed[name] < body["version"]:
        done.upgraded.append(name)
    else:
        done.unchanged.append(name)
        return False
    return True


def _add_fields(es: Elasticsearch, component: dict[str, Any]) -> None:
    """Give the fields of a newer mapping to the monthly indices that exist."""
    try:
        _put_mapping(es, f"{NEWS}-*-g*", component)
    except NotFoundError:
        return


def _put_mapping(es: Elasticsearch, index: str, body: dict[str, Any]) -> None:
    mappings = body["template"]["mappings"]
    try:
        es.indices.put_mapping(
            index=index, allow_no_indices=True, properties=mappings["properties"], meta=mappings["_meta"]
        )
    except BadRequestError as error:
        raise WartaError(
            f"existing indices cannot take the new mapping ({reason_of(error)}): run 'warta index rebuild'"
        ) from None


def _create_standing(es: Elasticsearch, name: str, done: Applied) -> bool:
    """Whether the index had to be made."""
    made = not es.indices.exists(index=name) and _made(es, name)
    (done.created if made else done.unchanged).append(name)
    return made


def _made(es: Elasticsearch, name: str, aliases: dict[str, Any] | None = None) -> bool:
    """Create an index; False where it is there already: processes that start together apply the same files."""
    try:
        es.indices.create(index=name, aliases=aliases)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
        return False
    return True


def create_month(es: Elasticsearch, alias: str, generation: int, *, published: bool = True) -> str:
    """Create the index of a month, with both aliases when `published`; an index that exists is fine. Returns its name.

    Raises:
        WartaError: the template is missing, so the index would take any field.
    """
    if not es.indices.exists_index_template(name=NEWS):
        raise WartaError(f"the index template '{NEWS}' is missing: run 'warta index apply'")
    name = months.index_of(alias, generation)
    aliases = {alias: {"is_write_index": True}, NEWS: {}} if published else {}
    if not _made(es, name, aliases) and published:
        es.indices.update_aliases(
            actions=[
                {"add": {"index": name, "alias": alias, "is_write_index": True}},
                {"add": {"index": name, "alias": NEWS}},
            ]
        )
    return name
