"""Fetching payloads through fsspec, off the event loop, bounded in time, size and number."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from functions.claims.places import ClaimError, checked, place_of
from functions.cloudevents import CloudEvent
from functions.errors import TemporaryError

Fetch = Callable[[str, int], bytes]
"""From a URL, so many bytes at most; raises OSError, or whatever the storage's library does."""
_AT_ONCE: Final = 8
_LOCAL: Final = "file://"
_AGAIN_S: Final = 1.0


class Claims:
    """Follows the references of events."""

    def __init__(
        self, places: tuple[str, ...], largest_bytes: int, patience_s: float, fetch: Fetch
    ) -> None:
        """``patience_s`` is the longest that a fetch may take.

        Raises:
            PermanentError: a place that is no URL of a folder.
        """
        self._places, self._largest, self._patience_s = checked(places), largest_bytes, patience_s
        self._fetch = fetch
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def resolved(self, event: CloudEvent, within_s: float) -> CloudEvent:
        """The event with its payload; as it is where that came along.

        Raises:
            ClaimError: not allowed, not there, too large, or not what the event says.
            TemporaryError: not fetched within ``within_s`` or ``patience_s``, or not now.
        """
        reference = event.extension("dataref")
        if not reference or event.data:
            return event
        place = place_of(reference, self._places)
        limit_s = max(0.0, min(within_s, self._patience_s))
        try:
            async with asyncio.timeout(limit_s):
                data = await self._fetched(reference, place)
        except TimeoutError:
            message = f"ce_dataref: {reference!r:.200} was not fetched within {limit_s:.3g} s"
            raise TemporaryError(message, after_s=_AGAIN_S) from None
        self._check(event, data)
        return msgspec.structs.replace(event, data=data)

    async def _fetched(self, reference: str, place: str) -> bytes:
        """In a thread that nobody waits for at the end: a storage that hangs holds up nothing."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[bytes] = loop.create_future()

        def end(data: bytes | None, error: Exception | None) -> None:
            self._free.release()
            if found.done():
                return
            if error is not None:
                found.set_exception(error)
            else:
                found.set_result(data or b"")

        def run() -> None:
            data, error = self._tried(reference, place)
            with contextlib.suppress(RuntimeError):  # the loop is closed by now
                loop.call_soon_threadsafe(end, data, error)

        threading.Thread(target=run, name="claim", daemon=True).start()
        return await found

    def _tried(self, reference: str, place: str) -> tuple[bytes | None, Exception | None]:
        try:
            _check_inside(reference, place)
            return self._fetch(reference, self._largest + 1), None
        except ClaimError as error:
            return None, error
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None, ClaimError(f"ce_dataref: {reference!r:.200} is not there")
        except PermissionError as error:
            return None, ClaimError(f"ce_dataref: {reference!r:.200} may not be read: {error}")
        except Exception as error:  # noqa: BLE001 - each storage has its own
            message = f"ce_dataref: {reference!r:.200} cannot be fetched now: {error!r:.300}"
            return None, TemporaryError(message, after_s=_AGAIN_S)

    def _check(self, event: CloudEvent, data: bytes) -> None:
        if len(data) > self._largest:
            allowed = f"allowed: at most {self._largest} (SYNERGAI_CLAIM_CHECK_BYTES)"
            raise ClaimError(f"ce_dataref: found more bytes than that, {allowed}")
        said = event.extension("datasize")
        if said and said != str(len(data)):
            raise ClaimError(f"ce_datasize: found {said[:20]!r}, but dataref has {len(data)} bytes")


def fetch(url: str, most: int) -> bytes:
    """So many bytes of ``url`` at most, by whatever library fsspec has for its scheme.

    Raises:
        ClaimError: no library for it is installed.
        OSError: it is not there, or not readable.
    """
    try:
        import fsspec  # noqa: PLC0415 - only who fetches needs it
    except ImportError:
        raise ClaimError("ce_dataref: fsspec is not installed here; pip install fsspec") from None
    try:
        opened: Any = fsspec.open(url, "rb")
    except (ImportError, ValueError) as error:  # ValueError: an unknown scheme
        raise ClaimError(f"ce_dataref: {url!r:.200} cannot be fetched here: {error}") from None
    with opened as file:
        data: bytes = file.read(most)
        return data


def _check_inside(reference: str, place: str) -> None:
    """A link inside an allowed folder must not lead out of it."""
    if not reference.startswith(_LOCAL):
        return
    target = Path(reference.removeprefix(_LOCAL)).resolve()
    if not target.is_relative_to(Path(place.removeprefix(_LOCAL)).resolve()):
        raise ClaimError(f"ce_dataref: {reference!r:.200} leads out of {place}")
