"""Secrets of second factors at rest: encrypted under a key that is no part of the database (PRIV-6)."""

import stat
from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from tests.support.stored import everything_stored
from tests.support.webpages import NOW, Web

from assay.service.sign_in.protection.factor_secrets import (
    FACTOR_KEY,
    FactorKeyLost,
    open_factor,
    seal_factor,
    seal_stored_factors,
)
from assay.service.trail.signatures import BadKeyFile
from assay.store.trail import events

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEED = "5eed" * 20
OLD = "an-older-key-of-forty-characters-or-so"
NEW = "a-newer-key-of-forty-characters-or-so"


@pytest.fixture
def stored(installation):
    """Factors as they were stored before secrets were encrypted."""
    user = Web(installation).member("rita").user
    Authenticator.objects.create(user_id=user, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(user_id=user, type="recovery_codes", data={"seed": SEED, "used_mask": 5})
    Authenticator.objects.create(user_id=user, type="webauthn", data={"name": "a passkey"})
    return installation


def data(kind):
    return Authenticator.objects.get(type=kind).data


def test_a_secret_is_opened_with_the_key_and_is_never_stored_twice_alike(installation):
    one, other = seal_factor(installation, SECRET), seal_factor(installation, SECRET)
    assert one != other
    assert SECRET not in one
    assert open_factor(installation, one) == open_factor(installation, other) == SECRET
    path = installation.home / FACTOR_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() not in one


def test_what_was_stored_in_plain_still_opens_and_is_encrypted_at_the_next_start(stored):
    assert open_factor(stored, SECRET) == SECRET
    assert SECRET in everything_stored()
    assert seal_stored_factors(stored, now=NOW) == 2
    for word in (SECRET, SEED):
        assert word not in everything_stored()
    assert open_factor(stored, data("totp")["secret"]) == SECRET
    codes = data("recovery_codes")
    assert (open_factor(stored, codes["seed"]), codes["used_mask"]) == (SEED, 5)
    assert data("webauthn") == {"name": "a passkey"}
    assert seal_stored_factors(stored, now=NOW) == 0
    assert events.count_events(stored.scope, verb="encrypt second factors", subject="2 factors") == 1


def test_codes_of_an_older_system_are_encrypted_one_by_one(stored):
    Authenticator.objects.filter(type="recovery_codes").update(data={"migrated_codes": ["abc", "def"]})
    seal_stored_factors(stored, now=NOW)
    assert [open_factor(stored, one) for one in data("recovery_codes")["migrated_codes"]] == ["abc", "def"]
    assert "abc" not in data("recovery_codes")["migrated_codes"]


def test_without_its_key_a_secret_is_a_sentence_and_stays_as_it_is(stored):
    seal_stored_factors(stored, now=NOW)
    kept = data("totp")["secret"]
    (stored.home / FACTOR_KEY).unlink()
    with pytest.raises(FactorKeyLost, match="An administrator can reset the second factor"):
        open_factor(stored, kept)
    assert not (stored.home / FACTOR_KEY).exists()  # looking at a secret makes no key
    seal_factor(stored, "of somebody else")
    assert seal_stored_factors(stored, now=NOW) == 0
    assert data("totp")["secret"] == kept


@pytest.mark.parametrize(
    "change", [lambda text: text[:-6] + "AAAAAA", lambda text: text[:30], lambda text: text + "ü"]
)
def test_a_changed_secret_is_not_taken_for_one(installation, change):
    with pytest.raises(FactorKeyLost):
        open_factor(installation, change(seal_factor(installation, SECRET)))


def test_several_servers_share_the_key_of_the_setting_and_a_new_one_takes_over(stored):
    old, both, new = (replace(stored, factor_key=key) for key in (OLD, f"{NEW} {OLD}", NEW))
    seal_stored_factors(old, now=NOW)
    assert not (stored.home / FACTOR_KEY).exists()
    before = data("totp")["secret"]
    assert open_factor(both, before) == SECRET
    with pytest.raises(FactorKeyLost):
        open_factor(new, before)
    assert seal_stored_factors(both, now=NOW) == 2
    assert open_factor(new, data("totp")["secret"]) == SECRET


def test_a_key_that_others_may_read_is_refused(installation):
    kept = seal_factor(installation, SECRET)
    (installation.home / FACTOR_KEY).chmod(0o644)
    with pytest.raises(BadKeyFile, match="others may read it"):
        open_factor(installation, kept)
