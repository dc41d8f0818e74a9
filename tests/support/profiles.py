"""Profiles for tests: plausible ones by hand, arbitrary ones by hypothesis."""

from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from profiles.schema import Configuration, Latency, Profile, Source, SourceKind


def latency(p50_s: float = 0.01, samples: int = 100) -> Latency:
    """A latency with a tail of half its median."""
    return Latency(
        mean_s=p50_s * 1.05, p50_s=p50_s, p90_s=p50_s * 1.2, p99_s=p50_s * 1.5, samples=samples
    )


def profile(**changes: Any) -> Profile:
    """A profile in which nothing is implausible, with ``changes``."""
    plausible = Profile(
        model="silero-vad",
        architecture="this-machine",
        configuration=Configuration(engine="onnxruntime"),
        latency_by_batch={1: latency(0.01), 2: latency(0.018)},
        source=Source(
            kind="measured", detail="synergai profile measure", machine="m", versions={"v": "1"}
        ),
        throughput_rps=106.0,
    )
    return msgspec.structs.replace(plausible, **changes)


_seconds = st.floats(min_value=1e-9, max_value=1e6)
_texts = st.text(max_size=12)

latencies = st.builds(
    Latency,
    mean_s=_seconds,
    p50_s=_seconds,
    p90_s=_seconds,
    p99_s=_seconds,
    samples=st.integers(0, 10**6),
)
"""Any latency, plausible or not."""

configurations = st.builds(
    Configuration,
    engine=_texts,
    precision=_texts,
    threads=st.integers(1, 64),
    batch=st.integers(1, 64),
    power_mode=st.none() | st.text(min_size=1, max_size=5),
)
sources = st.builds(
    Source,
    kind=st.sampled_from(get_args(SourceKind)),
    detail=_texts,
    licence=_texts,
    machine=_texts,
    versions=st.dictionaries(_texts, _texts, max_size=3),
    seed=st.none() | st.integers(0, 2**31),
)
profiles = st.builds(
    Profile,
    model=_texts,
    architecture=_texts,
    configuration=configurations,
    latency_by_batch=st.dictionaries(st.integers(1, 64), latencies, min_size=1, max_size=3),
    source=sources,
    throughput_rps=st.none() | _seconds,
    energy_j=st.none() | _seconds,
    memory_bytes=st.none() | st.integers(0, 2**40),
    cold_start_s=st.none() | _seconds,
)
"""Any profile that the schema allows."""
