"""Accounts as actions: who may change whom, and what ends with a change (SEC-2, SEC-8, SEC-9)."""

from dataclasses import replace

import pytest
from tests.support.cast import actor
from tests.support.webpages import NOW, PASSWORD, Web

from assay.core.errors import BadValue, NotFound, NotPermitted
from assay.service.access.access_table_as_shown import access_table
from assay.service.accounts.accept_invitation import AddressTaken, accept_invitation
from assay.service.accounts.change_person import LastAdministrator, change_person
from assay.service.accounts.invite_person import first_invitation, invite_person
from assay.service.accounts.open_invitation import InvitationGone
from assay.service.accounts.people_with_accounts import see_people, see_person
from assay.service.accounts.revoke_invitation import revoke_invitation
from assay.service.sign_in.actor_of_key_or_session import WrongNetwork, actor_of_key, signed_in
from assay.service.sign_in.end_sessions import end_sessions
from assay.service.sign_in.make_key import DAY, make_key
from assay.service.sign_in.own_keys import own_keys
from assay.service.sign_in.password_rules import WeakPassword
from assay.service.sign_in.revoke_key import revoke_key
from assay.service.trail.event_log import EventFilter, find_events, follow_events, see_event
from assay.service.trail.seal_events import seal
from assay.store import db
from assay.store.accounts import account_members, invitations
from assay.store.accounts.sessions_and_second_factors import last_seen
from assay.store.trail import events


@pytest.fixture
def web(installation):
    return Web(installation)


@pytest.fixture
def adam(web):
    return web.actor("adam")


def invited(adam, email="lena@example.org", roles=("labeller",), now=NOW):
    return invite_person(adam, email=email, roles=list(roles), now=now).code


def accept(code, **changes):
    said = {"name": "Lena", "email": "", "password": PASSWORD, "source": "tests", "now": NOW + 1, **changes}
    return accept_invitation(code=code, **said)


def usable(key, now=NOW, address="192.0.2.1"):
    return actor_of_key(key, source="tests", address=address, now=now)


def test_account_and_membership_come_in_one_transaction_with_their_event(web, adam):
    member = accept(invited(adam))
    assert (member.email, member.roles, member.state) == ("lena@example.org", {"labeller"}, "active")
    (told,) = events.events_about(web.installation.scope, subject=f"person {member.id}", verbs=["join"])
    assert (told.actor, told.after) == ("lena@example.org", "labeller")
    assert PASSWORD not in str(db.rows("SELECT * FROM event"))
    assert db.row("SELECT password FROM auth_user WHERE id = %s", [member.user])[0].startswith(
        "argon2$argon2id$"
    )


def test_a_code_works_once_for_twenty_four_hours(adam):
    late = invited(adam, "late@example.org")
    with pytest.raises(InvitationGone):
        accept(late, now=NOW + DAY)
    accept(late, now=NOW + DAY - 1)
    code = invited(adam)
    accept(code)
    with pytest.raises(InvitationGone):
        accept(code)


def test_the_first_administrators_code_is_good_for_twenty_four_hours_too(installation):
    owner = installation.owner("root", "tests")
    code = first_invitation(installation, owner, now=NOW)
    with pytest.raises(InvitationGone):
        accept(code, email="adam@example.org", now=NOW + DAY)
    made = accept(code, email="adam@example.org", now=NOW + DAY - 1)
    assert made.roles == {"administrator"}
    assert first_invitation(installation, owner, now=NOW + DAY) is None


def test_what_cannot_be_an_account_leaves_the_invitation_open(web, adam):
    code = invited(adam)
    for problem, changes in (
        (WeakPassword, {"password": "short"}),
        (WeakPassword, {"password": "x" * 1001}),
        (BadValue, {"name": "  "}),
        (BadValue, {"name": "a\x07b"}),
    ):
        with pytest.raises(problem):
            accept(code, **changes)
    assert account_members.member_by_email(web.installation.scope, "lena@example.org") is None
    assert accept(code).name == "Lena"


def test_an_address_that_signs_in_already_is_not_taken_twice(web, adam):
    first, second = invited(adam), invited(adam)
    accept(first)
    with pytest.raises(AddressTaken):
        accept(second)
    with pytest.raises(BadValue, match="the address of an account"):
        invited(adam)


def test_a_revoked_invitation_opens_nothing_and_foreign_ones_are_not_found(web, adam, strangers):
    code = invited(adam)
    (row,) = invitations.list_invitations(web.installation.scope)
    with pytest.raises(NotFound):
        revoke_invitation(strangers.adam, invitation=row.id, now=NOW)
    revoke_invitation(adam, invitation=row.id, now=NOW)
    with pytest.raises(NotFound):
        revoke_invitation(adam, invitation=row.id, now=NOW)
    with pytest.raises(InvitationGone):
        accept(code)


def test_the_last_active_administrator_stays(web, adam):
    with pytest.raises(LastAdministrator, match="Adam is the last active administrator"):
        change_person(adam, person=adam.member, state="disabled", now=NOW)
    with pytest.raises(LastAdministrator):
        change_person(adam, person=adam.member, roles=["auditor"], now=NOW)
    other = web.member("eve", "administrator")
    change_person(adam, person=adam.member, state="disabled", now=NOW)
    with pytest.raises(LastAdministrator):
        change_person(web.actor("eve"), person=other.id, state="disabled", now=NOW)


def test_who_is_disabled_has_neither_session_nor_key_and_gets_them_back_when_enabled(web, adam):
    lena = web.actor("lena")
    made = make_key(lena, name="notebook", days=30, scopes=None, now=NOW)
    assert usable(made.key).roles == {"labeller"}
    before = web.member("lena")
    change_person(adam, person=lena.member, state="disabled", now=NOW)
    assert usable(made.key) is None
    assert signed_in(before.user, source="tests", address="192.0.2.1") is None
    assert db.row("SELECT is_active FROM auth_user WHERE id = %s", [before.user]) in [(False,), (0,)]
    change_person(adam, person=lena.member, state="active", now=NOW)
    assert usable(made.key).roles == {"labeller"}
    assert account_members.member_by_id(web.installation.scope, lena.member).epoch == before.epoch + 2


def test_a_key_loses_the_roles_that_its_owner_loses(web, adam):
    lena = web.actor("lena", "labeller", "expert")
    made = make_key(lena, name="notebook", days=30, scopes=["labeller", "expert"], now=NOW)
    change_person(adam, person=lena.member, roles=["expert"], now=NOW)
    assert usable(made.key).roles == {"expert"}


def test_a_key_ends_with_its_days_and_when_it_is_revoked(web):
    lena = web.actor("lena")
    made = make_key(lena, name="notebook", days=30, scopes=None, now=NOW)
    assert usable(made.key, now=NOW + 30 * DAY - 1)
    assert usable(made.key, now=NOW + 30 * DAY) is None
    assert usable(made.key[:-1] + ("A" if made.key[-1] != "A" else "B")) is None
    revoke_key(lena, key=made.row.id, now=NOW)
    assert usable(made.key) is None
    assert made.key.rpartition("_")[2] not in str(
        db.rows("SELECT * FROM api_key") + db.rows("SELECT * FROM event")
    )


def test_keys_of_others_are_revoked_by_administrators_only(web, adam, strangers):
    made = make_key(web.actor("lena"), name="notebook", days=30, scopes=None, now=NOW)
    for somebody in (web.actor("luis"), web.actor("ada"), strangers.adam):
        with pytest.raises(NotFound):
            revoke_key(somebody, key=made.row.id, now=NOW)
    assert usable(made.key)
    revoke_key(adam, key=made.row.id, now=NOW)
    assert usable(made.key) is None
    assert [key.id for key in own_keys(web.actor("lena"), now=NOW)] == [made.row.id]


def test_networks_are_regular_and_confine_keys_and_sessions(web, adam):
    lena = web.actor("lena")
    made = make_key(lena, name="notebook", days=30, scopes=None, now=NOW)
    many = [f"10.{n}.0.0/16" for n in range(12)]
    changed = change_person(
        adam, person=lena.member, networks=["192.0.2.7/24", "2001:db8::/32", *many], now=NOW
    )
    assert changed.networks[0] == "192.0.2.0/24"
    assert usable(made.key, address="192.0.2.200")
    assert usable(made.key, address="10.11.1.1")
    for address in ("198.51.100.1", "", "not an address"):
        with pytest.raises(WrongNetwork):
            usable(made.key, address=address)
        with pytest.raises(WrongNetwork):
            signed_in(changed.user, source="tests", address=address)
    with pytest.raises(BadValue, match=r"addresses and networks like 192\.0\.2\.0/24"):
        change_person(adam, person=lena.member, networks=["192.0.2.0/33"], now=NOW)


def test_a_change_that_changes_nothing_ends_nothing(web, adam):
    before = web.member("lena")
    assert change_person(adam, person=before.id, roles=["labeller"], networks=[], now=NOW) == before


@pytest.mark.parametrize("state", ["", "ACTIVE", "removed"])
def test_states_are_those_of_the_table(web, adam, state):
    with pytest.raises(BadValue):
        change_person(adam, person=web.member("lena").id, state=state, now=NOW)


@pytest.mark.parametrize("roles", [[], ["system"], ["king"], ["labeller", ""]])
def test_roles_that_nobody_can_be_given_are_refused(web, adam, roles):
    with pytest.raises(BadValue):
        change_person(adam, person=web.member("lena").id, roles=roles, now=NOW)
    with pytest.raises(BadValue):
        invited(adam, roles=roles)


def test_people_of_another_tenant_are_not_there(web, adam, strangers):
    lena = web.member("lena")
    for act in (
        lambda: change_person(strangers.adam, person=lena.id, state="disabled", now=NOW),
        lambda: see_person(strangers.adam, person=lena.id, now=NOW),
        lambda: end_sessions(strangers.adam, person=lena.id, now=NOW),
    ):
        with pytest.raises(NotFound, match=f"There is no person '{lena.id}'"):
            act()
    assert see_people(strangers.adam, now=NOW) == []
    assert last_seen(strangers.scope) == {}
    assert {one.member.email for one in see_people(adam, now=NOW)} == {"lena@example.org", "adam@example.org"}


def test_labellers_see_and_change_nobody(web, cast):
    lena = web.member("lena")
    for act in (
        lambda: see_people(cast.luis, now=NOW),
        lambda: change_person(cast.luis, person=lena.id, roles=["administrator"], now=NOW),
        lambda: end_sessions(replace(cast.luis, member=999), person=lena.id, now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_keys_of_a_person_are_shown_to_those_only_who_may_see_keys(web, adam):
    make_key(web.actor("lena"), name="notebook", days=30, scopes=None, now=NOW)
    lena = web.member("lena").id
    assert len(see_person(adam, person=lena, now=NOW).keys) == 1
    assert see_person(web.actor("otto"), person=lena, now=NOW).keys == ()


def test_every_operation_stands_in_a_named_group_of_the_access_table(cast):
    table = access_table(cast.ada, now=NOW)
    assert "Other" not in dict(table.groups)
    rows = {
        row.verb: dict(zip(table.roles, row.allowed, strict=True)) for _, rows in table.groups for row in rows
    }
    assert rows["manage people"] == {role: role == "administrator" for role in table.roles}


def test_events_are_found_by_what_they_say_and_only_within_the_tenant(web, adam, strangers):
    change_person(adam, person=web.member("lena").id, roles=["expert"], now=NOW)
    with pytest.raises(NotPermitted):
        see_people(web.actor("rita"), now=NOW + 5)
    ada = web.actor("ada")

    def found(**wanted):
        return [one.event.verb for one in find_events(ada, wanted=EventFilter(**wanted), now=NOW)]

    assert found() == ["see people", "change a person"]
    assert found(outcome="refused") == ["see people"]
    assert found(actor="adam@example.org") == ["change a person"]
    assert found(subject="PERSON 2") == ["change a person"]
    assert found(subject="person_2") == found(subject="%") == []
    assert found(verb="change a person", since=NOW + 1) == found(until=NOW) == []
    (newest, _) = find_events(ada, wanted=EventFilter(), now=NOW)
    with pytest.raises(NotFound):
        see_event(strangers.ada, event=newest.event.id, now=NOW)
    assert find_events(strangers.ada, wanted=EventFilter(), now=NOW) == []


def test_following_misses_no_event_that_is_committed_late(web):
    """On PostgreSQL a lower id may be committed after a higher one; the order of sealing has no such gap."""
    scope, ada = web.installation.scope, web.actor("ada")

    def append(number, verb):
        with db.transaction():
            db.execute(
                "INSERT INTO event (id, tenant_id, at, actor, source, verb, subject, outcome)"
                " VALUES (%s, %s, %s, 'a', 't', %s, 's', 'done')",
                [number, scope.tenant, NOW, verb],
            )
        seal(now=NOW)

    append(1, "first")
    append(9, "second")
    seen, block, event = [], 0, 0
    for later in (None, (5, "late"), None):
        if later:
            append(*later)
        for one in follow_events(ada, wanted=EventFilter(), block=block, event=event, limit=5, now=NOW):
            seen.append(one.event.verb)
            block, event = one.block, one.event.id
    assert seen == ["first", "second", "late"]


def test_actors_of_the_cast_without_an_account_have_no_keys(cast):
    assert own_keys(cast.rita, now=NOW) == []
    with pytest.raises(NotFound):
        make_key(cast.rita, name="x", days=1, scopes=None, now=NOW)
    with pytest.raises(NotPermitted):
        own_keys(actor("assay", "system", cast.scope), now=NOW)
