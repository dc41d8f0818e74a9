"""Every command of the how-to about dead letters runs."""

import re
import shlex
from pathlib import Path

import pytest
from kafka import KafkaProducer

from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics
from tests.support.broker import Bootstrap
from tests.support.dead_letters import HEADERS, letter_record
from tests.support.shell import Shell

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "dead-letters.md").read_text()
LINES = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).splitlines()
COMMANDS = [shlex.split(line, comments=True) for line in LINES if line]


@pytest.mark.kafka
@pytest.mark.timeout(240)
async def test_commands(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, on a topic with three letters."""
    topics = Topics(Settings(topic_prefix=topic_prefix))
    await create_topics(broker.bootstrap, topics.table())
    bare = tuple(header for header in HEADERS if header[0] != "ce_subject")
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for record in (
            letter_record("4711"),
            letter_record("4712", offset=1, reason="malformed", headers=bare),
            letter_record("4713", offset=2),
        ):
            names = [(n, v.replace(b"synergai.", f"{topic_prefix}.".encode()))
                     for n, v in record.headers]  # fmt: skip
            topic = topics.tenant("default", "dlq")
            producer.send(topic, record.value, record.key, names, partition=0).get(10)
    monkeypatch.chdir(tmp_path)
    shell = Shell(
        tmp_path, SYNERGAI_KAFKA_BOOTSTRAP=broker.bootstrap, SYNERGAI_TOPIC_PREFIX=topic_prefix
    )
    assert len(COMMANDS) == 10
    for program, *arguments in COMMANDS:
        assert program == "synergai"
        ended = shell.run(*arguments)
        assert ended.returncode == 0, (arguments, ended.stderr.decode())
    assert (tmp_path / "payload.bin").read_bytes() == b"input"
    assert shell.rows("dlq", "list", "--state", "all") == []
