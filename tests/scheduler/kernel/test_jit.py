"""Where compiled code is, and what its cache goes by."""

import re
from pathlib import Path

import scheduler
from scheduler.kernel.jit import COMPILED

DECORATED = re.compile(r"^@(compiled|borrowing)$", re.MULTILINE)
ROOT = Path(scheduler.__file__).parent


def test_all_that_is_compiled_is_in_the_name_of_the_cache() -> None:
    """Functions are compiled in those folders only whose sources the cache's name is made of."""
    found = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.rglob("*.py")
        if DECORATED.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(COMPILED)
