"""The settings file of a broker."""

from pathlib import Path

from streams.broker.layout import prepare
from streams.broker.options import BrokerOptions, Door


def lines(tmp_path: Path, *doors: Door) -> dict[str, str]:
    """Its settings by name."""
    options = BrokerOptions(cache=tmp_path, data=tmp_path, doors=doors)
    text = prepare(options, 1000, 1001).read_text()
    return dict(line.split("=", 1) for line in text.splitlines())


def test_a_door_tells_those_who_come_by_it_where_to_go_on(tmp_path: Path) -> None:
    """Each is a listener with an address of its own."""
    found = lines(tmp_path, Door(port=2000, advertised=3000))
    assert "DOOR1://127.0.0.1:2000" in found["listeners"]
    assert found["advertised.listeners"].endswith(",DOOR1://127.0.0.1:3000")
    assert "DOOR1:PLAINTEXT" in found["listener.security.protocol.map"]


def test_without_doors_there_is_one_way_in(tmp_path: Path) -> None:
    """And the controller's own."""
    found = lines(tmp_path)
    assert found["listeners"] == "PLAINTEXT://127.0.0.1:1000,CONTROLLER://127.0.0.1:1001"
    assert found["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1000"
