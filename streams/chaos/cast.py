"""Who takes part: broker, apps, sources, functions, and the ways between them. Starts nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from profiles.schema import Configuration, Latency, Profile, Source
from profiles.store import save
from streams.broker.options import BrokerOptions, Door
from streams.chaos import net
from streams.chaos.link import Link
from streams.chaos.schedule import BROKER, line
from streams.chaos.schema import Plan
from streams.settings import Settings
from streams.source import pools
from streams.source.schema import SourcePool
from streams.stack.children import Command
from streams.stack.free_ports import free_ports
from streams.stack.plan import LEAN, count, make
from streams.stack.plan import Plan as StackPlan
from streams.stack.running import command
from streams.stack.schema import PoolSpec, StackFile

CONFIGURATION = Configuration(engine="onnxruntime")
SERVICE_S = {"edge": 0.02, "server": 0.01}
"""What a request takes on each of the two architectures, about."""
_OWN_S = 0.00006
"""What the net takes on this machine, about: the rest is pacing."""
_SLOTS = 2
_PORTS_EACH = 5
_GRACE_S = 15.0


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a campaign starts, in values; every process comes to the broker by a link."""

    settings: Settings
    stack: StackPlan
    commands: Mapping[str, Command]
    links: Mapping[str, Link]
    health: Mapping[str, str]
    """Name to URL of everything that says whether it is ready."""
    skews: Mapping[str, float]
    """By how much whose clock is off."""
    broker: BrokerOptions
    apps: tuple[str, ...]
    sources: tuple[str, ...]
    functions: tuple[str, ...]


class _Way(NamedTuple):
    """Of one process to the broker: the proxy's port, and the broker's own behind it."""

    near: int
    far: int


def gather(plan: Plan) -> Cast:
    """Choose ports and clocks; write model, profiles and the source's pools.

    Raises:
        StackError: there are not enough free ports.
    """
    apps = tuple(f"app-{number}" for number in range(1, plan.apps + 1))
    sources = tuple(f"source-{number}" for number in range(1, plan.sources + 1))
    settings = _settings(plan)
    net.write(plan.folder / "model")
    save(_profiles(), plan.folder / "profiles.yaml")
    ports = iter(free_ports(_PORTS_EACH * (plan.apps + plan.sources + 2 * plan.instances + 1)))
    stack = _stack(plan, settings, ports)
    functions = tuple(instance.name for instance in stack.instances)
    ways = {name: _Way(next(ports), next(ports)) for name in (*apps, *sources, *functions)}
    fronts = {name: next(ports) for name in functions}
    app_ports = {name: next(ports) for name in apps}
    pools.write(plan.folder / "pools.json", _pools(stack, fronts))
    skews = _skews(plan, (*apps, *functions))
    links = {line(name, BROKER): Link(way.near, way.far) for name, way in ways.items()}
    links |= {line("source", i.name): Link(fronts[i.name], i.port) for i in stack.instances}
    return Cast(
        settings=settings,
        stack=stack,
        commands={
            name: _on_its_clock(command(name, arguments, environment, _logs(plan)), skews)
            for name, arguments, environment in _serving(plan, settings, stack, app_ports, ways)
        },
        links=links,
        health=_health(stack, app_ports),
        skews=skews,
        broker=_broker(plan, next(ports), ways.values()),
        apps=apps,
        sources=sources,
        functions=functions,
    )


_Serving = tuple[str, tuple[str, ...], dict[str, str]]


def _serving(
    plan: Plan,
    settings: Settings,
    stack: StackPlan,
    app_ports: Mapping[str, int],
    ways: Mapping[str, _Way],
) -> Iterator[_Serving]:
    """Name, arguments and environment of every process but the broker."""
    listed = str(plan.folder / "pools.json")
    instances = {instance.name: dict(instance.environment) for instance in stack.instances}
    for name, way in ways.items():
        way_in = {"SYNERGAI_KAFKA_BOOTSTRAP": f"127.0.0.1:{way.near}"}
        if name in instances:
            yield name, ("function", "serve"), instances[name] | way_in
        elif name in app_ports:
            yield name, ("app", "serve"), _app(plan, settings, app_ports[name]) | way_in
        else:
            yield name, ("source", "serve", "--pools", listed), LEAN | way_in


def _on_its_clock(given: Command, skews: Mapping[str, float]) -> Command:
    """The command, through what shifts its clock if that is off."""
    if given.name not in skews:
        return given
    python, safe, as_module, _, *arguments = given.arguments
    skewed = (python, safe, as_module, "streams.chaos.skewed", str(skews[given.name]), *arguments)
    return msgspec.structs.replace(given, arguments=skewed)


def _logs(plan: Plan) -> Path:
    folder = plan.folder / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def _settings(plan: Plan) -> Settings:
    return Settings(
        topic_prefix="chaos",
        cache=plan.cache,
        data=plan.folder,
        grace_s=_GRACE_S,
        session_timeout_s=plan.session_timeout_s,
    )


def _stack(plan: Plan, settings: Settings, ports: Iterator[int]) -> StackPlan:
    specs = tuple(
        PoolSpec(
            name=name,
            architecture=name,
            instances=plan.instances,
            slots=_SLOTS,
            configuration=CONFIGURATION,
        )
        for name in SERVICE_S
    )
    file = StackFile(models=(net.NAME,), pools=specs, model_folders=(str(plan.folder / "model"),))
    pacing = {name: {net.NAME: seconds / _OWN_S} for name, seconds in SERVICE_S.items()}
    return make(file, settings, pacing, "", [next(ports) for _ in range(count(file))])


def _profiles() -> list[Profile]:
    return [
        Profile(
            model=net.NAME,
            architecture=architecture,
            configuration=CONFIGURATION,
            latency_by_batch={
                1: Latency(mean_s=seconds, p50_s=seconds, p90_s=2 * seconds, p99_s=3 * seconds)
            },
            source=Source(kind="derived", detail="made up for a campaign"),
        )
        for architecture, seconds in SERVICE_S.items()
    ]


def _pools(stack: StackPlan, fronts: Mapping[str, int]) -> list[SourcePool]:
    def urls(pool: str) -> Iterator[str]:
        return (f"http://127.0.0.1:{fronts[i.name]}" for i in stack.instances if i.pool == pool)

    return [
        SourcePool(name=pool.name, topic=pool.topic, urls=tuple(urls(pool.name)))
        for pool in stack.pools
    ]


def _skews(plan: Plan, names: Sequence[str]) -> dict[str, float]:
    """Half of the clocks are off, the ends of the range among them."""
    random = Random(f"clocks {plan.seed}")
    most_s = plan.skew_s / 2
    drawn = [most_s, -most_s, *(random.uniform(-most_s, most_s) for _ in names)]
    return {name: round(drawn[at // 2], 3) for at, name in enumerate(names) if at % 2}


def _app(plan: Plan, settings: Settings, port: int) -> dict[str, str]:
    return {
        **LEAN,
        "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
        "SYNERGAI_PROFILES": str(plan.folder / "profiles.yaml"),
        "SYNERGAI_APP_PORT": str(port),
        "SYNERGAI_GRACE_S": str(settings.grace_s),
        "SYNERGAI_SESSION_TIMEOUT_S": str(settings.session_timeout_s),
    }


def _health(stack: StackPlan, app_ports: Mapping[str, int]) -> dict[str, str]:
    apps = {name: f"http://127.0.0.1:{port}/health" for name, port in app_ports.items()}
    return apps | {i.name: f"{i.url}/v2/health/ready" for i in stack.instances}


def _broker(plan: Plan, port: int, ways: Iterable[_Way]) -> BrokerOptions:
    return BrokerOptions(
        cache=plan.cache,
        data=plan.folder / "broker",
        jars=plan.jars,
        port=port,
        doors=tuple(Door(port=way.far, advertised=way.near) for way in ways),
    )
