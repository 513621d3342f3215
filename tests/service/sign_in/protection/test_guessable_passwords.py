"""Long passwords that are easy to guess are refused with the reason; there is no rule about kinds of signs (SEC-7)."""

import time
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from assay.service.sign_in.password_rules import WeakPassword, check_password
from assay.service.sign_in.protection.guessable_passwords import COMMON, OWN, PHRASE

RUN, REPEAT, KEYS = "a run of letters or digits", "something short, repeated", "neighbouring keys"


def check(password, *, url=""):
    with override_settings(ASSAY=replace(settings.ASSAY, url=url)):
        check_password(password, email="lena.hohenlohe@subsidiary.example.org", name="Lena von Hohenlohe")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("abcdefghijkl", RUN),
        ("correct horse battery staple", PHRASE),
        ("Correct-Horse-Battery-Staple1!", PHRASE),
        ("maytheforcebewithyou", PHRASE),
        ("to be or not to be", PHRASE),
        ("happy birthday 2026", PHRASE),
        ("welcome to assay 1", PHRASE),
        ("zyxwvutsrqponm", RUN),
        ("123456789012", COMMON),
        ("1234567890123", COMMON),
        ("aaaaaaaaaaaa", REPEAT),
        ("passwordpassword", REPEAT),
        ("abcabcabcabc", REPEAT),
        ("letmeinletmein", REPEAT),
        ("qwertyuiop12", COMMON),
        ("qazwsxedcrfv", COMMON),
        ("1q2w3e4r5t6y", COMMON),
        ("zse4rfvgy7zse4", KEYS),
        ("Password1234!", COMMON),
        ("P@ssw0rd2024!", COMMON),
        ("iloveyou1234", COMMON),
        ("assayassay12", OWN),
        ("Assay-2026-assay", OWN),
        ("hohenlohe-lena", OWN),
        ("subsidiary12", OWN),
        ("labellers.example", OWN),
        ("elephant-banana", COMMON),
        ("municipality42", "too few words"),
        ("Summer2026!!", "too "),
        ("12.03.1987 1987", "a date"),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_the_reason(password, reason):
    with pytest.raises(WeakPassword) as refused:
        check(password, url="https://labellers.example.org")
    assert reason in str(refused.value)
    assert "Four words that have nothing to do with each other" in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        "table river happy stone",
        "tableriverhappystone",
        "an entirely new password",
        "kqvzhxwlmtpe",
        "482915037264",
        "KQVZHXWLMTPE",
        "fußballmannschaft morgen",
        "пароль который никто не знает",
        "\U0001f680 \U0001f9ea \U0001f3b8 \U0001f422 \U0001f355 \U0001f31b \U0001f511",
        "k-9.x_2!w,7 q",
        "orchard violin copper meadow",
        "x9" + "long and without an end " * 40,
    ],
)
def test_what_takes_many_guesses_is_taken_whatever_signs_it_is_made_of(password):
    check(password)


def test_a_sites_name_is_refused_at_that_site_only():
    with pytest.raises(WeakPassword, match=OWN):
        check("stadtarchivkoeln", url="https://stadtarchivkoeln.example.org")
    check("stadtarchivkoeln")


def test_nobody_keeps_the_server_busy_with_a_password():
    start = time.process_time()
    with pytest.raises(WeakPassword):
        check("x" * 1_001)
    for password in ("1!|7$5@4" * 120, "a" * 1_000, "4@8({[<369&#!1/|0$5+7%2" * 40):
        try:
            check(password)
        except WeakPassword:
            continue
    assert time.process_time() - start < 30
