"""Buckets of tokens that several processes share."""

import subprocess
import sys

import pytest

from assay.store.upkeep.shared_buckets import SharedBuckets

ONE_PROCESS = """
import sys
from pathlib import Path
from assay.store.upkeep.shared_buckets import SharedBuckets
buckets = SharedBuckets(Path(sys.argv[1]))
sys.stdin.readline()
print(sum(buckets.take("a", per_minute=500, now=100.0).wait == 0 for _ in range(400)))
"""


@pytest.fixture
def buckets(tmp_path):
    return SharedBuckets(tmp_path / "limits")


def takes(buckets, name, times, *, now=100.0, per_minute=3, cost=1.0):
    return [not buckets.take(name, per_minute=per_minute, now=now, cost=cost).wait for _ in range(times)]


def test_a_bucket_holds_a_minute_s_worth_and_refills_evenly(buckets):
    assert takes(buckets, "a", 4) == [True, True, True, False]
    assert takes(buckets, "b", 1) == [True]
    waiting = buckets.take("a", per_minute=3, now=100.0).wait
    assert waiting == pytest.approx(20.0)
    assert takes(buckets, "a", 2, now=100.0 + waiting + 0.01) == [True, False]
    assert takes(buckets, "a", 4, now=4_000.0) == [True, True, True, False]


def test_several_processes_share_one_bucket(tmp_path):
    command = [sys.executable, "-c", ONE_PROCESS, str(tmp_path / "limits")]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    counts = [int(one.communicate("go\n", timeout=120)[0]) for one in running]
    assert sum(counts) == 500
    assert takes(SharedBuckets(tmp_path / "limits"), "a", 1, per_minute=500) == [False]


def test_what_is_cheap_costs_less(buckets):
    assert takes(buckets, "a", 13, cost=0.25) == [True] * 12 + [False]


def test_where_the_table_is_full_whoever_was_quiet_longest_is_forgotten(tmp_path):
    small = SharedBuckets(tmp_path / "limits", slots=512)
    takes(small, "first", 3, now=1.0)
    for number in range(20_000):
        small.take(f"other {number}", per_minute=3, now=2.0 + number)
    assert takes(small, "first", 1, now=20_010.0) == [True]
    assert (tmp_path / "limits").stat().st_size < 1 << 17
    assert (tmp_path / "limits").stat().st_mode & 0o777 == 0o600


def test_a_clock_that_began_anew_finds_full_buckets(buckets):
    assert takes(buckets, "a", 4) == [True, True, True, False]
    assert takes(buckets, "a", 4, now=5.0) == [True, True, True, False]
    assert takes(buckets, "a", 2, now=30.0) == [True, False]


def test_requests_that_overtake_each_other_find_no_more_than_there_is(buckets):
    assert takes(buckets, "a", 4) == [True, True, True, False]
    assert takes(buckets, "a", 2, now=99.9) == [False, False]
    assert takes(buckets, "a", 2, now=120.5) == [True, False]


def test_refusals_begin_once_and_end_once_the_caller_has_rested(buckets):
    takes(buckets, "a", 3)
    assert buckets.take("a", per_minute=3, now=100.0).begins
    assert not buckets.take("a", per_minute=3, now=100.0).begins
    assert buckets.take("a", per_minute=3, now=121.0).ends == 0  # one came in between
    assert buckets.take("a", per_minute=3, now=200.0).ends == 2
    takes(buckets, "a", 3, now=200.0)
    assert buckets.rested(now=230.0, after=60.0) == []
    assert buckets.rested(now=261.0, after=60.0) == [("a", 1)]
    assert buckets.rested(now=261.0, after=60.0) == []
