"""The broker's jars: resolved once, verified by SHA-256, kept in the user's cache."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from streams.broker.lock import exclusive
from streams.broker.options import ENDPOINTS, KAFKA, BrokerOptions, Progress
from streams.errors import BrokerError

_VERIFIED = ".verified"


def locked() -> dict[str, str]:
    """File name to SHA-256 of every jar, as this release was tested with."""
    text = (files("streams.broker") / f"kafka-{KAFKA}.lock").read_text()
    pairs = (line.split() for line in text.splitlines())
    return {name: digest for digest, name in pairs}


def obtain(options: BrokerOptions, progress: Progress) -> Path:
    """The folder of verified jars; downloads them if need be.

    Raises:
        BrokerError: a jar is missing or differs, or nothing can be downloaded; says what helps.
    """
    wanted = locked()
    if options.jars is not None:
        verify(options.jars, wanted)
        return options.jars
    folder = options.cache / "kafka" / KAFKA
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        if not (folder / "jars" / _VERIFIED).exists():
            _fetch(folder, wanted, progress)
    return folder / "jars"


def verify(folder: Path, wanted: Mapping[str, str]) -> None:
    """Compare every jar with the lock.

    Raises:
        BrokerError: names the folder and the files that are missing or differ.
    """
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        raise BrokerError(f"{folder}: jars of Kafka {KAFKA} missing: {_some(missing)}")
    wrong = [name for name, digest in wanted.items() if _digest(folder / name) != digest]
    if wrong:
        raise BrokerError(
            f"{folder}: jars that differ from the SHA-256 in the lock: {_some(wrong)}; "
            "delete the folder to fetch them again"
        )


def _fetch(folder: Path, wanted: Mapping[str, str], progress: Progress) -> None:
    progress("fetching Apache Kafka", 0, len(wanted))
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        new = Path(scratch) / "jars"
        new.mkdir()
        for number, jar in enumerate(_resolve(Path(scratch)), start=1):
            if jar.name in wanted:
                shutil.copyfile(jar, new / jar.name)
                progress("fetching Apache Kafka", min(number, len(wanted)), len(wanted))
        verify(new, wanted)
        (new / _VERIFIED).touch()
        shutil.rmtree(folder / "jars", ignore_errors=True)
        new.replace(folder / "jars")


def _resolve(scratch: Path) -> Iterable[Path]:
    from jgo.env import EnvironmentBuilder  # noqa: PLC0415 - needed to fetch only
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - needed to fetch only

    try:
        context = MavenContext(repo_cache=scratch / "repository", resolver=PythonResolver())
        builder = EnvironmentBuilder(context, cache_dir=scratch / "environments")
        for endpoint in ENDPOINTS:
            yield from builder.from_endpoint(endpoint, main_class="kafka.Kafka").all_jars
    except Exception as error:  # noqa: BLE001 - whatever the resolver and its network raise
        raise BrokerError(
            f"Apache Kafka {KAFKA} cannot be fetched: {type(error).__name__}: {error}. "
            "Without network, put its jars into a folder and name it in SYNERGAI_KAFKA_JARS, "
            "or use an existing cluster: SYNERGAI_KAFKA_BOOTSTRAP=host:port"
        ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"  # noqa: PLR2004
