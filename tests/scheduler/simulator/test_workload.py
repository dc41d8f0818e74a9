"""Requests from a file."""

from math import inf

import pytest

from scheduler.errors import SchedulerError
from scheduler.simulator.workload import read_arrivals, read_csv

HEADER = "arrival_s,model,qos_s,work\n"


def test_columns_in_order_of_arrival() -> None:
    """Sorted by arrival; those that arrive at once stay in file order."""
    load = read_csv(f"{HEADER}2,b,1,1\n1,a,1,2\n\n1,b,3,1e-1\n", "x.csv")
    assert load.models == ("b", "a")
    assert load.arrival_s.tolist() == [1.0, 1.0, 2.0]
    assert load.model.tolist() == [1, 0, 0]
    assert load.work.tolist() == [2.0, 0.1, 1.0]
    assert load.deadline_s.tolist() == [2.0, 4.0, 3.0]


def test_columns_that_may_be_left_out() -> None:
    """Any order of columns; without a column its default."""
    load = read_csv("\ufeffmodel, qos_s ,arrival_s,priority,expiry_s\na,1,0,2,5\n", "x.csv")
    assert (load.work.tolist(), load.priority.tolist()) == ([1.0], [2])
    assert (load.expiry_s.tolist(), load.size_bytes.tolist()) == ([5.0], [0])
    assert read_csv("arrival_s,model,qos_s\n0,a,1\n", "x.csv").expiry_s.tolist() == [inf]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.csv: line 1: missing: arrival_s, model, qos_s; allowed: arrival_s, model, qos_s"),
        ("arrival_s,model,qos_s,speed\n", "line 1: unknown: speed; allowed"),
        ("arrival_s,model,qos_s,model\n", "line 1: twice: model; allowed"),
        (HEADER, "x.csv: found no request, allowed: at least one line"),
        (f"{HEADER}0,a,1\n", "line 2: found 3 values, allowed: 4"),
        (f"{HEADER}0,a,1,1\nsoon,a,1,1\n", "line 3: arrival_s: found 'soon', allowed: seconds"),
        (f"{HEADER}-1,a,1,1\n", "arrival_s: found '-1', allowed: seconds, at least 0"),
        (f"{HEADER}0,,1,1\n", "model: found nothing, allowed: the name of a model"),
        (f"{HEADER}0,a,0,1\n", "qos_s: found '0', allowed: seconds above 0"),
        (f"{HEADER}0,a,1,nan\n", "work: found 'nan', allowed: a number above 0"),
        ("arrival_s,model,qos_s,priority\n0,a,1,1.5\n", "priority: found '1.5', allowed: a whole"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    """The message names the file, the line, the column, what was found and what is allowed."""
    with pytest.raises(SchedulerError) as caught:
        read_csv(text, "x.csv")
    assert said in str(caught.value)


def test_arrivals() -> None:
    """A number a line, or the column of that name; sorted."""
    assert read_arrivals("3\n1\n\n2.5\n", "t").tolist() == [1.0, 2.5, 3.0]
    assert read_arrivals("n,arrival_s\n1,4\n2,3\n", "t").tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\n", "t: found 1 arrival times, allowed: at least 2"),
        ("", "t: found 0 arrival times"),
        ("1\nlater\n", "t: line 2: arrival_s: found 'later', allowed: seconds"),
        ("n,arrival_s\n1\n2,3\n", "t: line 2: arrival_s: found '', allowed"),
    ],
)
def test_mistakes_in_a_trace(text: str, said: str) -> None:
    """The message names the file, the line, what was found and what is allowed."""
    with pytest.raises(SchedulerError) as caught:
        read_arrivals(text, "t")
    assert said in str(caught.value)
