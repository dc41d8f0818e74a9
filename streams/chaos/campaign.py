"""A whole campaign: everybody on stage, load, failover times, rounds of faults, and the judges."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from scheduler.warming import warm
from streams import audit
from streams.broker.options import Progress, silent
from streams.chaos import failover, reading
from streams.chaos.cast import gather
from streams.chaos.producer import Load
from streams.chaos.report import Report, Round
from streams.chaos.schedule import drawn, targets
from streams.chaos.schema import Fault, Finding, Plan
from streams.chaos.stage import Stage, staged
from streams.chaos.watch import Watch
from streams.topics import Topics

Say = Callable[[str], None]
_LOOK_S: Final = 0.1
_WARM_S: Final = 3.0
_SHOWN: Final = 20


async def run(
    plan: Plan,
    say: Say,
    progress: Progress = silent,
    script: Sequence[Sequence[Fault]] | None = None,
) -> Report:
    """Play the plan; ends by itself, and every process it started with it.

    ``script``: the faults of each round, instead of what is drawn.

    Raises:
        BrokerError: the broker cannot be started.
        StackError: a process does not get ready.
    """
    cast = gather(plan)
    progress("making the scheduler ready (half a minute the first time)", 0, 0)
    await asyncio.to_thread(warm, cast.settings.policy, cast.settings.policy_parameters)
    requests = Topics(cast.settings).tenant(cast.settings.tenants[0], "requests")
    bootstrap = f"127.0.0.1:{cast.broker.port}"
    load = Load(bootstrap, requests, plan.rate, plan.skew_s / 2, plan.seed)
    watch = Watch(bootstrap, cast.settings)
    async with staged(cast, load.garble, progress) as stage, _watched(stage, watch, load):
        await stage.ready()
        say(f"{len(stage.actors)} processes are ready; seed {plan.seed}")
        return await _Campaign(plan, stage, load, watch, say).play(script)


@asynccontextmanager
async def _watched(stage: Stage, watch: Watch, load: Load) -> AsyncIterator[None]:
    await load.start()
    await watch.start()
    watching = asyncio.create_task(stage.watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await watch.stop()
        await load.stop()


class _Campaign:
    def __init__(self, plan: Plan, stage: Stage, load: Load, watch: Watch, say: Say) -> None:
        self._plan, self._stage, self._load, self._watch = plan, stage, load, watch
        self._say = say
        self._bootstrap = f"127.0.0.1:{stage.cast.broker.port}"
        self._rounds: list[Round] = []

    async def play(self, script: Sequence[Sequence[Fault]] | None) -> Report:
        """Failover times, rounds, and what came of it."""
        plan, cast = self._plan, self._stage.cast
        begun_s = time.time()
        times = await self._failover() if plan.trials else None
        for number, faults in enumerate(self._drawn() if script is None else script, 1):
            async with self._loaded():
                await asyncio.sleep(_WARM_S)
                await self._suffer(faults)
            await self._settle(f"round {number}")
        requests = len(self._load.acknowledged)
        past = self._stage.past
        return Report(
            seed=plan.seed,
            seconds=time.time() - begun_s,
            rate=plan.rate,
            requests=requests,
            garbled=self._load.garbled,
            happened=tuple(past),
            rounds=tuple(self._rounds),
            repeats=await reading.repeats(self._bootstrap, cast.settings, requests, past),
            failover=times,
            skews=cast.skews,
            cores=os.cpu_count() or 1,
            load=os.getloadavg()[0],
            findings=tuple(self._stage.findings),
        )

    def _drawn(self) -> Iterator[list[Fault]]:
        plan, cast, random = self._plan, self._stage.cast, Random(self._plan.seed)
        among = targets(cast.apps, cast.sources, cast.functions)
        for _ in range(plan.rounds):
            yield list(drawn(among, plan.faults, plan.gap_s, random))

    async def _failover(self) -> failover.Failover:
        async with self._loaded():
            await asyncio.sleep(_WARM_S)
            times = await failover.measure(self._stage, self._watch, self._plan.trials)
        await self._settle("failover")
        return times

    @asynccontextmanager
    async def _loaded(self) -> AsyncIterator[None]:
        enough = asyncio.Event()
        running = asyncio.create_task(self._load.run(enough))
        try:
            yield
        finally:
            enough.set()
            await running

    async def _suffer(self, faults: Sequence[Fault]) -> None:
        begun_s = time.monotonic()

        if self._plan.orderly:
            for fault in faults:
                await self._stage.suffer(fault)
                await self._stage.ready()
            return

        async def later(fault: Fault) -> None:
            await asyncio.sleep(max(0.0, begun_s + fault.at_s - time.monotonic()))
            self._say(f"{fault.at_s:7.1f} s  {fault.kind} {fault.target} for {fault.lasts_s:.1f} s")
            await self._stage.suffer(fault)

        await asyncio.gather(*map(later, faults))

    async def _settle(self, name: str) -> None:
        """Wait until everybody is well and every request has its outcome; then audit."""
        begun_s = time.monotonic()
        await self._stage.ready()
        wanted, concluded = self._load.acknowledged, self._watch.concluded
        until_s = begun_s + self._plan.settle_s
        while wanted - concluded and time.monotonic() < until_s:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)
        took_s = time.monotonic() - begun_s
        open_ = sorted(wanted - concluded)
        audited = await asyncio.to_thread(audit.run, self._bootstrap, self._stage.cast.settings)
        self._found(name, open_, audited)
        counts = {**audited.counts, "records": audited.records}
        self._rounds.append(Round(name=name, settled_s=took_s, open=len(open_), audited=counts))
        found = ", ".join(f"{kind} {count}" for kind, count in audited.found.items()) or "nothing"
        self._say(
            f"{name}: settled in {took_s:.1f} s; {len(wanted)} requests, {len(open_)} without "
            f"outcome; the audit of {audited.records} records found {found}"
        )

    def _found(self, name: str, open_: Sequence[str], audited: audit.Report) -> None:
        findings = self._stage.findings
        findings += [Finding(what="open", subject=each, detail=name) for each in open_[:_SHOWN]]
        for one in audited.findings[:_SHOWN]:
            detail = f"{name}: {one.place}: {one.found}; expected: {one.expected}"
            finding = Finding(what=one.kind, subject=one.identity, detail=detail)
            if finding.subject not in {each.subject for each in findings}:
                findings.append(finding)
