"""What ``status`` shows."""

from streams.client.overview import Overview, PoolRow
from streams.commands import status

ROW = PoolRow(
    pool="edge",
    architecture="jetson",
    configuration="c",
    state="1 ready",
    instances=1,
    slots=1,
    running=1,
    queued=0,
    outcomes={"met": 3, "late": 1},
    emulated=True,
)


def test_rows() -> None:
    """One row per pool, and one for requests that ran in none; all with the same columns."""
    rows = status._rows(Overview(pools=(ROW,), nowhere={"met": 0, "late": 2}))
    assert [row["pool"] for row in rows] == ["edge", "(none)"]
    assert (rows[0]["architecture"], rows[0]["emulated"], rows[1]["late"]) == ("jetson", True, 2)
    assert list(rows[0]) == list(rows[1])


def test_short_rows() -> None:
    """A terminal gets few columns: what is emulated says so, outcomes are words."""
    rows = status._short(Overview(pools=(ROW,), nowhere={"met": 0, "late": 2}))
    assert [row["architecture"] for row in rows] == ["jetson (emulated)", ""]
    assert [row["last outcomes"] for row in rows] == ["3 met, 1 late", "2 late"]
    assert list(rows[0]) == list(rows[1])


def test_nothing() -> None:
    """Without pools there are no rows; without pools but with outcomes there is one."""
    assert status._rows(Overview(pools=(), nowhere={})) == []
    assert len(status._rows(Overview(pools=(), nowhere={"late": 1}))) == 1


def test_watch_ends_with_ctrl_c() -> None:
    """Watching shows it again until Ctrl-C, which is no error."""
    seen = []

    def read() -> Overview:
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return Overview(pools=(ROW,), nowhere={})

    status._watch(read, every_s=0.0)
    assert len(seen) == 3
