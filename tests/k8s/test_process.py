"""Programs of the bed end with the tests, and not before."""

import threading
import time
from pathlib import Path

from tests.k8s.bed.process import Process


def test_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    """What a test starts from a thread of its own still runs for the next test."""
    found: list[Process] = []
    thread = threading.Thread(
        target=lambda: found.append(Process(["sleep", "60"], tmp_path / "log"))
    )
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert found[0].exit_code is None, found[0].tail()
    found[0].kill()
