"""The client against the real broker and a scripted app."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from streams.client import Client
from streams.errors import BrokerError, StreamsError
from tests.support.broker import Bootstrap
from tests.support.scripted_app import ScriptedApp

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]


@pytest.fixture
def client(broker: Bootstrap, topic_prefix: str) -> Iterator[Client]:
    """A client whose requests a scripted app answers."""
    with (
        ScriptedApp(broker.bootstrap, topic_prefix),
        Client(broker.bootstrap, prefix=topic_prefix, max_request_bytes=10_000) as under_test,
    ):
        yield under_test


def test_answer(client: Client) -> None:
    """The winning attempt's answer comes with its outcome."""
    ticket = client.submit("echo", b'{"text": "hello"}', deadline_s=1.0, request_id="r1")
    answer = ticket.result(30)
    assert (answer.request_id, answer.value, answer.met) == ("r1", {"text": "hello"}, True)
    assert ticket.done()


def test_rejected(client: Client) -> None:
    """A request that no function answers has the app's words."""
    answer = client.submit("none", b"x", deadline_s=1.0).result(30)
    assert (answer.kind, answer.error) == ("rejected", "no pool serves it")


def test_many_threads(client: Client) -> None:
    """Threads share a client; everyone gets the answers to their own requests."""

    def one(number: int) -> object:
        ticket = client.submit("echo", str(number).encode(), deadline_s=1.0)
        return client.wait([ticket], 30)[0].value

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(40))) == list(range(40))


def test_silence(client: Client) -> None:
    """Where no answer comes the waiting ends with the request's id and a hint."""
    ticket = client.submit("silent", b"x", deadline_s=1.0, request_id="r2")
    with pytest.raises(TimeoutError, match=r"request r2 \(silent\).*is the app running"):
        ticket.result(0.05)


def test_closed(broker: Bootstrap, client: Client, topic_prefix: str) -> None:
    """Tickets that are open when the client is closed fail."""
    with Client(broker.bootstrap, prefix=topic_prefix) as other:
        ticket = other.submit("silent", b"x", deadline_s=1.0)
    with pytest.raises(StreamsError, match="client was closed"):
        ticket.result(1)


def test_same_id_twice(client: Client) -> None:
    """An id that is under way is refused."""
    client.submit("silent", b"x", deadline_s=1.0, request_id="r3")
    with pytest.raises(StreamsError, match="request_id: found 'r3', which is under way"):
        client.submit("silent", b"x", deadline_s=1.0, request_id="r3")


def test_too_large(client: Client) -> None:
    """A request above the limit is refused with the limit, and others still work."""
    with pytest.raises(StreamsError, match="at most 10000 bytes"):
        client.submit("echo", bytes(10_000), deadline_s=1.0)
    assert client.submit("echo", b"1", deadline_s=1.0).result(30).value == 1


def test_missing_topics(broker: Bootstrap, topic_prefix: str) -> None:
    """Topics that are not there are named, with the command that creates them."""
    with pytest.raises(BrokerError, match=rf"no topic {topic_prefix}\.default.*topics create"):
        Client(broker.bootstrap, prefix=topic_prefix)


def test_broker_away() -> None:
    """A broker that is not there is named."""
    address = free_address()
    with pytest.raises(BrokerError, match=f"broker {address} cannot be used"):
        Client(address, connect_s=0.5)


@pytest.mark.parametrize("bootstrap", ["", "localhost", "nonsense:port", "a:1,b", "a :1"])
def test_no_address(bootstrap: str) -> None:
    """What is no address is refused with what is allowed."""
    with pytest.raises(StreamsError, match=r"bootstrap: found .*allowed: host:port"):
        Client(bootstrap)


def free_address() -> str:
    """Where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{closed.getsockname()[1]}"
