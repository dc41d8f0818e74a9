"""``python -m tests.golden`` keeps every event format that changed, under its next number."""

import sys

from tests.golden import kept, written


def main() -> int:
    """Write what is new, and say so."""
    for event, golden in written.everything().items():
        if kept.is_new(event, golden):
            sys.stdout.write(f"{kept.add(event, golden).relative_to(kept.FOLDER.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
