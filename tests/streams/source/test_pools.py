"""The file of pools."""

from pathlib import Path

import pytest

from streams.errors import StreamsError
from streams.source import pools
from streams.source.schema import SourcePool


def test_round_trip(tmp_path: Path) -> None:
    """What is written is read, and nothing else is left in the folder."""
    file = tmp_path / "pools.json"
    wanted = (SourcePool(name="edge", topic="t", urls=("http://127.0.0.1:1",), in_flight=3),)
    pools.write(file, wanted)
    assert pools.read(file) == wanted
    assert [entry.name for entry in tmp_path.iterdir()] == ["pools.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "a JSON array of pools"),
        ('[{"name": "a"}]', "`topic`"),
        ('[{"name": "a", "topic": "t", "url": []}]', "`url`"),
        ('[{"name": "a", "topic": "t", "in_flight": "many"}]', "in_flight"),
        ('[{"name": "a", "topic": "t", "in_flight": 0}]', "found 0, allowed: at least 1"),
        ('[{"name": "a", "topic": "t", "urls": ["localhost:80"]}]', "allowed: http://host:port"),
        ('[{"name": "a", "topic": "t"}, {"name": "a", "topic": "u"}]', "name: found 'a' twice"),
        ('[{"name": "a", "topic": "t"}, {"name": "b", "topic": "t"}]', "topic: found 't' twice"),
    ],
)
def test_bad_file(tmp_path: Path, text: str, said: str) -> None:
    """A bad file is named with the field, what was found and what is allowed."""
    file = tmp_path / "pools.json"
    file.write_text(text)
    with pytest.raises(StreamsError) as caught:
        pools.read(file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is said with the system's own words."""
    with pytest.raises(StreamsError, match="No such file"):
        pools.read(tmp_path / "none.json")
