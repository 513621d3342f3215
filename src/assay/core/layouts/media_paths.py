"""Paths of media as files name them, whatever system wrote them: the parts that lie below a folder of ours."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

_LEFT_BEHIND: Final = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})
_DRIVE: Final = re.compile(r"^[A-Za-z]:/")


def path_parts(media: str) -> list[str]:
    """Return the parts of a path or address, as Windows writes it too, without those that only lead to and fro."""
    parts: list[str] = []
    for part in _DRIVE.sub("", media.replace("\\", "/")).replace("://", "/").split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return parts


def plain_place(name: str) -> str | None:
    """Return an id or a name of media as it stands in what is stored and delivered, None where it would lead upward.

    It starts at no root and has plain slashes: whoever joins it with a folder of theirs stays in there.
    """
    rooted = name[:1] == "/" or (name[1:2] == ":" and _DRIVE.match(name) is not None)
    if not rooted and "\\" not in name and ".." not in name:
        return name
    parts = path_parts(name)
    return None if not parts or ".." in parts else "/".join(parts)


def path_ends(media: str) -> list[str]:
    """Return what a file may be called below a folder of ours, what is most likely first.

    That is its path; where this starts at the root of some machine, also each of its ends, the longest first. Blanks
    around a name that a cell holds are no part of it, unless there is such a file.
    """
    rooted = media.strip().lower().startswith(("/", "\\", "file:")) or _DRIVE.match(
        media.strip().replace("\\", "/")
    )
    found = [path_parts(media)]
    if rooted:
        local = media.strip()
        local = unquote(local[len("file:") :]) if local.lower().startswith("file:") else local
        return tails(path_parts(local))
    if media != media.strip():
        found.append(path_parts(media.strip()))
    return list(dict.fromkeys("/".join(parts) for parts in found if ".." not in parts))


def tails(parts: Sequence[str]) -> list[str]:
    """Return a path and each of its ends, the longest first; those that lead upward are none."""
    ends = (parts[start:] for start in range(len(parts)))
    return ["/".join(end) for end in ends if ".." not in end]


def is_left_behind(name: str) -> bool:
    """Say whether a file or folder of this name is what a system leaves behind, and nobody's data."""
    return name.startswith("._") or name.lower() in _LEFT_BEHIND
