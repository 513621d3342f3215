"""Where the annotations, the pictures and the lists of a Pascal VOC folder lie, in the layouts of several tools."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import NotReadable
from assay.core.layouts.media_paths import is_left_behind

ANNOTATIONS: Final = "Annotations"
PICTURES: Final = "JPEGImages"
SETS: Final = ("ImageSets", "Main")
SPLITS: Final = ("train", "valid", "val", "test")

_OWN_HOMES: Final = (
    (ANNOTATIONS, (PICTURES, "images")),  # the challenges; Label Studio
    ("annotations", ("images", PICTURES)),  # chosen with supervision's exporter, named so in its documents
    ("labels", ("data",)),  # FiftyOne
)
_SET_NAMES: Final = ("default", "trainval", "train", "val", "test")
_UNTOUCHED: Final = "it has no annotation, and neither has any other picture of the set '{}'"
_GONE: Final = "the set '{}' lists it, but neither its annotation nor its picture is there"
_UNLISTED: Final = "it has no annotation, and no set lists it: whether anybody looked at it is not known"
_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif")
_HEAD: Final = 4096
_ROOT: Final = re.compile(rb"<annotation[\s>]")


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of annotations and of pictures; both are the folder itself where XML lies beside the pictures."""

    annotations: Path
    pictures: Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture that an annotation, a set or its own file tells of.

    Attributes:
        stem: its name without ending.
        annotated: whether it has an annotation.
        picture: where it has none, its file below the folder of pictures; "" where this is not there.
        doubt: where it has none, why that does not say that nothing is in the picture; "" where it does.
    """

    stem: str
    annotated: bool = True
    picture: str = ""
    doubt: str = ""


def home_of(path: Path) -> Home | None:
    """Return where a folder holds annotations; None where it holds none."""
    for name, pictures in _OWN_HOMES:
        folder = path / name
        if folder.is_dir() and (name == ANNOTATIONS or _has_annotations(folder)):
            there = next((one for one in pictures if (path / one).is_dir()), pictures[0])
            return Home(folder, path / there)
    beside = (path, *(path / split for split in SPLITS))
    return Home(path, path) if any(map(_has_annotations, beside)) else None


def settled_home(path: Path) -> Home:
    """Return the same; raises `NotReadable` where there is none."""
    found = home_of(path)
    if found is None:
        raise NotReadable(
            path=str(path), reason=f"it has no folder '{ANNOTATIONS}', nor another with annotations in XML"
        )
    return found


def pictures_by_name(home: Home) -> Mapping[str, str]:
    """Return the pictures below their folder by their paths, and by those without endings."""
    files = list(_found(home.pictures, _ENDINGS)) if home.pictures.is_dir() else []
    return {**{name.rpartition(".")[0]: name for name in files}, **{name: name for name in files}}


def _has_annotations(folder: Path) -> bool:
    """Say whether the first XML file of a folder is an annotation of one picture."""
    try:
        names = (
            entry.path
            for entry in os.scandir(folder)
            if entry.name.lower().endswith(".xml") and not is_left_behind(entry.name)
        )
        first = min(names, default=None)
        if first is None:
            return False
        with Path(first).open("rb") as stream:
            return _ROOT.search(stream.read(_HEAD)) is not None
    except OSError:
        return False


def entries(path: Path, home: Home) -> Iterator[Entry]:
    """Yield every picture once: as the sets list them, then what is only annotated, then what is only a file."""
    annotated = dict.fromkeys(name.rpartition(".")[0] for name in _found(home.annotations, (".xml",)))
    files = _found(home.pictures, _ENDINGS) if home.pictures.is_dir() else ()
    bare = {stem: name for name in files if (stem := name.rpartition(".")[0]) not in annotated}
    done: set[str] = set()
    for name in _SET_NAMES:
        listed = dict.fromkeys(
            _listed(line, annotated, bare) for line in lines_of(path.joinpath(*SETS, f"{name}.txt"))
        )
        doubt = "" if any(stem in annotated for stem in listed) else _UNTOUCHED.format(name)
        for stem in listed:
            if stem in done:
                continue
            done.add(stem)
            picture = bare.get(stem, "")
            yield Entry(stem, stem in annotated, picture, doubt if picture else _GONE.format(name))
    yield from (Entry(stem) for stem in annotated if stem not in done)
    yield from (Entry(stem, False, name, _UNLISTED) for stem, name in bare.items() if stem not in done)


def _listed(line: str, annotated: dict[str, None], bare: dict[str, str]) -> str:
    """Return the picture that a line of a set names: those of one class have a second column."""
    first = line.partition(" ")[0]
    return next((stem for stem in (line, first) if stem in annotated or stem in bare), line.strip())


def _found(folder: Path, endings: tuple[str, ...], below: str = "") -> Iterator[str]:
    with os.scandir(folder / below) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if is_left_behind(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _found(folder, endings, f"{below}{entry.name}/")
        elif entry.name.lower().endswith(endings) and entry.is_file(follow_symlinks=False):
            yield below + entry.name


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a list that say something; none where there is no such file.

    Raises:
        NotReadable: if it cannot be read.
    """
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            for line in stream:
                if line.strip():
                    yield line.rstrip("\r\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from None
