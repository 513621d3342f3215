"""Places to work in: a fresh home and database per test, on SQLite or on the server of DATABASE_URL.

A transaction around each test would hide what these tests are about (commits, kills, two connections), so
every test gets a database of its own: a copy of a migrated file, or of a migrated template database. A copy on the
server is emptied and used again, because making and dropping one takes longer than most tests.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from assay.service.installation import Installation, open_installation, this_installation
from assay.service.working_set import stored_project

_NUMBERS = itertools.count(1)
NOWHERE = "/nowhere/assay.db"
"""What the database is called between tests: nothing can be opened there."""
_SHAPE = """
    SELECT (SELECT string_agg(tgrelid::regclass || ' ' || tgname || tgenabled::text, ',' ORDER BY tgrelid, tgname)
              FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT string_agg(relname || relkind::text, ',' ORDER BY relname)
              FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT COUNT(*) FROM django_migrations), (SELECT COUNT(*) FROM django_content_type),
           (SELECT COUNT(*) FROM auth_permission)
"""
"""What a database must be to be used again: the template's tables and triggers, and the rows of its migrations."""
_EMPTY = """
    DO $$
    DECLARE one text; used text[] := '{}'; found boolean;
    BEGIN
        FOR one IN SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
        LOOP
            EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || one || ')' INTO found;
            IF found THEN used := used || one; END IF;
        END LOOP;
        IF used <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(used, ', ') || ' CASCADE'; END IF;
        FOR one IN SELECT format('%I', sequencename) FROM pg_sequences WHERE schemaname = 'public'
            AND last_value IS NOT NULL AND sequencename NOT LIKE 'django_%' AND sequencename NOT LIKE 'auth_perm%'
        LOOP
            EXECUTE 'ALTER SEQUENCE ' || one || ' RESTART';
        END LOOP;
    END $$
"""
"""Empties every table with rows in it, and lets ids begin again."""
_TABLES = """
    SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
       AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
"""
_SEQUENCES = """
    SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'
       AND last_value IS NOT NULL AND sequencename NOT LIKE 'django_%' AND sequencename NOT LIKE 'auth_perm%'
"""


@dataclass(frozen=True)
class Place:
    """A home folder with a migrated database.

    Attributes:
        home: the folder for keys and checkpoints, and for the database where it is SQLite.
        url: the PostgreSQL address, or "" for SQLite.
    """

    home: Path
    url: str

    def open(
        self,
        *,
        tenant: str = "main",
        step_answers: int = 60,
        lease_seconds: float = 30,
        task_seconds: float = 1800,
        outbound_allowed: tuple[str, ...] = (),
        restoring: bool = False,
    ) -> Installation:
        """Open the installation as a door does."""
        return open_installation(
            home=self.home,
            checkpoint_dir=self.home / "checkpoints",
            tenant=tenant,
            lease_seconds=lease_seconds,
            task_seconds=task_seconds,
            step_answers=step_answers,
            outbound_allowed=outbound_allowed,
            restoring=restoring,
        )

    def enter(self) -> None:
        """Make this the database of the process."""
        forget()
        connection.settings_dict["NAME"] = _database(self) if self.url else str(self.home / "assay.db")

    def environment(self) -> dict[str, str]:
        """Return the environment of a worker process that works here."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
        return kept | {
            "ASSAY_HOME": str(self.home),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "assay.conf.settings",
        }


@dataclass(frozen=True)
class Kept:
    """What was left in a place that is gone, to be put into others.

    Attributes:
        home: the home folder as it was left, with the database where it is SQLite.
        rows: on PostgreSQL, each table's rows as the server copies them.
        sequences: the last id that each sequence gave.
    """

    home: Path
    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)


class Templates:
    """Makes places: migrates once, then copies."""

    def __init__(self, folder: Path) -> None:
        """Migrate the template in this folder, or beside the database that DATABASE_URL names."""
        self.folder = folder
        self.url = os.environ.get("DATABASE_URL", "")
        self.name = f"assay_template_{os.getpid()}"
        self.emptied: list[str] = []
        self.file = folder / "template.db"
        if self.url:
            self._admin(f"DROP DATABASE IF EXISTS {self.name}", f"CREATE DATABASE {self.name}")
        forget()
        connection.settings_dict["NAME"] = self.name if self.url else str(self.file)
        call_command("migrate", verbosity=0, interactive=False)
        if not self.url:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        leave()
        self.shape = self._shape(self.name) if self.url else None

    @contextmanager
    def place(self, folder: Path, *, migrated: bool = True, like: Kept | None = None) -> Iterator[Place]:
        """Hold a fresh place, or a copy of a kept one, and make it the process's own; its database goes at the end."""
        found = self.make(folder, migrated=migrated) if like is None else self.copy(like, folder)
        try:
            found.enter()
            yield found
        finally:
            leave()
            self.remove(found)

    def make(self, folder: Path, *, migrated: bool = True) -> Place:
        """Return a fresh place in a folder, not yet entered."""
        folder.mkdir(parents=True, exist_ok=True)
        if not self.url:
            if migrated:
                shutil.copyfile(self.file, folder / "assay.db")
            return Place(folder, "")
        if migrated and self.emptied:
            return Place(folder, self._address(self.emptied.pop()))
        name = f"assay_{os.getpid()}_{next(_NUMBERS)}"
        template = self.name if migrated else "template1"
        self._admin(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")
        return Place(folder, self._address(name))

    def keep(self, place: Place, folder: Path) -> Kept:
        """Return what is in a place now; its home is copied to this folder."""
        forget()
        shutil.copytree(place.home, folder)
        if not place.url:
            return Kept(folder)
        with psycopg.connect(place.url, autocommit=True) as link:
            names = [str(name) for (name,) in link.execute(_TABLES)]
            rows = {
                name: _copied(link, name)
                for name in names
                if link.execute(f"TABLE {name} LIMIT 1").fetchone()
            }
            return Kept(folder, rows, {str(name): int(last) for name, last in link.execute(_SEQUENCES)})

    def copy(self, kept: Kept, folder: Path) -> Place:
        """Return a place in a folder that is as a kept one was left, not yet entered."""
        shutil.copytree(kept.home, folder)
        if not self.url:
            return Place(folder, "")
        found = self.make(folder)
        with psycopg.connect(found.url) as link:
            link.execute("SET session_replication_role = replica")  # triggers refuse it otherwise
            for name, rows in kept.rows.items():
                with link.cursor().copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as into:
                    into.write(rows)
            for name, last in kept.sequences.items():
                link.execute("SELECT setval(%s, %s)", (name, last))
        return found

    def remove(self, place: Place) -> None:
        """Empty a place's database for the next one; drop it where it is not what the template is."""
        if not place.url:
            return
        name = _database(place)
        self._admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        if self._empty(name):
            self.emptied.append(name)
        else:
            self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the template and its copies."""
        if self.url:
            for name in (*self.emptied, self.name):
                self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _empty(self, name: str) -> bool:
        """Bring a database to what the template holds; say whether that was possible."""
        with psycopg.connect(self._address(name), autocommit=True) as link:
            if link.execute(_SHAPE).fetchone() != self.shape:
                return False
            link.execute("SET session_replication_role = replica")  # triggers refuse it otherwise
            link.execute(_EMPTY)
        return True

    def _shape(self, name: str) -> "tuple[object, ...] | None":
        with psycopg.connect(self._address(name), autocommit=True) as link:
            return link.execute(_SHAPE).fetchone()

    def _address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def _admin(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            for statement in statements:
                link.execute(statement)


def _database(place: Place) -> str:
    return urlsplit(place.url).path.lstrip("/")


def _copied(link: psycopg.Connection, table: str) -> bytes:
    with link.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as out:
        return b"".join(out)


def leave() -> None:
    """Close the database; nothing can be opened until a place is entered."""
    forget()
    connection.settings_dict["NAME"] = NOWHERE


def forget() -> None:
    """Drop every connection and everything that was cached, as a process does when it dies."""
    connections.close_all()
    stored_project.read_constants.cache_clear()
    stored_project.work_constants.cache_clear()
    this_installation.cache_clear()
