"""Who a request comes from: an actor with exactly the roles that are left to a key or session, or nobody."""

import pytest
from tests.support.webpages import DAYS, NOW, Web

from assay.core.errors import BadValue
from assay.service.accounts.change_person import change_person
from assay.service.sign_in.actor_of_key_or_session import (
    TOUCH_EVERY,
    WrongNetwork,
    actor_of_key,
    check_network,
    signed_in,
)
from assay.service.sign_in.make_key import DAY, KeyMakesNoKeys, make_key
from assay.service.sign_in.revoke_key import revoke_key
from assay.store import db
from assay.store.accounts.api_keys import key_by_id
from assay.store.trail import events

HERE = "192.0.2.7"


@pytest.fixture
def web(installation):
    return Web(installation)


@pytest.fixture
def lena(web):
    return web.actor("lena")


def made(who, *, days=DAYS, scopes=None, now=NOW):
    return make_key(who, name="tests", days=days, scopes=scopes, now=now)


def behind(key, *, address=HERE, now=NOW):
    return actor_of_key(key, source="api", address=address, now=now)


def test_a_key_acts_for_its_owner_within_their_tenant(web, lena):
    found = behind(made(lena).key)
    assert (found.scope, found.member, found.roles) == (lena.scope, lena.member, {"labeller"})
    assert (found.name, found.source) == ("Lena (key tests)", f"api {HERE}")


def test_what_is_no_key_is_nobody(lena):
    key = made(lena).key
    mark, prefix, secret = key.split("_", 2)
    other = made(lena).key.split("_", 2)[2]
    for wrong in (
        "",
        "assay",
        "assay__",
        f"assay_{prefix}_",
        f"assay__{secret}",
        f"other_{prefix}_{secret}",
        f"{mark}_{prefix}_{other}",
        f"{mark}_{prefix}_{secret[:-1]}",
        f"{mark}_{prefix}_{secret}x",
        f"{mark}_{prefix.upper()}x_{secret}",
        key + "\x00",
        "ü" * 50,
    ):
        assert behind(wrong) is None, wrong
    assert behind(key) is not None


def test_a_key_is_good_to_the_last_moment_of_its_days(lena):
    key = made(lena, days=2).key
    assert behind(key, now=NOW + 2 * DAY - 1) is not None
    assert behind(key, now=NOW + 2 * DAY) is None


def test_a_revoked_key_is_nobody_and_another_key_of_the_same_person_goes_on(lena):
    first, second = made(lena), made(lena)
    revoke_key(lena, key=first.row.id, now=NOW)
    assert behind(first.key) is None
    assert behind(second.key) is not None


def test_what_was_made_with_a_key_ends_with_it_whatever_was_made_with_that(web, lena):
    """Keys make no keys any more; older ones that did are parents still."""
    top, child, grandchild, beside = (made(lena) for _ in range(4))
    for parent, key in ((top, child), (child, grandchild)):
        with db.transaction():
            db.execute("UPDATE api_key SET parent_id = %s WHERE id = %s", [parent.row.id, key.row.id])
    revoke_key(lena, key=child.row.id, now=NOW)
    assert [behind(one.key) is not None for one in (top, child, grandchild, beside)] == [
        True,
        False,
        False,
        True,
    ]
    revoke_key(web.actor("adam"), key=top.row.id, now=NOW + 1)
    assert behind(top.key) is None
    assert key_by_id(lena.scope, grandchild.row.id).revoked_at == NOW


def test_the_keys_and_sessions_of_a_disabled_member_are_nobody_s(web, lena):
    key, user = made(lena).key, web.member("lena").user
    assert signed_in(user, source="web", address=HERE).actor.member == lena.member
    change_person(web.actor("adam"), person=lena.member, state="disabled", now=NOW)
    assert behind(key) is None
    assert signed_in(user, source="web", address=HERE) is None


def test_a_key_can_be_narrowed_and_never_widened(web):
    both = web.actor("olga", "operator", "auditor")
    narrow = made(both, scopes=["auditor"]).key
    assert behind(narrow).roles == {"auditor"}
    with pytest.raises(BadValue, match="requester"):
        made(both, scopes=["auditor", "requester"])
    with pytest.raises(BadValue):
        made(both, scopes=[])
    with pytest.raises(KeyMakesNoKeys):
        made(behind(narrow), scopes=["auditor"])


def test_a_key_follows_what_its_owner_loses_and_gains_nothing_that_they_gain(web):
    both = web.actor("olga", "operator", "auditor")
    key = made(both).key
    change_person(web.actor("adam"), person=both.member, roles=["auditor", "administrator"], now=NOW)
    assert behind(key).roles == {"auditor"}
    change_person(web.actor("adam"), person=both.member, roles=["requester"], now=NOW)
    assert behind(key).roles == frozenset()


@pytest.mark.parametrize(
    ("networks", "address", "may"),
    [
        ([], HERE, True),
        (["192.0.2.0/24"], HERE, True),
        (["192.0.2.7"], HERE, True),
        (["10.0.0.0/8", "192.0.2.0/29"], HERE, True),
        (["10.0.0.0/8"], HERE, False),
        (["192.0.2.0/24"], "2001:db8::1", False),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "unknown", False),
    ],
)
def test_networks_confine_keys_and_sessions_alike(web, lena, networks, address, may):
    key, user = made(lena).key, web.member("lena").user
    change_person(web.actor("adam"), person=lena.member, networks=networks, now=NOW)
    for ask in (
        lambda: behind(key, address=address),
        lambda: signed_in(user, source="web", address=address),
    ):
        if may:
            assert ask() is not None
        else:
            with pytest.raises(WrongNetwork):
                ask()


def test_an_unknown_key_tells_nothing_of_networks(web, lena):
    key = made(lena).key
    change_person(web.actor("adam"), person=lena.member, networks=["10.0.0.0/8"], now=NOW)
    assert behind(key + "x") is None
    with pytest.raises(WrongNetwork, match=HERE):
        check_network(["10.0.0.0/8"], HERE)


def test_the_use_of_a_key_is_noted_at_most_once_a_minute(lena):
    row, key = made(lena).row, made(lena).key
    assert row.used_at == 0
    found = db.row("SELECT id FROM api_key ORDER BY id DESC LIMIT 1")[0]
    behind(key, now=NOW + TOUCH_EVERY)
    behind(key, now=NOW + 2 * TOUCH_EVERY)
    assert key_by_id(lena.scope, found).used_at == NOW + TOUCH_EVERY
    behind(key, now=NOW + 2 * TOUCH_EVERY + 1)
    assert key_by_id(lena.scope, found).used_at == NOW + 2 * TOUCH_EVERY + 1


def test_a_key_is_kept_as_a_hash_only_and_its_making_is_an_event(lena):
    found = made(lena)
    secret = found.key.split("_", 2)[2]
    kept = str([db.rows(f"SELECT * FROM {table}") for table in ("api_key", "event")])
    assert secret not in kept
    assert found.row.prefix in kept
    assert events.count_events(lena.scope, verb="make a key", subject=f"key {found.row.id}") == 1
