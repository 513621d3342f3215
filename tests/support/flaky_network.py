"""A page's saves and submits over a network that delays, loses, doubles and reorders them, as a seed says."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import APIRequestContext, APIResponse, Page, Request, Route
from playwright.sync_api import Error as PlaywrightError

FATES = ("through", "slow there", "slow back", "lost there", "lost back", "twice", "late")
WEIGHTS = (4, 2, 2, 1, 1, 1, 1)


class FlakyNetwork:
    """Stands between a page and its server.

    Attributes:
        steady: whether everything goes through from now on.
        told: what became of each request, for whoever replays a seed.
    """

    def __init__(self, page: Page, *, seed: str) -> None:
        self.page, self.dice = page, random.Random(seed)
        self.steady = False
        self.told: list[str] = []
        self.late: list[Callable[[APIRequestContext], object]] = []
        self.busy = 0

    @contextmanager
    def between(self) -> Iterator["FlakyNetwork"]:
        """Intercept the page's saves and submits while the block runs."""
        for kind in ("save", "submit"):
            self.page.route(f"**/requests/*/{kind}/", self._carry)
        try:
            yield self
        finally:
            self.page.unroute_all(behavior="wait")

    def deliver_late(self) -> None:
        """Let everything arrive that was given up for lost; nobody hears the replies."""
        while self.late:
            self.late.pop(self.dice.randrange(len(self.late)))(self.page.context.request)

    def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self.busy:
            self.page.wait_for_timeout(20)

    def _carry(self, route: Route) -> None:
        fate = "through" if self.steady else self.dice.choices(FATES, WEIGHTS)[0]
        self.told.append(f"{route.request.url.rstrip('/').rpartition('/')[2]}: {fate}")
        self.busy += 1
        try:
            self._do(fate, route)
        except PlaywrightError:
            pass  # the page that waited for it is gone
        finally:
            self.busy -= 1

    def _do(self, fate: str, route: Route) -> None:
        if fate == "late":
            self.late.append(as_sent(route.request))
        if fate in ("late", "lost there"):
            return route.abort("connectionreset")
        if fate == "slow there":
            self._dawdle()
        if fate == "twice":
            route.fetch(max_redirects=0)
        answer: APIResponse = route.fetch(max_redirects=0)
        if fate == "slow back":
            self._dawdle()
        if fate == "lost back":
            return route.abort("connectionreset")
        return route.fulfill(response=answer)

    def _dawdle(self) -> None:
        self.page.wait_for_timeout(self.dice.choice((50, 200, 500, 1_200)))


def as_sent(request: Request) -> Callable[[APIRequestContext], object]:
    """Return what sends a request once more, byte by byte, with whatever cookies there are then."""
    url, body = request.url, request.post_data_buffer or b""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return lambda line: line.post(url, data=body, headers=headers, max_redirects=0)
