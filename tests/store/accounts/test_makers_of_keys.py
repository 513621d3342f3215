"""Bringing accounts of before to this version: who made which key is learnt from the trail, old sessions end."""

import pytest
from django.core.management import call_command

from assay.store import db

BEFORE, AFTER = "0010_quotes", "0011_sign_in"
NOW = 1_790_000_000_000_000


@pytest.fixture
def old(templates, tmp_path, django_db_blocker):
    """A database as the version before left it."""
    with django_db_blocker.unblock(), templates.place(tmp_path / "home", migrated=False) as place:
        call_command("migrate", verbosity=0)
        call_command("migrate", "store", BEFORE, verbosity=0)
        db.execute("INSERT INTO tenant (name) VALUES ('main')")
        for user in (1, 2):
            db.execute(
                "INSERT INTO auth_user (id, username, email, password, is_active, is_staff, is_superuser,"
                " first_name, last_name, date_joined) VALUES (%s, %s, '', '', %s, %s, %s, '', '', '2026-01-01')",
                [user, f"u{user}", True, False, False],
            )
            db.execute(
                "INSERT INTO member (tenant_id, user_id, name, email, roles, created_at)"
                " VALUES (1, %s, 'Lena', %s, 'labeller', 1)",
                [user, f"{user}@example.org"],
            )
        yield place


def key(name, *, actor, source, member=1, days=90, revoked_at=0):
    """Insert a key and its event as the version before did; return its id."""
    (number,) = db.row(
        "INSERT INTO api_key (tenant_id, member_id, name, prefix, hash, scopes, created_at, expires_at, revoked_at)"
        " VALUES (1, %s, %s, %s, 'h', 'labeller', %s, %s, %s) RETURNING id",
        [member, name, f"{name}-{actor}-{days}-{member}", NOW, NOW + days, revoked_at],
    )
    db.execute(
        "INSERT INTO event (tenant_id, at, actor, source, verb, subject, outcome)"
        " VALUES (1, %s, %s, %s, 'make a key', %s, 'done')",
        [NOW, actor, source, f"key {number}"],
    )
    return number


def migrate():
    call_command("migrate", "store", AFTER, verbosity=0)
    found = db.rows("SELECT id, made_by, parent_id, expires_at - %s, revoked_at > 0 FROM api_key", [NOW])
    return {row[0]: (*row[1:4], bool(row[4])) for row in found}


def test_keys_of_before_get_their_makers_and_live_no_longer_than_a_key_that_made_them(old):
    page = key("page", actor="1@example.org", source="web 192.0.2.1")
    shell = key("shell", actor="root", source="cli")
    child = key("child", actor="Lena (key page)", source="api 192.0.2.1", days=365)
    grandchild = key("grandchild", actor="Lena (key child)", source="api 192.0.2.1", days=300)
    ended = key("ended", actor="1@example.org", source="web 192.0.2.1", revoked_at=NOW + 5)
    orphan = key("orphan", actor="Lena (key ended)", source="api 192.0.2.1")
    other = key("page", actor="2@example.org", source="web 192.0.2.1", member=2)
    assert migrate() == {
        page: ("session", None, 90, False),
        shell: ("shell", None, 90, False),
        child: ("key", page, 90, False),
        grandchild: ("key", child, 90, False),
        ended: ("session", None, 90, True),
        orphan: ("key", ended, 90, True),
        other: ("session", None, 90, False),
    }


def test_a_key_whose_maker_cannot_be_told_ends(old):
    for days in (30, 60):
        key("twin", actor="1@example.org", source="web 192.0.2.1", days=days)
    doubtful = key("doubtful", actor="Lena (key twin)", source="api 192.0.2.1")
    unknown = key("unknown", actor="Lena (key gone)", source="api 192.0.2.1")
    found = migrate()
    assert found[doubtful] == found[unknown] == ("key", None, 90, True)
    assert sum(ended for *_, ended in found.values()) == 2


def test_sessions_of_before_end(old):
    db.execute(
        "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('raw', 'x', '2099-01-01')"
    )
    db.execute(
        "INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)"
        " VALUES (1, '2026-01-01', '192.0.2.1', '2026-01-01', 'raw', 'a browser', '{}')"
    )
    migrate()
    assert db.rows("SELECT * FROM django_session") == db.rows("SELECT * FROM usersessions_usersession") == []
