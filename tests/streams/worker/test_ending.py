"""A process whose threads do not end, ends."""

import subprocess
import sys

import pytest

SCRIPT = """
import threading, time
from streams.errors import BrokerError, StreamsError
from streams.worker import ending

async def main():
    threading.Thread(target=time.sleep, args=(300,)).start()
    {last}

try:
    ending.run(main())
finally:
    time.sleep({slow_s})
    print("said", flush=True)
"""


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ("pass", 0),
        ("raise StreamsError('app_port: found 1')", 2),
        ("raise BrokerError('away')", 1),
        ("raise RuntimeError('a fault of ours')", 1),
    ],
)
def test_a_thread_that_goes_on_does_not_keep_the_process(last: str, code: int) -> None:
    """The exit code is that of what happened, and what is said last is said, however slowly."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(last=last, slow_s=1.5)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "said\n"), done.stderr
