"""Memory and load, read from /proc."""

import os
from pathlib import Path

import pytest

from streams.stack.load import Load, spent_s
from streams.stack.memory import held_bytes


def test_a_process_holds_memory_and_one_that_is_gone_none(tmp_path: Path) -> None:
    """By name, in bytes."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "smaps_rollup").write_text("Rss:  9 kB\nPss:  4 kB\nPss_Anon: 1 kB\n")
    assert held_bytes({"app": 7, "gone": 8}, tmp_path) == {"app": 4096, "gone": 0}
    assert held_bytes({"me": os.getpid()})["me"] > 2**20


def test_load_is_the_busy_share_since_the_last_look(tmp_path: Path) -> None:
    """Idle and waiting for disks are not busy."""
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 0 100 0 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1\n")
    load = Load(stat)
    assert load.busy() == 0.0
    stat.write_text("cpu  130 0 0 150 20 0 0 0 0 0\n")
    assert load.busy() == pytest.approx(0.3)


def test_processor_time_is_read_whatever_a_process_is_called(tmp_path: Path) -> None:
    """User and system time in seconds; one that is gone counts for nothing."""
    (tmp_path / "7").mkdir()
    ticks = os.sysconf("SC_CLK_TCK")
    fields = ["S", *"1234567890", str(2 * ticks), str(ticks), "9"]
    (tmp_path / "7" / "stat").write_text(f"7 (a ) b) {' '.join(fields)}")
    assert spent_s([7, 8], tmp_path) == 3.0
    assert spent_s([os.getpid()]) > 0
