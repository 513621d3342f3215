"""What the journeys in a browser share: a running demo portal, and somebody's window."""

import time
from dataclasses import dataclass

import pytest
from tests.support.browser import Visitor, browsing, find_chromium
from tests.support.places import Place, leave
from tests.support.serving import Server, key_for, serving

from assay.service.examples.demo_portal import Login, half_label_one, make_logins, offer_one


@dataclass(frozen=True)
class Portal:
    """The demo's portal while it runs: people who can sign in, a batch to review, one half labelled."""

    place: Place
    server: Server
    logins: dict[str, Login]
    offered: str
    half: str
    keys: dict[str, str]

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.port}"


def clock() -> int:
    return time.time_ns() // 1_000


@pytest.fixture(scope="session")
def portal(templates, tmp_path_factory):
    """The portal; journeys speak to it over HTTP only, so that other tests keep their own places."""
    find_chromium()
    with templates.place(tmp_path_factory.mktemp("portal") / "home") as place:
        installation = place.open()
        logins = {one.email.partition("@")[0]: one for one in make_logins(installation, now=clock())}
        offered = offer_one(installation, home=place.home, clock=clock, seed=1)
        half = half_label_one(installation, home=place.home, clock=clock, seed=1)
        keys = {
            f"{role}{number}": key_for(installation, f"{role}-{number}@journeys.invalid", role=role)
            for role, count in (("requester", 1), ("labeller", 4), ("expert", 3))
            for number in range(count)
        }
        leave()
        with serving(place.home, place.url, ASSAY_STANDSTILL_SECONDS="5") as server:
            yield Portal(place, server, logins, offered.name, half.name, keys)


@pytest.fixture(scope="module")
def chromium():
    """A browser; it ends with its file, because its event loop would forbid Django's database to all that follows."""
    with browsing() as found:
        yield found


@pytest.fixture
def window(portal, chromium):
    """Opens a window in which somebody of the demo is signed in; all are closed, and none may have complained."""
    opened: list[Visitor] = []

    def open_for(name: str | None, *, width: int = 1440, theme: str = "light") -> Visitor:
        visitor = Visitor(chromium, portal.base, width=width, theme=theme)
        opened.append(visitor)
        if name is not None:
            visitor.sign_in(portal.logins[name].email, portal.logins[name].password)
        return visitor

    yield open_for
    complaints = [one for visitor in opened for one in visitor.complaints]
    for visitor in opened:
        visitor.close()
    assert complaints == []
