"""Ports of this machine that nobody listens on."""

import socket

from streams.stack.free_ports import free_ports, is_free


def test_ports_are_free_and_different() -> None:
    """Each can be listened on, and none twice."""
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(is_free(port) for port in ports)


def test_outgoing_connections_cannot_take_them() -> None:
    """They lie below the ports that the system gives to clients by itself."""
    assert max(free_ports(20)) < 32_768


def test_a_port_somebody_listens_on_is_not_free() -> None:
    """What a second broker would run into."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])
