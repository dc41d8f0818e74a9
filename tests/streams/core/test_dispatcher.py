"""The seams of the core."""

import subprocess
import sys
from typing import TYPE_CHECKING

from scheduler.estimator import Estimator
from streams.core import Dispatcher
from tests.support.stream_policy import FirstIdle
from tests.support.stream_world import SETTINGS, World

if TYPE_CHECKING:
    from streams.core.slots import Estimates
    from streams.ports import Core


def test_the_dispatcher_is_a_core_over_the_schedulers_estimator() -> None:
    """The type checker holds it to both protocols; here it runs."""
    estimates: Estimates = Estimator(())
    core: Core = Dispatcher(SETTINGS, FirstIdle(), estimates, World().topics, "v1")
    assert core.tick(0.0) == []


def test_the_core_brings_neither_faust_nor_a_kafka_client_nor_an_event_loop() -> None:
    """It can be tried anywhere in milliseconds."""
    program = "import sys, streams.core; print([m for m in sys.argv[1:] if m in sys.modules])"
    foreign = ["asyncio", "faust", "aiokafka", "kafka", "kubernetes", "onnxruntime"]
    command = [sys.executable, "-c", program, *foreign]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
