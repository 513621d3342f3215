"""Places to work in: a fresh home and database per test, on SQLite or on the server of DATABASE_URL.

A transaction around each test would hide what these tests are about (commits, kills, two connections), so
every test gets a database of its own: a copy of a migrated file, or of a migrated template database.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from assay.service import running
from assay.service.installation import Installation, open_installation, this_installation

_NUMBERS = itertools.count(1)
NOWHERE = "/nowhere/assay.db"
"""What the database is called between tests: nothing can be opened there."""


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
        )

    def enter(self) -> None:
        """Make this the database of the process."""
        forget()
        connection.settings_dict["NAME"] = (
            urlsplit(self.url).path.lstrip("/") if self.url else str(self.home / "assay.db")
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of a worker process that works here."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
        return kept | {
            "ASSAY_HOME": str(self.home),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "assay.conf.settings",
        }


class Templates:
    """Makes places: migrates once, then copies."""

    def __init__(self, folder: Path) -> None:
        """Migrate the template in this folder, or beside the database that DATABASE_URL names."""
        self.folder = folder
        self.url = os.environ.get("DATABASE_URL", "")
        self.name = f"assay_template_{os.getpid()}"
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

    @contextmanager
    def place(self, folder: Path, *, migrated: bool = True) -> Iterator[Place]:
        """Hold a fresh place and make it the process's own; its database goes at the end."""
        found = self.make(folder, migrated=migrated)
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
        name = f"assay_{os.getpid()}_{next(_NUMBERS)}"
        template = self.name if migrated else "template1"
        self._admin(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")
        return Place(folder, urlunsplit(urlsplit(self.url)._replace(path=f"/{name}")))

    def remove(self, place: Place) -> None:
        """Drop a place's database."""
        if place.url:
            self._admin(f"DROP DATABASE IF EXISTS {urlsplit(place.url).path.lstrip('/')} WITH (FORCE)")

    def close(self) -> None:
        """Drop the template."""
        if self.url:
            self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _admin(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            for statement in statements:
                link.execute(statement)


def leave() -> None:
    """Close the database; nothing can be opened until a place is entered."""
    forget()
    connection.settings_dict["NAME"] = NOWHERE


def forget() -> None:
    """Drop every connection and everything that was cached, as a process does when it dies."""
    connections.close_all()
    running._constants.cache_clear()
    running.work_constants.cache_clear()
    this_installation.cache_clear()
