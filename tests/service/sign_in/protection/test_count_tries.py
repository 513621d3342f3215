"""Failed tries are counted by address, account and device, over all processes, and lock nobody out (SEC-10)."""

import subprocess
import sys

import pytest
from tests.support.data import ROOT
from tests.support.stored import everything_stored

from assay.service.sign_in.protection.count_tries import (
    ACCOUNT,
    DEVICE,
    DEVICE_A_DAY,
    HERE,
    LIMITS,
    TooManyTries,
    count_try,
    forget_tries,
    give_back,
)
from assay.service.upkeep.forget_old_rows import tidy
from assay.store import db

NOW = 1_790_000_000_000_000
SECOND = 1_000_000
NAME = "lena@example.org"


@pytest.fixture(autouse=True)
def opened(installation):
    """The database to count in."""


def tries(number, *, name=NAME, address="192.0.2.1", device=None, now=NOW):
    """Fail so many times and return how many were let through; `address` may be a function of the number."""
    through = 0
    for one in range(number):
        try:
            count_try(
                name=name, address=address(one) if callable(address) else address, device=device, now=now
            )
        except TooManyTries:
            continue
        through += 1
    return through


def everywhere(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def test_one_address_gets_eight_tries_for_an_account_and_ten_for_all():
    assert tries(8) == 8
    assert tries(20, name="luis@example.org") == 2
    assert tries(20, address="192.0.2.2") == 8
    assert tries(8, address="192.0.2.3") == 8
    with pytest.raises(TooManyTries, match=r"from here\. Wait 38 seconds, then try again\."):
        count_try(name=NAME, address="192.0.2.3", device=None, now=NOW)


def test_tries_come_back_evenly():
    assert tries(8) == 8
    later = NOW + HERE.every
    assert tries(5, now=later - 1) == 0
    assert tries(5, now=later) == 1
    assert tries(50, now=NOW + 3_600 * SECOND) == 8


def test_a_guess_from_a_thousand_addresses_gets_a_hundred_tries_a_day():
    assert tries(1_000, address=everywhere) == ACCOUNT.most == 100
    assert tries(500, address=lambda one: everywhere(5_000 + one), now=NOW + 86_400 * SECOND) == 100
    with pytest.raises(
        TooManyTries, match="or sign in with a passkey, or in a browser in which you did before"
    ):
        count_try(name=NAME, address="10.99.0.1", device=None, now=NOW + 86_400 * SECOND)
    assert tries(1, name="luis@example.org", address="10.99.0.2") == 1


def test_over_a_year_a_distributed_guess_is_bounded_by_the_figure_that_is_documented():
    through = sum(
        tries(3, address=lambda one, day=day: everywhere(day * 10 + one), now=NOW + day * 864 * SECOND)
        for day in range(200)
    )  # two days in two hundred steps of 864 seconds, three tries each
    assert through <= 100 + 200


def test_whoever_has_the_device_is_let_through_while_strangers_guess_and_is_counted_alone():
    tries(1_000, address=everywhere)
    assert tries(1, address="10.0.0.1") == 0
    assert tries(20, device="lenas laptop") == DEVICE.most == 8
    assert tries(20, device="lenas phone") == 8
    assert tries(20, device="lenas phone", name="luis@example.org") == 8


def test_a_stolen_device_gets_fifty_tries_a_day():
    through = sum(
        tries(20, device="stolen", now=NOW + minutes * 60 * SECOND) for minutes in range(0, 24 * 60, 5)
    )
    assert through <= 2 * DEVICE_A_DAY.most == 100


def test_who_shares_an_address_with_a_guesser_gets_in_on_their_device():
    tries(30, name="mallory@example.org")
    assert tries(1) == 0
    assert tries(1, device="lenas laptop") == 1


def test_a_try_that_succeeded_costs_nothing():
    for _ in range(50):
        give_back(count_try(name=NAME, address="192.0.2.1", device=None, now=NOW))
    assert tries(20) == 8


def test_a_reset_password_lets_its_owner_in_at_once():
    tries(1_000, address=everywhere)
    forget_tries(name=NAME, address="192.0.2.1")
    assert tries(1) == 1


def test_an_account_is_one_however_it_is_spelt_and_an_ipv6_customer_too():
    assert tries(8, name=" LENA@Example.org ") == 8
    assert tries(1) == 0
    assert tries(40, name="eva@example.org", address=lambda one: f"2001:db8:1:2::{one:x}") == 8
    assert tries(1, name="eva@example.org", address="2001:db8:1:3::1") == 1


def test_strangers_cannot_push_out_what_is_counted():
    tries(8)
    for number in range(400):
        tries(1, name=f"{number}@example.org", address=everywhere(number))
    assert tries(1) == 0


def test_what_was_typed_stands_nowhere_and_is_forgotten_when_it_counts_no_longer():
    tries(2, name="my password by mistake")
    assert "my password" not in everything_stored()
    assert db.row("SELECT COUNT(*) FROM counted_try") == (3,)
    tidy(now=NOW + HERE.every * 2)
    assert db.row("SELECT COUNT(*) FROM counted_try") == (1,)
    tidy(now=NOW + 86_400 * SECOND)
    assert db.row("SELECT COUNT(*) FROM counted_try") == (0,)
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)


TRY = f"""
import django
django.setup()
from assay.service.sign_in.protection.count_tries import TooManyTries, count_try
through = 0
for one in range(60):
    try:
        count_try(name="{NAME}", address=f"10.0.{{one}}.1", device=None, now={NOW})
    except TooManyTries:
        continue
    through += 1
print(through)
"""


def test_processes_that_count_at_once_let_no_more_through_than_one(place, installation):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TRY],
            cwd=ROOT,
            env=place.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in started]
    assert sum(int(out) for out, _ in said) == ACCOUNT.most, said
