"""The description of a YOLO folder: its classes and its pictures, in Ultralytics' or darknet's layout."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from assay.core.errors import NotReadable
from assay.core.ports import BadRow

YAML_NAMES: Final = ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml")
DARKNET_NAMES: Final = ("obj.data",)
PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif")
SPLITS: Final = ("train", "val", "valid", "test")

_LARGEST: Final = 1 << 22
"""Bytes of a description."""

_MOST_CLASSES: Final = 100_000
_READ: Final = 1 << 16
_DEEPEST: Final = 50
_OPENING, _CLOSING = tuple(b"[{"), tuple(b"]}")
_DEEP_LINE: Final = re.compile(rb"^[ \t]*(?:[-?:][ \t]+){50}|^[ \t]{400}", re.MULTILINE)
"""A line that opens fifty levels by itself, or stands that far to the right."""

_ANCHOR: Final = re.compile(rb"(?:^|[\s,:\[{-])&([^\s,\]}]+)")


@dataclass(frozen=True, slots=True)
class Description:
    """What a folder's description says.

    Attributes:
        root: the folder that paths start from.
        names: the class names by class id; holes have the id as name.
        sources: folders or lists of pictures, as written, in order.
        beside: whether labels lie beside the pictures instead of below `labels` (darknet).
        points: whether rows hold key points behind the box.
    """

    root: Path
    names: tuple[str, ...]
    sources: tuple[str, ...]
    beside: bool
    points: bool


def description_of(path: Path) -> Path | None:
    """Return the description of a folder, or the path itself where it is one; None where there is none."""
    if path.is_file():
        return path if path.name.lower() in (*YAML_NAMES, *DARKNET_NAMES) else None
    return next((path / name for name in (*YAML_NAMES, *DARKNET_NAMES) if (path / name).is_file()), None)


def describe(path: Path) -> Description:
    """Read the description of a folder.

    Raises:
        NotReadable: if there is none, or it names no classes.
    """
    found = description_of(path)
    if found is None:
        raise NotReadable(path=str(path), reason="it is no folder with a data.yaml or an obj.data")
    data = read_bytes(found, most=_LARGEST)
    if found.name.lower() in DARKNET_NAMES:
        return _darknet(found, data)
    return _ultralytics(found, data)


def pictures(about: Description) -> Iterator[str | BadRow]:
    """Yield the pictures as paths below the root, each once, in the order of the lists.

    Raises:
        NotReadable: if a list cannot be read, or none of the sources is there.
    """
    seen: set[str] = set()
    there = False
    for source in about.sources:
        place = _inside(about.root, source)
        if place is None or not is_there(about.root / place):
            continue
        there = True
        for name in _pictures_in(about.root, place):
            path = _inside(about.root, name)
            if path is None:
                yield BadRow(len(seen) + 1, f"the picture '{name[:200]}' lies outside of the folder")
            elif path not in seen:
                seen.add(path)
                yield path
    if not there:
        named = ", ".join(about.sources) or "nothing"
        raise NotReadable(path=str(about.root), reason=f"its lists of pictures are not there ({named[:200]})")


def label_file(picture: str, *, beside: bool) -> str:
    """Return where the labels of a picture stand: `images` in its path becomes `labels`, as Ultralytics does."""
    folder, slash, name = picture.rpartition("/")
    stem = f"{folder}{slash}{name.rpartition('.')[0] or name}.txt"
    if beside:
        return stem
    head, found, tail = f"/{stem}".rpartition("/images/")
    return f"{head}/labels/{tail}".lstrip("/") if found else stem


def is_there(path: Path | str) -> bool:
    """Say whether a file or folder is there; what cannot be a name is not."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def read_bytes(path: Path | str, *, most: int) -> bytes:
    """Return a whole small file; raises `NotReadable` where it is missing or has more than `most` bytes."""
    try:
        # A folder holds a hundred thousand of them, and a file object takes longer to make than to read.
        file = os.open(path, os.O_RDONLY)
        try:
            data = more = os.read(file, _READ)
            while len(more) == _READ and len(data) <= most:
                data += (more := os.read(file, _READ))
        finally:
            os.close(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is no file name"
        raise NotReadable(path=str(path), reason=reason.lower()) from None
    if len(data) > most:
        raise NotReadable(path=str(path), reason=f"it has more than {most:,} bytes")
    return data.removeprefix(b"\xef\xbb\xbf")


def _ultralytics(path: Path, data: bytes) -> Description:
    # An alias inside an alias can stand for more than any memory holds; no label map needs one.
    if any(re.search(rb"\*" + re.escape(name), data) for name in _ANCHOR.findall(data)):
        raise NotReadable(path=str(path), reason="it uses aliases, which are not followed")
    if _is_deep(data):
        raise NotReadable(path=str(path), reason=f"it is nested more than {_DEEPEST} levels deep")
    try:
        found = msgspec.yaml.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise NotReadable(path=str(path), reason=f"it is no YAML ({reason[:200]})") from None
    if not isinstance(found, dict):
        raise NotReadable(path=str(path), reason="it does not say which classes and pictures there are")
    root = path.parent
    below = _inside(root, str(found.get("path") or "."))
    if below is not None and (root / below).is_dir():
        root = root / below
    sources = [one for split in SPLITS for one in _listed(found.get(split))]
    names = _names(found.get("names"), path)
    return Description(root, names, tuple(dict.fromkeys(sources)), beside=False, points="kpt_shape" in found)


def _is_deep(data: bytes) -> bool:
    """Say whether YAML is nested so deeply that its parser, which is C and does not count, could crash."""
    signs = np.frombuffer(data, np.uint8)
    opened = np.cumsum(np.isin(signs, _OPENING).astype(np.int64) - np.isin(signs, _CLOSING))
    return bool(len(opened) and opened.max() > _DEEPEST) or _DEEP_LINE.search(data) is not None


def _darknet(path: Path, data: bytes) -> Description:
    lines = (line.partition("=") for line in data.decode(errors="replace").splitlines())
    said = {key.strip(): value.strip() for key, _, value in lines}
    root = path.parent
    names = _inside(root, said.get("names", "obj.names"))
    if names is None:
        raise NotReadable(path=str(path), reason="its list of names lies outside of the folder")
    rows = read_bytes(root / names, most=_LARGEST).decode(errors="replace").splitlines()
    while rows and not rows[-1].strip():
        rows.pop()
    listed = [said[split] for split in SPLITS if said.get(split)]
    called = _names([row.strip() for row in rows], root / names)
    return Description(root, called, tuple(dict.fromkeys(listed)), beside=True, points=False)


def _names(found: Any, path: Path) -> tuple[str, ...]:
    """Return the class names by id; YAML reads names such as `no` and `7` as other than text."""
    if isinstance(found, list):
        found = dict(enumerate(found))
    if not isinstance(found, dict):
        raise NotReadable(path=str(path), reason="it names no classes")
    by_id: dict[int, str] = {}
    for key, name in found.items():
        number = int(key) if str(key).isdecimal() and len(str(key)) < 8 else None
        if number is None or number >= _MOST_CLASSES or isinstance(name, list | dict):
            raise NotReadable(path=str(path), reason=f"'{str(key)[:80]}' is no class id with a name")
        text = {True: "yes", False: "no"}.get(name, str(name)) if isinstance(name, bool) else str(name)
        by_id[number] = text if name is not None and text else str(number)
    return tuple(by_id.get(number, str(number)) for number in range(max(by_id, default=-1) + 1))


def _listed(found: object) -> Sequence[str]:
    if isinstance(found, str):
        return [found]
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _inside(root: Path, name: str) -> str | None:
    """Return a path below the root, or None where it leaves it.

    Exports of common tools name their folders as seen from elsewhere: where the path is not there as it stands,
    leading `../` and darknet's `data/` are dropped, and of an absolute path all before `images/`.
    """
    whole = name.strip().replace("\\", "/")
    if "\0" in whole:
        return None
    if whole.startswith("/"):
        near = os.path.relpath(whole, root)
        whole = (
            f"images/{whole.rpartition('/images/')[2]}"
            if near.startswith("..") and "/images/" in whole
            else near
        )
        if whole.startswith(".."):
            return None
    if not whole.startswith(("../", "data/")):
        plain = os.path.normpath(whole)
        return None if plain.startswith(("..", "/")) else plain
    tries = [whole]
    while tries[-1].startswith(("../", "data/")):
        tries.append(tries[-1].partition("/")[2])
    kept = [one for one in map(os.path.normpath, tries) if not one.startswith(("..", "/"))]
    return next((one for one in kept if os.path.lexists(root / one)), kept[0] if kept else None)


def _pictures_in(root: Path, place: str) -> Iterator[str]:
    """Yield what a folder or a list of pictures holds."""
    if (root / place).is_dir():
        for folder, below, files in os.walk(root / place):
            below.sort()
            home = os.path.relpath(folder, root)
            yield from (f"{home}/{name}" for name in sorted(files) if name.lower().endswith(PICTURES))
        return
    if place.lower().endswith(PICTURES):
        yield place
        return
    try:
        with (root / place).open(encoding="utf-8", errors="replace", newline="\n") as lines:
            for line in lines:
                if name := line.strip():
                    yield name
    except OSError as error:
        raise NotReadable(path=str(root / place), reason=(error.strerror or str(error)).lower()) from None
