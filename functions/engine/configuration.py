"""What the key of a configuration says about how nets are run."""

import re
from typing import Final

from functions.errors import PermanentError
from profiles.schema import Configuration

AUTO: Final = "auto"
"""The engine of a configuration that leaves it to each model."""

_KEY: Final = re.compile(
    r"(?P<engine>[a-z0-9]+)-(?P<precision>[a-z0-9_]+)-t(?P<threads>[1-9][0-9]{0,2})"
    r"-b(?P<batch>[1-9][0-9]{0,3})(-(?P<power_mode>[A-Za-z0-9_.-]+))?",
    re.ASCII,
)


def parse(key: str) -> Configuration:
    """Read ``onnxruntime-fp32-t1-b4`` or ``litert-int8-t2-b1-15W``.

    Raises:
        PermanentError: says what is allowed.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        allowed = "engine-precision-t<threads>-b<batch>, e.g. onnxruntime-fp32-t1-b1"
        raise PermanentError(f"configuration: found {key[:80]!r}, allowed: {allowed}")
    return Configuration(
        engine=found["engine"],
        precision=found["precision"],
        threads=int(found["threads"]),
        batch=int(found["batch"]),
        power_mode=found["power_mode"],
    )
