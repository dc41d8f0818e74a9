"""A broker of its own with a second way in: encrypted, for those who say who they are."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from streams.broker import jars
from streams.broker.java import command
from streams.broker.layout import prepare
from streams.broker.options import silent
from streams.broker.ports import answers, free_port
from streams.lifetime import die_with_parent
from tests.support.broker import options

USER, PASSWORD = "app", "pass word"
_SUBJECT = "/CN=127.0.0.1"


class Ways(NamedTuple):
    """Plain for tests, secured for what is tested, with the authority that signed it."""

    plain: str
    secured: str
    authority: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs for the secured way."""
        return {
            "SYNERGAI_KAFKA_BOOTSTRAP": self.secured,
            "SYNERGAI_KAFKA_SASL_MECHANISM": "PLAIN",
            "SYNERGAI_KAFKA_SASL_USER": USER,
            "SYNERGAI_KAFKA_SASL_PASSWORD": PASSWORD,
            "SYNERGAI_KAFKA_TLS": "true",
            "SYNERGAI_KAFKA_TLS_CA": str(self.authority),
        }


@contextmanager
def secured_broker(folder: Path) -> Iterator[Ways]:
    """Started on free ports; stopped at the end."""
    given = options(folder)
    plain, secured = free_port(), free_port()
    settings = prepare(given, plain, free_port())
    settings.write_text(_with_a_second_way(settings.read_text(), secured, _certificate(folder)))
    arguments = command(given, jars.obtain(given, silent), settings)
    with (folder / "broker.log").open("ab") as log:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads run at start
        )
    try:
        assert answers(plain, 60.0, process.poll), (folder / "broker.log").read_text()[-2000:]
        yield Ways(f"127.0.0.1:{plain}", f"127.0.0.1:{secured}", folder / "ca.pem")
    finally:
        process.kill()
        process.wait()


def _with_a_second_way(text: str, port: int, certificate: Path) -> str:
    more = {
        "listeners": f"SECURED://127.0.0.1:{port}",
        "advertised.listeners": f"SECURED://127.0.0.1:{port}",
        "listener.security.protocol.map": "SECURED:SASL_SSL",
    }
    lines = []
    for line in text.splitlines():
        name, _, value = line.partition("=")
        lines.append(f"{name}={value},{more[name]}" if name in more else line)
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    lines += [
        "listener.name.secured.sasl.enabled.mechanisms=PLAIN",
        f'listener.name.secured.plain.sasl.jaas.config={login} required user_{USER}="{PASSWORD}";',
        "listener.name.secured.ssl.keystore.type=PEM",
        f"listener.name.secured.ssl.keystore.location={certificate}",
    ]
    return "\n".join(lines) + "\n"


def _certificate(folder: Path) -> Path:
    """Key and certificate of the broker in one file; the authority's beside it."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority")
    openssl(
        "req", "-x509", *key, "-keyout", "own.key", "-out", "own.pem", "-subj", _SUBJECT,
        "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1",
        "-addext", "basicConstraints=critical,CA:FALSE",
    )  # fmt: skip
    whole = folder / "broker.pem"
    whole.write_text((folder / "own.key").read_text() + (folder / "own.pem").read_text())
    return whole
