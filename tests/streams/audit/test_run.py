"""The audit on a real broker: what plain clients wrote is found, what was aborted is not seen."""

import json
import os
import subprocess
import sys
import time

import pytest

from streams.audit import examine, run
from streams.errors import BrokerError, StreamsError
from streams.settings import Settings
from tests.support.broker import Bootstrap
from tests.support.histories import History, straight, varied
from tests.support.published import abort, publish

pytestmark = pytest.mark.kafka


def history_of(prefix: str) -> History:
    """A minute ago, so that everything in it has expired by now."""
    return History(prefix, start_s=time.time() - 90.0)


def command(broker: Bootstrap, prefix: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``synergai audit`` as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "synergai", "audit", "--bootstrap", broker.bootstrap,
         "--prefix", prefix, *arguments],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "SYNERGAI_PARTITIONS": "2"},
    )  # fmt: skip


async def test_a_clean_run_has_no_findings(broker: Bootstrap, topic_prefix: str) -> None:
    """Every kind of life, written as the app and functions write it."""
    history = history_of(topic_prefix)
    varied(history)
    await publish(broker.bootstrap, history)
    ended = command(broker, topic_prefix, "--output", "json")
    assert ended.returncode == 0, ended.stderr + ended.stdout
    report = json.loads(ended.stdout)
    assert report["findings"] == []
    assert report["counts"]["requests"] == 6
    assert report["records"] == len(history.log)
    told = command(broker, topic_prefix)
    assert "clean: every request has exactly one outcome" in told.stdout


async def test_broken_topics_are_found(broker: Bootstrap, topic_prefix: str) -> None:
    """A missing outcome, a doubled one, one of no request, a result of none, a wrong winner."""
    history = history_of(topic_prefix)
    straight(history)
    history.again(straight(history))
    lost = history.ask()
    history.place(lost)
    twice = history.ask(1)
    history.place(twice)
    _, told = history.answer(twice)
    history.conclude(twice, told)
    history.conclude(twice, told)
    wrong = history.ask(1)
    history.place(wrong)
    history.place(wrong)
    history.answer(wrong, 1)
    _, told = history.answer(wrong, 2)
    history.conclude(wrong, told)
    other = History(topic_prefix, start_s=history.now_s)
    nobody = other.ask(1, name="nobody")
    stray = history.ask(0, name="stray")
    history.log.pop()
    history.result(stray)
    history.give_up(nobody, "expired", "expired")
    await publish(broker.bootstrap, history)
    ended = command(broker, topic_prefix, "--output", "json")
    report = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert report["found"] == {
        "no-outcome": 1,
        "second-outcome": 1,
        "wrong-winner": 1,
        "outcome-without-request": 1,
        "result-without-request": 2,
    }
    assert report["counts"]["repeats"] == 1
    missing = next(each for each in report["findings"] if each["kind"] == "no-outcome")
    assert missing["identity"] == lost.identity
    assert missing["place"] == {
        "topic": lost.record.topic, "partition": 0, "offset": lost.record.offset,
    }  # fmt: skip
    assert "no outcome" in missing["found"]
    assert "exactly one outcome" in missing["expected"]


async def test_what_was_aborted_is_not_seen(broker: Bootstrap, topic_prefix: str) -> None:
    """A second outcome in a transaction that was given up is none."""
    history = history_of(topic_prefix)
    straight(history)
    await publish(broker.bootstrap, history)
    outcome = next(each for each in history.log if each.topic.endswith("outcomes"))
    await abort(broker.bootstrap, outcome)
    report = await examine(broker.bootstrap, history.settings)
    assert report.findings == []
    assert report.counts["outcomes"] == 1


async def test_since_leaves_older_requests_out(broker: Bootstrap, topic_prefix: str) -> None:
    """A lost request of an hour ago is no finding of the last ten minutes."""
    history = History(topic_prefix, start_s=time.time() - 3600.0)
    history.ask()
    straight(history)
    history.now_s = time.time() - 90.0
    straight(history)
    await publish(broker.bootstrap, history)
    assert (await examine(broker.bootstrap, history.settings)).found == {"no-outcome": 1}
    report = await examine(broker.bootstrap, history.settings, since_s=time.time() - 600.0)
    assert (report.found, report.counts["requests"]) == ({}, 1)


async def test_open_requests_are_waited_for(broker: Bootstrap, topic_prefix: str) -> None:
    """A request in its life is open; it is looked at again until the time to wait is over."""
    history = History(topic_prefix, start_s=time.time())
    history.ask(life_s=300.0)
    await publish(broker.bootstrap, history)
    begun_s = time.monotonic()
    report = await examine(broker.bootstrap, history.settings, wait_s=2.5)
    assert (report.clean, report.open) == (True, 1)
    assert time.monotonic() - begun_s > 1.0


def test_a_broker_that_is_away_is_told(topic_prefix: str) -> None:
    """Exit code 2, as for wrong use: it is not known whether anything is wrong."""
    with pytest.raises(BrokerError):
        run("127.0.0.1:1", Settings(topic_prefix=topic_prefix))
    away = type("Away", (), {"bootstrap": "127.0.0.1:1"})()
    ended = command(away, topic_prefix)
    assert ended.returncode == 2
    assert "127.0.0.1:1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_prefix_without_topics_is_told(broker: Bootstrap, topic_prefix: str) -> None:
    """It says which topics were looked for and how to create them."""
    with pytest.raises(StreamsError, match=f"{topic_prefix}.<tenant>.requests"):
        run(broker.bootstrap, Settings(topic_prefix=topic_prefix))
    assert command(broker, topic_prefix).returncode == 2
