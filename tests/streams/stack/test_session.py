"""How soon a stack misses a worker that was killed."""

from pathlib import Path

import pytest

from streams.settings import Settings
from streams.stack.starting import app_environment


@pytest.mark.parametrize(
    ("settings", "ours", "session"),
    [
        (Settings(), True, "3"),
        (Settings(), False, "6"),
        (Settings(session_timeout_s=10.0), True, "10"),
    ],
)
def test_the_session_is_short_where_the_broker_allows_it(
    settings: Settings, ours: bool, session: str
) -> None:
    """Another's broker may refuse less than six seconds; what was asked for is kept."""
    told = app_environment(settings, "host:1", Path("profiles.yaml"), 1, ours=ours)
    assert told["SYNERGAI_SESSION_TIMEOUT_S"] == session
