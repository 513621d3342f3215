"""Browsers and API clients of the tests: Django's test client, signed in as one of the cast.

The fixture `web` (tests/conftest.py) opens it for a fresh place:

>>> web.page("rita").get("/projects/")          # doctest: +SKIP
>>> web.api("rita").get("/api/v1/people")       # doctest: +SKIP
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from tests.support.places import Place

from assay.service.access import note_reading, request_limits
from assay.service.access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    EXPERT,
    LABELLER,
    OPERATOR,
    REQUESTER,
    Actor,
)
from assay.service.installation import Installation, this_installation
from assay.service.sign_in.make_key import make_key
from assay.store import db
from assay.store.accounts import account_members
from assay.store.accounts.account_members import MemberRow

NOW = 1_790_000_000_000_000
"""When the cast's accounts were made."""
DAYS = 365
JUST_NOW = 4 * 10**15
"""When actors of tests gave their password: whatever the clock says, it is not long ago."""
LOGIN = "/account/login/"
PASSWORD = "orchard violin copper meadow"
CAST = {
    "rita": (REQUESTER,),
    "otto": (OPERATOR,),
    "ada": (AUDITOR,),
    "adam": (ADMINISTRATOR,),
    "lena": (LABELLER,),
    "luis": (LABELLER,),
    "eva": (EXPERT,),
    "mallory": (REQUESTER,),
}
"""Who has which roles where a test names none."""


class ApiClient(Client):
    """A client that sends and reads JSON."""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a body as JSON; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else json.dumps(body).encode()
        return self.generic(method, path, data, content_type="application/json", headers=named)


@dataclass
class Web:
    """The site of one place; accounts are made when somebody is first named.

    Attributes:
        installation: the tenant whose members the people are.
    """

    installation: Installation
    found: dict[str, MemberRow] = field(default_factory=dict)

    def member(self, name: str, *roles: str, password: str | None = None) -> MemberRow:
        """Return the member `name@example.org`, with the roles of the cast or those named."""
        if name not in self.found:
            email = f"{name}@example.org"
            with db.transaction():
                user = account_members.add_user(email=email, password=password)
                made = account_members.add_member(
                    self.installation.scope,
                    user=user,
                    name=name.title(),
                    email=email,
                    roles=roles or CAST[name],
                    now=NOW,
                )
            self.found[name] = account_members.member_by_id(self.installation.scope, made)
        return self.found[name]

    def actor(self, name: str, *roles: str) -> Actor:
        """Return the actor that a request of this member has."""
        member = self.member(name, *roles)
        return Actor(
            scope=self.installation.scope,
            name=member.email,
            roles=member.roles,
            source="tests",
            member=member.id,
            confirmed_at=JUST_NOW,
        )

    def page(self, name: str, *roles: str, second_factor: bool = True, confirmed: bool = False) -> ApiClient:
        """Return a browser that is signed in, with a second factor as staff need it; `confirmed`: just now."""
        member = self.member(name, *roles)
        client = ApiClient()
        client.force_login(get_user_model().objects.get(pk=member.user))
        session = client.session
        if second_factor:
            session["second_factor"] = True
        if confirmed:
            session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
            session["account_authentication_methods_user"] = str(member.user)
        session.save()
        return client

    def api(self, name: str, *roles: str) -> ApiClient:
        """Return an API client with a key of this member that is good for a year."""
        return ApiClient(headers={"authorization": f"Bearer {self.key(name, *roles)}"})

    def key(self, name: str, *roles: str) -> str:
        """Return a fresh key of this member."""
        actor = self.actor(name, *roles)
        made = make_key(actor, name="tests", days=DAYS, scopes=None, now=NOW)
        # Requests read the real clock, whatever year the machine is in.
        with db.transaction():
            db.execute("UPDATE api_key SET expires_at = %s WHERE id = %s", [4 * 10**15, made.row.id])
        return made.key

    def visitor(self) -> Client:
        """Return a browser in which nobody is signed in."""
        return Client()


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    """Type address and password of one of the cast."""
    return client.post(LOGIN, {"login": f"{name}@example.org", "password": password})


@contextmanager
def web_of(place: Place, *, tenant: str = "main", **changes: Any) -> Iterator[Web]:
    """Let the process's settings describe a place while the block runs; `changes` are further settings."""
    changes = {"stranger_requests_per_minute": 10_000_000} | changes
    values = replace(
        settings.ASSAY,
        home=place.home,
        checkpoint_dir=place.home / "checkpoints",
        tenant=tenant,
        **changes,
    )
    this_installation.cache_clear()
    request_limits.forget_opened()
    note_reading.forget_noted()
    (place.home / "limits").unlink(missing_ok=True)
    with override_settings(ASSAY=values, SECRET_KEY="of the tests " * 4):
        yield Web(this_installation())
    this_installation.cache_clear()
