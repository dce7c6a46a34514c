"""Installs Kafka, Elasticsearch and the `indonesian` analyzer into a cache that all stacks of a user share.

An installation appears under its final name by one rename, so a killed download leaves only a staging directory,
which the next run removes. The name carries a digest of what it was made from, so a changed pom or plugin is a new
installation and an unchanged one costs a look at a directory.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import Account, server_account
from deploy.local.errors import InstallError, Progress, StackError, quiet
from deploy.local.jdk import ELASTICSEARCH_JAVA, KAFKA_JAVA, Jdk, find_jdk, find_maven
from deploy.local.maven import run_maven

_HERE = Path(__file__).parent
_SYSTEM_CACHE = Path("/var/cache/warta")
_PLUGIN = "analysis-indonesian"
_VERSION = re.compile(r"<artifactId>(?:kafka_2\.13|elasticsearch)</artifactId>\s*<version>([\d.]+)</version>")


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the servers are, and the Java each runs under."""

    kafka_libs: Path
    kafka_jdk: Jdk
    elasticsearch_home: Path
    elasticsearch_jdk: Jdk
    account: Account | None


def install(
    on_progress: Progress = quiet, *, cache: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Installed:
    """Makes sure that both servers are there and returns where; milliseconds when nothing is to be done.

    `cache`: see `cache_directory`. Raises `MissingToolError`, `InstallError` or `StackError`.
    """
    account = server_account()
    directory = _made(cache_directory(account, cache, environ), account)
    kafka_jdk, elasticsearch_jdk = _jdks(account, environ)
    with locked(directory, on_progress):
        kafka = install_once(directory, _kafka_name(), lambda to: _fetch_kafka(to, kafka_jdk, environ, on_progress))
        elasticsearch = install_once(
            directory, _elasticsearch_name(), lambda to: _fetch_elasticsearch(to, account, environ, on_progress)
        )
    return Installed(kafka, kafka_jdk, elasticsearch, elasticsearch_jdk, account)


def cache_directory(
    account: Account | None = None, cache: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Path:
    """`cache`, else WARTA_CACHE, else `warta` in the user's cache directory (XDG Base Directory Specification).

    Root's directories are usually closed to the user that runs Elasticsearch; then it is /var/cache/warta.
    """
    named = cache or environ.get("WARTA_CACHE")
    base = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home(), ".cache")
    wanted = Path(named).expanduser() if named else Path(base, "warta")
    return wanted.absolute() if account is None or account.can_enter(wanted) else _SYSTEM_CACHE


def _jdks(account: Account | None, environ: Mapping[str, str]) -> tuple[Jdk, Jdk]:
    """One Java for both when it fits: it is in the page cache then."""
    usable = account.can_run if account else _any
    for_elasticsearch = find_jdk(ELASTICSEARCH_JAVA, "Elasticsearch 9", usable=usable, environ=environ)
    return find_jdk(KAFKA_JAVA, "Kafka 4", environ={"ES_JAVA_HOME": str(for_elasticsearch.home)}), for_elasticsearch


def _any(_path: Path) -> bool:
    return True


def _kafka_name() -> str:
    pom = _HERE / "kafka" / "pom.xml"
    return f"kafka-{_version(pom)}-{digest([pom])}"


def _elasticsearch_name() -> str:
    pom = _HERE / "elasticsearch" / "pom.xml"
    return f"elasticsearch-{_version(pom)}-{digest([pom, *plugin_files()])}"


def plugin_files() -> list[Path]:
    """What the analyzer plugin is made from."""
    return sorted(path for path in (_HERE / _PLUGIN).rglob("*") if path.is_file())


def _version(pom: Path) -> str:
    match = _VERSION.search(pom.read_text("utf-8"))
    if match is None:
        raise InstallError(f"{pom} names no version of its server; restore the file.")
    return match[1]


def digest(files: list[Path]) -> str:
    """Of names and contents; part of an installation's name."""
    hashed = hashlib.blake2b(digest_size=4)
    for file in files:
        content = file.read_bytes()
        hashed.update(f"{file.name} {len(content)} ".encode() + content)
    return hashed.hexdigest()


def _made(directory: Path, account: Account | None) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"The cache {directory} cannot be made ({error.strerror}); set WARTA_CACHE.") from error
    if account and not account.can_enter(directory):  # a strict umask
        directory.chmod(0o755)
    return directory


@contextmanager
def locked(directory: Path, on_progress: Progress) -> Iterator[None]:
    """One installer at a time; the lock goes with its process, however that ends."""
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress(f"Waiting for another installation in {directory} …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_once(directory: Path, name: str, fetch: Callable[[Path], Path]) -> Path:
    """The installation `name`; made in a staging directory and renamed if it is not there."""
    final = directory / name
    if final.is_dir():
        return final
    for left_over in directory.glob(".staging-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=directory))
    try:
        made = fetch(staging)
        made.chmod(0o755)
        made.rename(final)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return final


def _fetch_kafka(staging: Path, jdk: Jdk, environ: Mapping[str, str], on_progress: Progress) -> Path:
    pom = _HERE / "kafka" / "pom.xml"
    on_progress(f"Fetching Kafka {_version(pom)} from Maven Central (45 MB, once)")
    libs = staging / "libs"
    properties: dict[str, str | Path] = {"outputDirectory": libs, "includeScope": "runtime"}
    mvn = find_maven(environ)
    run_maven(mvn, "dependency:copy-dependencies", pom, properties, java_home=jdk.home, on_progress=on_progress)
    on_progress(f"Kafka is ready ({len(list(libs.glob('*.jar')))} libraries)")
    return libs


def _fetch_elasticsearch(
    staging: Path, account: Account | None, environ: Mapping[str, str], on_progress: Progress
) -> Path:
    pom = _HERE / "elasticsearch" / "pom.xml"
    version = _version(pom)
    usable = account.can_run if account else _any
    jdk = find_jdk(ELASTICSEARCH_JAVA, "Building the analyzer plugin", compiler=True, usable=usable, environ=environ)
    on_progress(f"Fetching Elasticsearch {version} from Maven Central (130 MB, once)")
    properties: dict[str, str | Path] = {
        "outputDirectory": staging,
        "markersDirectory": staging / "markers",
        "includeScope": "runtime",
    }
    mvn = find_maven(environ)
    run_maven(mvn, "dependency:unpack-dependencies", pom, properties, java_home=jdk.home, on_progress=on_progress)
    home = staging / f"elasticsearch-{version}"
    on_progress("Building the indonesian analyzer")
    build_plugin(jdk, home, version)
    _readable_by_all(home)
    on_progress("Elasticsearch is ready")
    return home


def build_plugin(jdk: Jdk, elasticsearch_home: Path, version: str) -> Path:
    """Compiles the analyzer against the server's own libraries and puts it under `plugins/`.

    A stable plugin (Elastic "Creating stable plugins"): a descriptor, the named components, and a jar.
    """
    source = _HERE / _PLUGIN
    plugin = elasticsearch_home / "plugins" / _PLUGIN
    plugin.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as classes:
        command = [
            str(jdk.javac), "--release", str(ELASTICSEARCH_JAVA), "-encoding", "UTF-8",
            "-cp", str(elasticsearch_home / "lib" / "*"), "-d", classes,
            *map(str, source.rglob("*.java")),
        ]  # fmt: skip
        built = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if built.returncode != 0:
            raise InstallError(f"The analyzer plugin does not compile with {jdk}:\n{built.stdout}{built.stderr}")
        _jar(Path(classes), plugin / f"{_PLUGIN}.jar")
    descriptor = (source / "stable-plugin-descriptor.properties").read_text("utf-8")
    filled = descriptor.replace("${elasticsearch.version}", version)
    (plugin / "stable-plugin-descriptor.properties").write_text(filled, "utf-8")
    shutil.copyfile(source / "named_components.json", plugin / "named_components.json")
    return plugin


def _jar(classes: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n")
        for path in sorted(classes.rglob("*.class")):
            jar.write(path, path.relative_to(classes).as_posix())


def _readable_by_all(home: Path) -> None:
    """The zip closes its configuration to others; the user that runs the server is another one than the installer."""
    for path in (home, *home.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
