"""Scenario files: what is read, and what is said of mistakes."""

from contextlib import suppress
from math import inf

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import SchedulerError
from scheduler.simulator.scenario import parse, references
from scheduler.simulator.types import Drift, Generated, Outage, Recorded
from tests.support.decisions import CONFIGURATION, profile

FULL = """
name: two-architectures
profiles:                      # seconds per request at batch 1, or by batch size
  resnet50: {edge: 0.012, gpu: {1: 0.003, 4: 6e-3}}
pools:
  - {name: edge, architecture: edge, instances: 4, power_w: {idle: 5, busy: 20}, cold_start_s: 2.0}
  - {name: gpu, architecture: gpu, instances: 1}
hop_s: 0.0                     # each way
estimate_error: {per_profile: 0.0, per_request: 0.0}
drift: [{at_s: 60, architecture: edge, factor: 3.0}]
outages: [{pool: gpu, from_s: 10, to_s: 20}]
requests: {file: requests.csv}
"""
PLAIN = """
name: plain
profiles: {a: {edge: 0.01}}
pools: [{name: edge, architecture: edge}]
requests: {count: 20, load: 0.5}
"""
TWO_ON_ONE = """[{name: a, architecture: edge, device: d},
    {name: b, architecture: edge, device: d, instances: 2}]"""


def test_all_fields() -> None:
    """What the format promises is read as it is written."""
    found = parse(FULL, "x.yaml")
    edge, gpu = found.pools
    assert found.profiles == {"resnet50": {"edge": {1: 0.012}, "gpu": {1: 0.003, 4: 0.006}}}
    assert (edge.instances, edge.cold_start_s, edge.start) == (4, 2.0, "warm")
    assert edge.power_w is not None
    assert (edge.power_w.idle, edge.power_w.busy) == (5.0, 20.0)
    assert found.drift == (Drift(at_s=60.0, architecture="edge", factor=3.0),)
    assert found.outages == (Outage(pool="gpu", from_s=10.0, to_s=20.0),)
    assert found.requests == Recorded(file="requests.csv")
    assert found.seconds("resnet50", gpu) == {1: 0.003, 4: 0.006}


def test_defaults() -> None:
    """All that is not needed may be left out."""
    found = parse(PLAIN, "x.yaml")
    assert (found.hop_s, found.drift, found.outages, found.notice_s) == (0.0, (), (), inf)
    assert found.estimate_error.per_profile == found.estimate_error.per_request == 0.0
    assert not found.estimate_error.told
    assert found.pools[0].instances == 1
    assert isinstance(found.requests, Generated)
    assert found.requests.qos == (2.0, 4.0, 8.0)


@pytest.mark.parametrize(
    "requests",
    [
        "{count: 9, rate: 3, process: gamma, cv: 2, mix: {a: 1}, qos: 3, work_cv: 0.5, expiry: 2}",
        "{count: 9, load: 0.9, process: mmpp, burst: {ratio: 4, share: 0.3, length: 9}, seed: 3}",
        "{count: 9, process: trace, file: x.csv}",
        "{count: 9, process: trace, file: x.csv, load: 1.0, qos: [2, 4]}",
    ],
)
def test_requests_that_are_drawn(requests: str) -> None:
    """All kinds of requests are read."""
    text = PLAIN.replace("{count: 20, load: 0.5}", requests)
    assert isinstance(parse(text, "x.yaml").requests, Generated)


def test_files_that_are_named() -> None:
    """The files that a scenario needs are found without reading them."""
    assert references(FULL, "x.yaml") == (None, "requests.csv")
    assert references(PLAIN.replace("{a: {edge: 0.01}}", "mine/"), "x.yaml") == ("mine/", None)


def test_profiles_of_a_folder() -> None:
    """Without a configuration the fastest of an architecture counts, else the one that is named."""
    other = CONFIGURATION.__class__(engine="litert")
    folder = [
        profile("a", "edge", 0.03, spread=1.0),
        profile("a", "edge", 0.02, spread=1.0, configuration=other),
    ]
    text = PLAIN.replace("{a: {edge: 0.01}}", "mine")
    found = parse(text, "x.yaml", folder)
    assert found.seconds("a", found.pools[0]) == {1: 0.02}
    named = text.replace("architecture: edge", f"architecture: edge, configuration: {KEY}")
    found = parse(named, "x.yaml", folder)
    assert found.seconds("a", found.pools[0]) == {1: 0.03}
    with pytest.raises(SchedulerError, match="found the folder 'mine', allowed: one that was read"):
        parse(text, "x.yaml")


KEY = CONFIGURATION.key


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("name: plain", "nam: plain", "found the field 'nam', allowed: name, profiles, pools"),
        ("name: plain", "name: plain\nname: b", "found name twice, allowed: each key once"),
        ("name: plain", "name: [", "no YAML"),
        ("name: plain", "name: ''", "name: found nothing, allowed: a name"),
        ("name: plain\n", "", "found no field 'name'"),
        ("{a: {edge: 0.01}}", "3", "profiles: found int, allowed: {model: {architecture: seconds"),
        ("{a: {edge: 0.01}}", "{}", "profiles: found none, allowed: at least one model"),
        ("0.01", "-1", "profiles.a.edge: found -1.0, allowed: seconds above 0, finite"),
        ("0.01", "{0: 1}", "profiles.a.edge: found batch size 0, allowed: at least 1"),
        ("0.01", "{}", "profiles.a.edge: found nothing, allowed: seconds, or seconds by"),
        ("0.01", "fast", "profiles.a.edge: found 'fast', allowed: seconds, or {batch"),
        ("{edge: 0.01}", "0.01", "profiles.a: found 0.01, allowed: {architecture: seconds, or"),
        ("0.01", "{one: 1}", "profiles.a.edge: found {'one': 1}, allowed: seconds, or {batch"),
        ("0.01", "", "profiles.a.edge: found None, allowed: seconds, or {batch size"),
        ("architecture: edge", "arch: edge", "pools[0]: found the field 'arch', allowed: name"),
        ("architecture: edge", "architecture: tpu", "allowed: one that a profile names: edge"),
        (
            "architecture: edge",
            "architecture: edge, instances: 0",
            "pools[0].instances: found 0, allowed: 1 to 10000",
        ),
        (
            "architecture: edge",
            "architecture: edge, models: [b]",
            "pools[0].models: found b, allowed: those with a profile there: a",
        ),
        (
            "architecture: edge",
            "architecture: edge, cold_start_s: -1",
            "pools[0].cold_start_s: found -1.0, allowed: seconds, at least 0",
        ),
        (
            "architecture: edge",
            "architecture: edge, power_w: {busy: -1}",
            "pools[0].power_w.busy: found -1.0, allowed: watts, at least 0",
        ),
        (
            "architecture: edge",
            "architecture: edge, power_w: {max: 1}",
            "pools[0].power_w: found the field 'max', allowed: idle, busy",
        ),
        (
            "architecture: edge",
            "architecture: edge, start: hot",
            "pools[0].start: found 'hot', allowed: warm, cold",
        ),
        ("[{name: edge, architecture: edge}]", "[]", "pools: found the names none"),
        (
            "[{name: edge, architecture: edge}]",
            "[{name: edge, architecture: edge}, {name: edge, architecture: edge}]",
            "pools: found the names edge, edge, allowed: at least one pool, each name once",
        ),
        (
            "[{name: edge, architecture: edge}]",
            "[{name: edge, architecture: edge, device: edge}]",
            "pools[0].device: found edge, allowed: not the name of a pool",
        ),
        (
            "[{name: edge, architecture: edge}]",
            TWO_ON_ONE,
            "pools[1].device: found other instances or start than pool a",
        ),
        ("{count: 20, load: 0.5}", "", "requests: found nothing, allowed: {file: requests.csv}"),
        ("{count: 20, load: 0.5}", "{file: x, cout: 1}", "requests: found the field 'cout'"),
        ("load: 0.5", "load: 0.5, rate: 2", "requests: found both or neither, allowed: load or"),
        ("load: 0.5", "load: 0", "requests.load: found 0.0, allowed: above 0"),
        ("load: 0.5", "load: 1, cv: 0", "requests.cv: found 0.0, allowed: above 0"),
        ("load: 0.5", "load: 1, seed: -1", "requests.seed: found -1, allowed: at least 0"),
        ("load: 0.5", "load: 1, process: fractal", "process: found 'fractal', allowed: poisson"),
        ("load: 0.5", "load: 1, file: x", "requests.file: found x, allowed: the arrival times"),
        ("load: 0.5", "load: 1, mix: {z: 1}", "requests.mix: found z, allowed: what a pool serves"),
        ("load: 0.5", "load: 1, mix: {a: 0}", "requests.mix: found no model with a share"),
        ("load: 0.5", "load: 1, mix: {a: -1}", "requests.mix.a: found -1.0, allowed: a share"),
        ("load: 0.5", "load: 1, qos: []", "requests.qos: found [], allowed: numbers above 0"),
        ("load: 0.5", "load: 1, work_cv: -1", "requests.work_cv: found -1.0, allowed: at least 0"),
        ("load: 0.5", "load: 1, expiry: 0", "requests.expiry: found 0.0, allowed: times of the"),
        ("load: 0.5", "load: 1, burst: {share: 1}", "requests.burst: found ratio 5, share 1"),
        ("count: 20", "count: 0", "requests.count: found 0, allowed: 1 to 10000000"),
        ("name: plain", "name: plain\nhop_s: -1", "hop_s: found -1.0, allowed: at least 0"),
        ("name: plain", "name: plain\nnotice_s: -1", "notice_s: found -1.0, allowed: seconds"),
        (
            "name: plain",
            "name: plain\nestimate_error: {per_profile: -1}",
            "estimate_error.per_profile: found -1.0, allowed: at least 0",
        ),
        (
            "name: plain",
            "name: plain\ndrift: [{at_s: 1, factor: 0, architecture: edge}]",
            "drift[0].factor: found 0.0, allowed: above 0",
        ),
        (
            "name: plain",
            "name: plain\ndrift: [{at_s: -1, factor: 2, architecture: edge}]",
            "drift[0].at_s: found -1.0, allowed: seconds, at least 0",
        ),
        (
            "name: plain",
            "name: plain\ndrift: [{at_s: 1, factor: 2}]",
            "drift[0]: found both or neither, allowed: architecture or pool",
        ),
        (
            "name: plain",
            "name: plain\ndrift: [{at_s: 1, factor: 2, architecture: gpu}]",
            "drift[0].architecture: found gpu, allowed: edge",
        ),
        (
            "name: plain",
            "name: plain\ndrift: [{at_s: 1, factor: 2, architecture: edge, instance: 0}]",
            "drift[0].instance: found 0, allowed: only with a pool",
        ),
        (
            "name: plain",
            "name: plain\noutages: [{pool: gpu, from_s: 1}]",
            "outages[0].pool: found gpu, allowed: edge",
        ),
        (
            "name: plain",
            "name: plain\noutages: [{pool: edge, from_s: 2, to_s: 1}]",
            "outages[0].from_s: found 2.0, allowed: at least 0, before to_s = 1",
        ),
        (
            "name: plain",
            "name: plain\noutages: [{pool: edge, from_s: 2, instance: 1}]",
            "outages[0].instance: found 1, allowed: 0 to 0",
        ),
    ],
)
def test_mistakes(was: str, becomes: str, said: str) -> None:
    """The message names the file, the field, what was found and what is allowed."""
    text = PLAIN.replace(was, becomes, 1)
    assert text != PLAIN
    with pytest.raises(SchedulerError) as caught:
        parse(text, "x.yaml")
    assert str(caught.value).startswith("x.yaml")
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "3", "[]", "a", "1: 2"])
def test_no_fields(text: str) -> None:
    """What is no mapping of names is refused."""
    with pytest.raises(SchedulerError, match="allowed: fields with names"):
        parse(text, "x.yaml")


def test_the_format_is_plain_yaml() -> None:
    """A file written by another program from values reads the same."""
    again = yaml.safe_dump(yaml.safe_load(FULL.replace("6e-3", "0.006")))
    assert parse(again, "x.yaml") == parse(FULL, "x.yaml")


_words = st.sampled_from(
    ["name", "profiles", "pools", "requests", "count", "load", "file", "a", "edge", "qos", "device"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words | st.integers(), inner),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_but_messages(data: st.DataObject) -> None:
    """Whatever stands in a field, a file is read or refused with a message."""
    fields = yaml.safe_load(FULL)
    part = data.draw(st.sampled_from([fields, fields["pools"][0], fields["requests"]]))
    part[data.draw(st.sampled_from([*part, "device", "models", "count", "mix"]))] = data.draw(
        _values
    )
    with suppress(SchedulerError):
        parse(yaml.safe_dump(fields), "x.yaml")
