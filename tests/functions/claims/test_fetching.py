"""Following references, with storages in memory that behave and that do not."""

import threading

import pytest

from functions.claims.fetching import Claims, Fetch
from functions.claims.places import ClaimError
from functions.cloudevents import CloudEvent
from functions.errors import TemporaryError

PLACES = ("memory://in",)


def event(reference: str = "memory://in/1", data: bytes = b"", **more: str) -> CloudEvent:
    """An event that names a payload."""
    extensions = {"dataref": reference, **more} if reference else more
    return CloudEvent(id="1", source="s", type="t", extensions=extensions, data=data)


def claims(fetch: Fetch, places: tuple[str, ...] = PLACES) -> Claims:
    """Ten bytes at most, for half a minute."""
    return Claims(places, 10, 30.0, fetch)


def failing(error: Exception) -> Fetch:
    """A storage that raises."""

    def fetch(url: str, most: int) -> bytes:
        raise error

    return fetch


def holding(data: bytes) -> Fetch:
    """A storage that has this everywhere."""

    def fetch(url: str, most: int) -> bytes:
        return data[:most]

    return fetch


async def test_the_payload_takes_the_place_of_the_reference() -> None:
    """The event is otherwise as it was."""
    found = await claims(holding(b"payload")).resolved(event(datasize="7"), 10.0)
    assert (found.data, found.extension("dataref")) == (b"payload", "memory://in/1")


@pytest.mark.parametrize("given", [event("", b"data"), event(data=b"data"), event("")])
async def test_nothing_is_fetched_without_need(given: CloudEvent) -> None:
    """Without a reference, or with the data along."""
    assert await claims(failing(OSError("asked"))).resolved(given, 10.0) is given


@pytest.mark.parametrize(
    ("given", "fetch", "said"),
    [
        (event("memory://out/1"), holding(b"x"), "allowed below: memory://in/"),
        (event(), failing(FileNotFoundError("no")), "'memory://in/1' is not there"),
        (event(), failing(IsADirectoryError("no")), "'memory://in/1' is not there"),
        (event(), failing(PermissionError("no")), "may not be read: no"),
        (event(), failing(ClaimError("no library")), "no library"),
        (event(), holding(b"x" * 11), "allowed: at most 10"),
        (event(datasize="8"), holding(b"payload"), "found '8', but dataref has 7 bytes"),
    ],
)
async def test_what_no_retry_can_help_is_permanent(
    given: CloudEvent, fetch: Fetch, said: str
) -> None:
    """Not allowed, not there, too large, not what was announced."""
    with pytest.raises(ClaimError, match=said):
        await claims(fetch).resolved(given, 10.0)


@pytest.mark.parametrize("error", [OSError("reset"), ConnectionError("away"), RuntimeError("odd")])
async def test_a_storage_that_fails_is_tried_again(error: Exception) -> None:
    """Whatever its library raises."""
    with pytest.raises(TemporaryError, match="cannot be fetched now"):
        await claims(failing(error)).resolved(event(), 10.0)


async def test_a_storage_that_hangs_is_given_up() -> None:
    """After the time that the request has, or that the settings allow; it may come another time."""
    hanging = threading.Event()

    def fetch(url: str, most: int) -> bytes:
        hanging.wait(30.0)
        return b"late"

    with pytest.raises(TemporaryError, match=r"not fetched within 0\.01 s"):
        await claims(fetch).resolved(event(), 0.01)
    hanging.set()


async def test_storages_that_hang_take_a_bounded_number_of_threads() -> None:
    """The ninth fetch waits for one of the eight before it."""
    hanging, begun = threading.Event(), []

    def fetch(url: str, most: int) -> bytes:
        begun.append(url)
        hanging.wait(30.0)
        return b"late"

    many = claims(fetch)
    for _ in range(9):
        with pytest.raises(TemporaryError):
            await many.resolved(event(), 0.01)
    assert len(begun) == 8
    hanging.set()
    assert (await many.resolved(event(), 30.0)).data == b"late"
