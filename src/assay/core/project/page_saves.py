"""Saves of one page among themselves: which came late, and which come on top of what the page itself had saved.

A page counts what it sends. Networks lose replies, and deliver a request twice or after a newer one; a page that is
loaded again goes on with what its earlier life had sent last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PageSave:
    """One save of a page.

    Attributes:
        page: what the page calls itself for as long as it lives.
        count: grows with every request that it sends.
        unheard: requests that may have arrived and had no reply yet, as the newest count of each page.
    """

    page: str
    count: int
    unheard: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LastSave:
    """The save of a page that a draft holds, `since` being the version that the page began from; "": not of a page."""

    page: str = ""
    count: int = 0
    since: int = 0


def came_late(save: PageSave, last: LastSave) -> bool:
    """Whether the same page had saved something newer before this arrived."""
    return save.page == last.page and save.count < last.count


def came_twice(save: PageSave, last: LastSave) -> bool:
    """Whether this is what the draft holds already."""
    return (save.page, save.count) == (last.page, last.count)


def only_own_changes(save: PageSave, last: LastSave, *, version: int) -> bool:
    """Whether whatever changed after `version` was saved by the page itself."""
    return version >= last.since and _is_own(save, last)


def last_after(save: PageSave, last: LastSave, *, version: int) -> LastSave:
    """Return what a draft that stood at `version` holds after a save."""
    since = last.since if _is_own(save, last) else version
    return LastSave(page=save.page, count=save.count, since=since)


def _is_own(save: PageSave, last: LastSave) -> bool:
    if not last.page:
        return False
    return last.page == save.page or last.count <= save.unheard.get(last.page, 0)
