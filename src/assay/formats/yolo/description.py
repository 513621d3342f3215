"""The description of a YOLO folder: its classes and its pictures, as Ultralytics, darknet or labelImg lay it out."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from assay.core.errors import NotReadable
from assay.core.layouts.media_paths import is_left_behind, path_parts, tails
from assay.core.limits import YOLO_CLASSES, YOLO_DESCRIPTION
from assay.core.ports.file_format import BadRow

YAML_NAMES: Final = ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml")
DARKNET_NAMES: Final = ("obj.data",)
BARE_NAMES: Final = "obj.names"
"""The names of classes where nothing else describes the folder, as FiftyOne writes it beside `images.txt`."""

CLASSES: Final = "classes.txt"
"""The names of classes as labelImg and Label Studio write them; it says nothing of pictures."""

_BLANKS: Final = " \t\u00a0"
_NO_LABELS: Final = ("classes.txt", "readme.txt")
LABELS: Final = "labels"
PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif")
SPLITS: Final = ("train", "val", "valid", "test")

_LARGEST: Final = YOLO_DESCRIPTION.most

_MOST_CLASSES: Final = YOLO_CLASSES.most
_READ: Final = 1 << 16
_DEEPEST: Final = 50
_OPENING, _CLOSING = tuple(b"[{"), tuple(b"]}")
_DEEP_LINE: Final = re.compile(rb"^[ \t]*(?:[-?:][ \t]+){50}|^[ \t]{400}", re.MULTILINE)
"""A line that opens fifty levels by itself, or stands that far to the right."""

_DRIVE: Final = re.compile(r"^[A-Za-z]:(?=/)")
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
        complete: whether every file of labels must have a picture, since no list says which there are.
    """

    root: Path
    names: tuple[str, ...]
    sources: tuple[str, ...]
    beside: bool
    points: bool
    complete: bool = False


def description_of(path: Path) -> Path | None:
    """Return the description of a folder, or the path itself where it is one; None where there is none."""
    if path.is_file():
        return path if path.name.lower() in (*YAML_NAMES, *DARKNET_NAMES, BARE_NAMES, CLASSES) else None
    named = (path / name for name in (*YAML_NAMES, *DARKNET_NAMES, BARE_NAMES))
    return next((one for one in named if one.is_file()), _classes_of(path))


def describe(path: Path) -> Description:
    """Read the description of a folder.

    Raises:
        NotReadable: if there is none, or it names no classes.
    """
    found = description_of(path)
    if found is None:
        raise NotReadable(path=str(path), reason="it is no folder with a data.yaml, obj.data or classes.txt")
    data = read_bytes(found, most=_LARGEST)
    if found.name.lower() in DARKNET_NAMES:
        return _darknet(found, data)
    if found.name.lower() == BARE_NAMES:
        listed = tuple(
            one
            for one in ("images.txt", *(f"{split}.txt" for split in SPLITS))
            if is_there(found.parent / one)
        )
        return Description(found.parent, _lines(data, found), listed, beside=True, points=False)
    if found.name.lower() == CLASSES:
        return _label_img(found, data)
    return _ultralytics(found, data)


def pictures(about: Description) -> Iterator[str | BadRow]:
    """Yield the pictures as paths below the root, each once, in the order of the lists.

    Raises:
        NotReadable: if a list cannot be read, or none of the sources is there.
    """
    seen: set[str] = set()
    folders: list[str] = []
    there = False
    for source in about.sources:
        place = _inside(about.root, source)
        if place is None or not is_there(about.root / place):
            place = _end_that_is_there(about.root, source.strip().replace("\\", "/"))
        if place is None:
            continue
        there = True
        if (about.root / place).is_dir():
            folders.append(place)
        for name in _pictures_in(about.root, place):
            path = _inside(about.root, name)
            if path is None:
                yield BadRow(len(seen) + 1, f"the picture '{name[:200]}' lies outside of the folder")
            elif path not in seen:
                seen.add(path)
                yield path
    for row in _lone_labels(about, seen, [*folders, *(about.sources if about.complete else ())]):
        there = True
        yield row
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
    # Where it names no pictures at all, as supervision writes it, they lie beside the labels.
    sources = sources or list(_folders_of_pictures(root))
    called = found.get("names")
    if called is None and type(found.get("nc")) is int and 0 < found["nc"] < _MOST_CLASSES:
        called = [f"class_{number}" for number in range(found["nc"])]  # as Ultralytics calls them
    names = _names(called, path)
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
    listed = [said[split] for split in SPLITS if said.get(split)]
    called = _lines(read_bytes(root / names, most=_LARGEST), root / names)
    return Description(root, called, tuple(dict.fromkeys(listed)), beside=True, points=False)


def _classes_of(path: Path) -> Path | None:
    """Return the classes of a folder that has labels beside its pictures or in folders of their own."""
    found = next((one for one in (path / CLASSES, path / LABELS / CLASSES) if one.is_file()), None)
    if found is None or _folders_of_pictures(path):
        return found
    names = {entry.name for entry in os.scandir(path)}
    beside = (name for name in names if name.lower().endswith(PICTURES))
    return found if any(f"{name.rpartition('.')[0]}.txt" in names for name in beside) else None


def _folders_of_pictures(root: Path) -> tuple[str, ...]:
    """Return where pictures lie that have folders of labels beside them, whether or not they are there."""
    homes = ("", *(f"{split}/" for split in SPLITS))
    return tuple(f"{home}images" for home in homes if (root / home / LABELS).is_dir())


def _label_img(path: Path, data: bytes) -> Description:
    root = path.parent.parent if path.parent.name == LABELS else path.parent
    sources = _folders_of_pictures(root)
    beside = not sources
    names = _lines(data, path)
    return Description(root, names, sources or (".",), beside=beside, points=False, complete=not beside)


def _lone_labels(about: Description, seen: set[str], places: Sequence[str]) -> Iterator[BadRow]:
    """Yield a bad row for every file of labels without a picture: nobody knows its size, or what it shows."""
    known = {label_file(picture, beside=about.beside) for picture in seen}
    for place in places:
        home = label_file(f"{place}/x", beside=about.beside).rpartition("/")[0]
        if os.path.normpath(home) == os.path.normpath(place):
            continue  # lists and notes lie beside pictures too
        for folder, below, files in os.walk(about.root / home):
            below[:] = sorted(one for one in below if not is_left_behind(one))
            here = os.path.relpath(folder, about.root)
            for name in sorted(files):
                file = f"{here}/{name}"
                if name.lower() in _NO_LABELS or not name.lower().endswith(".txt") or is_left_behind(name):
                    continue
                if file not in known:
                    known.add(file)
                    yield BadRow(len(seen) + 1, _why_alone(about.root, file, place, home))


def _why_alone(root: Path, file: str, place: str, home: str) -> str:
    """Return why a file of labels has no picture: it may be there in a format that is not read."""
    stem = Path(place) / Path(file).relative_to(os.path.normpath(home)).with_suffix("")
    with suppress(OSError, ValueError):
        for other in sorted((root / stem.parent).glob(f"{glob.escape(stem.name)}.*")):
            return f"'{stem.parent.as_posix()}/{other.name[:200]}' is in a format that is not read: save it as JPEG or PNG"
    return f"the picture of '{file[:200]}' is not there"


def _lines(data: bytes, path: Path) -> tuple[str, ...]:
    """Return the class names of a file that has one a line."""
    rows = data.decode(errors="replace").splitlines()
    while rows and not rows[-1].strip():
        rows.pop()
    return _names([row.strip() for row in rows], path)


def _names(found: Any, path: Path) -> tuple[str, ...]:
    """Return the class names by id; YAML reads names such as `no` and `7` as other than text."""
    if isinstance(found, list):
        found = dict(enumerate(found))
    if not isinstance(found, dict):
        raise NotReadable(path=str(path), reason="it names no classes")
    by_id: dict[int, str] = {}
    for key, name in found.items():
        spelt = str(key).removesuffix(".0")
        number = int(spelt) if spelt.isdecimal() and len(spelt) < 8 else None
        if number is None or number >= _MOST_CLASSES or isinstance(name, list | dict):
            raise NotReadable(path=str(path), reason=f"'{str(key)[:80]}' is no class id with a name")
        text = {True: "yes", False: "no"}.get(name, str(name)) if isinstance(name, bool) else str(name)
        bare = text.strip(_BLANKS)
        by_id[number] = bare if name is not None and bare else str(number)
    return tuple(by_id.get(number, str(number)) for number in range(max(by_id, default=-1) + 1))


def _listed(found: object) -> Sequence[str]:
    if isinstance(found, str):
        return [found]
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _inside(root: Path, name: str) -> str | None:
    """Return a path below the root, or None where it leaves it.

    Exports of common tools name their folders as seen from elsewhere: where the path is not there as it stands,
    leading `../` and darknet's `data/` are dropped, and of an absolute path all but the longest end that is
    there, else all before `images/`.
    """
    whole = _DRIVE.sub("", name.strip().replace("\\", "/"))
    if "\0" in whole:
        return None
    if whole.startswith("/"):
        near = os.path.relpath(whole, root)
        if near.startswith(".."):
            ends_in = f"images/{whole.rpartition('/images/')[2]}" if "/images/" in whole else None
            return _end_that_is_there(root, whole) or (ends_in and _inside(root, ends_in))
        whole = near
    if not whole.startswith(("../", "data/")):
        plain = os.path.normpath(whole)
        return None if plain.startswith(("..", "/")) else plain
    tries = [whole]
    while tries[-1].startswith(("../", "data/")):
        tries.append(tries[-1].partition("/")[2])
    kept = [one for one in map(os.path.normpath, tries) if not one.startswith(("..", "/"))]
    there = next((one for one in kept if os.path.lexists(root / one)), "")
    # Without its pictures an export still has the folders that they would lie in.
    beside = (one for one in kept if "/" in one and os.path.lexists((root / one).parent))
    return there or next(beside, kept[0] if kept else None)


def _end_that_is_there(root: Path, whole: str) -> str | None:
    """Return the longest end of a path that is there below the root, or None where none is."""
    return next((end for end in tails(path_parts(whole)) if is_there(root / end)), None)


def _pictures_in(root: Path, place: str) -> Iterator[str]:
    """Yield what a folder or a list of pictures holds."""
    if (root / place).is_dir():
        for folder, below, files in os.walk(root / place):
            below[:] = sorted(one for one in below if not is_left_behind(one))
            home = os.path.relpath(folder, root)
            yield from (
                f"{home}/{name}"
                for name in sorted(files)
                if name.lower().endswith(PICTURES) and not is_left_behind(name)
            )
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
