"""What a figure was measured on, so that nobody compares it with another machine's."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("faust-streaming", "aiokafka", "kafka-python", "onnxruntime", "ai-edge-litert")


def described() -> dict[str, object]:
    """Machine, versions, and how busy it was before."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {processor()}",
        "load_before": round(os.getloadavg()[0], 2),
        "priority": priority(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def priority() -> str:
    """Over other work of the machine: of this process, and of its session where that has one."""
    own = f"nice {os.nice(0)}"
    session = Path("/proc/self/autogroup")
    return (
        f"{own}, session {session.read_text().split(maxsplit=1)[1].strip()}"
        if (session.exists())
        else own
    )


def cpu_s(pid: int) -> float:
    """User and system seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Proportional set size of a process: shared pages are counted once among those who share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def processor() -> str:
    """What the machine calls its processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
