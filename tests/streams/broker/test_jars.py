"""The broker's jars."""

import hashlib
import re
from pathlib import Path

import pytest

from streams.broker.jars import locked, obtain, verify
from streams.broker.options import BrokerOptions, silent
from streams.errors import BrokerError


def test_the_lock_pins_every_jar_by_sha256() -> None:
    """File names and digests, no addresses."""
    lock = locked()
    assert "kafka_2.13-4.4.0.jar" in lock
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in lock.values())


def test_a_jar_that_differs_is_named(tmp_path: Path) -> None:
    """Nothing unverified is run."""
    (tmp_path / "a.jar").write_bytes(b"good")
    (tmp_path / "b.jar").write_bytes(b"tampered")
    digest = hashlib.sha256(b"good").hexdigest()
    with pytest.raises(BrokerError, match=r"differ from the SHA-256 in the lock: b\.jar"):
        verify(tmp_path, {"a.jar": digest, "b.jar": digest})


def test_a_folder_without_the_jars_is_named(tmp_path: Path) -> None:
    """A wrong SYNERGAI_KAFKA_JARS says which files it expected."""
    options = BrokerOptions(cache=tmp_path, data=tmp_path, jars=tmp_path)
    with pytest.raises(BrokerError, match=r"jars of Kafka 4\.4\.0 missing: .* and \d+ more"):
        obtain(options, silent)


def test_without_network_the_message_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways out are named: a folder of jars, or a cluster that exists."""
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    options = BrokerOptions(cache=tmp_path / "cache", data=tmp_path)
    with pytest.raises(BrokerError, match=r"SYNERGAI_KAFKA_JARS.*SYNERGAI_KAFKA_BOOTSTRAP"):
        obtain(options, silent)
