"""The files of a broker's data folder."""

import base64
import uuid
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from streams.broker.options import KAFKA, BrokerOptions, Door

_METADATA: Final = "__cluster_metadata-0"
_CHECKPOINT: Final = "00000000000000000000-0000000000.checkpoint"

PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT{protocols}
log.dirs={logs}
auto.create.topics.enable=false
log.message.timestamp.type=LogAppendTime
message.max.bytes={max_message_bytes}
replica.fetch.max.bytes={max_message_bytes}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=2
num.io.threads=4
background.threads=2
"""

LOGGING: Final = """\
<Configuration status="OFF">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %c: %m%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


def prepare(options: BrokerOptions, port: int, controller_port: int) -> Path:
    """Write the settings, format the folder if it is new; returns the settings file."""
    logs = options.data / "logs"
    (logs / _METADATA).mkdir(parents=True, exist_ok=True)
    if not (logs / "meta.properties").exists():
        _format(logs)
    (options.data / "log4j2.xml").write_text(LOGGING)
    settings = options.data / "server.properties"
    settings.write_text(
        PROPERTIES.format(
            port=port,
            controller_port=controller_port,
            logs=logs,
            max_message_bytes=options.max_message_bytes,
            **_doors(options.doors),
        )
    )
    return settings


def _doors(doors: Sequence[Door]) -> dict[str, str]:
    """What each further listener adds to three lists."""
    numbered = [(f"DOOR{number}", door) for number, door in enumerate(doors, 1)]
    return {
        "listeners": "".join(f",{name}://{door.host}:{door.port}" for name, door in numbered),
        "advertised": "".join(
            f",{name}://{door.host}:{door.advertised}" for name, door in numbered
        ),
        "protocols": "".join(f",{name}:PLAINTEXT" for name, _ in numbered),
    }


def _format(logs: Path) -> None:
    """What StorageTool writes, without its seconds: the feature levels and two random ids."""
    template = files("streams.broker") / f"formatted-{KAFKA}.checkpoint"
    (logs / _METADATA / _CHECKPOINT).write_bytes(template.read_bytes())
    fields = {"version": "1", "cluster.id": _id(), "node.id": "1", "directory.id": _id()}
    text = "".join(f"{name}={value}\n" for name, value in fields.items())
    (logs / "meta.properties").write_text(text)


def _id() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
