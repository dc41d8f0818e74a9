"""``python -m streams.documents docs`` writes the generated documents anew."""

import sys
from pathlib import Path

from streams.documents import deployment, settings
from streams.documents.files import write


def main(arguments: list[str]) -> int:
    """Write into the folder given; 2 where none is."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m streams.documents FOLDER\n")
        return 2
    folder = Path(arguments[0])
    write(folder / "events")
    settings.write(folder / "reference")
    deployment.write(folder / "reference")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
