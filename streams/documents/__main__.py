"""``python -m streams.documents docs/events`` writes the documents anew."""

import sys
from pathlib import Path

from streams.documents.files import write


def main(arguments: list[str]) -> int:
    """Write into the folder given; 2 where none is."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m streams.documents FOLDER\n")
        return 2
    write(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
