"""What ``synergai up`` tells when everything runs. Pure."""

from streams.settings import Settings
from streams.stack.plan import Plan
from streams.topics import Topics


def guide(plan: Plan, settings: Settings, bootstrap: str, app_port: int, *, found: bool) -> str:
    """Where to connect, what runs, what is emulated, and what to try.

    ``found``: commands find the stack by themselves.
    """
    names = Topics(settings)
    tenant = settings.tenants[0]
    facts = [
        ("Kafka", bootstrap),
        ("requests", names.tenant(tenant, "requests")),
        ("answers", f"{names.tenant(tenant, 'results')}, {names.tenant(tenant, 'outcomes')}"),
        ("app", f"http://127.0.0.1:{app_port}/health and /metrics"),
        *(("pool", line) for line in _pools(plan)),
        ("logs", str(settings.data / "logs")),
    ]
    lines = [f"{name:<9} {what}" for name, what in facts]
    return "\n".join(
        [*lines, *_emulated(plan), "", *_try(plan, "" if found else f" --bootstrap {bootstrap}")]
    )


def _pools(plan: Plan) -> list[str]:
    return [
        f"{pool.name}: {pool.architecture}{' (emulated)' if pool.emulated else ''}, "
        f"{pool.configuration}, {pool.slots} slots, {' '.join(plan.urls(pool.name))}"
        for pool in plan.pools
    ]


def _emulated(plan: Plan) -> list[str]:
    names = sorted({pool.architecture for pool in plan.pools if pool.emulated})
    if not names:
        return []
    what = "this machine computes, answers wait by published ratios; no figures of such machines"
    return [f"emulated  {', '.join(names)}: {what}"]


def _try(plan: Plan, there: str) -> list[str]:
    model = plan.pools[0].models[0]
    url = plan.urls(plan.pools[0].name)[0]
    return [
        "Try it in another terminal:",
        f"  synergai submit --model {model} --deadline 300ms{there}",
        f"  synergai status --watch{there}",
        f"  curl {url}/v2/models/{model}",
        "Ctrl-C stops everything.",
    ]
