"""The annotations of a COCO document as columns: 40 bytes each instead of a Python object."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from assay.core.labels.attributes import PLAIN, Details, UnfitDetails, details_in
from assay.core.layouts.json_stream import Piece
from assay.core.layouts.python_json import decoded
from assay.core.ports.file_format import BadRow, LeftOut
from assay.formats.coco.document import (
    BOXES,
    KEYPOINTS,
    POINT_CATEGORY,
    UNPARSED,
    Document,
    known_id,
    walk_at,
)
from assay.formats.coco.outlines import box_around

Id = Annotated[int, msgspec.Meta(ge=-(2**61), le=2**61)]
MOST_LOOSE: Final = 1_000
"""Bad annotations without an image that are named one by one."""

_EMPTY: Final = 4
"""Bytes of what says nothing: `[]`, `{}`, `null`, `[[]]`."""

_LARGEST: Final = 1e7
_BOX_WITHOUT_AREA: Final = "boxes without an area"
_NO_CATEGORY: Final = "names a category that the file does not have"
_NO_BOX: Final = "has a box that is not four numbers"
_NO_TRIPLES: Final = "has key points that are not three numbers each"
_NO_OUTLINE: Final = "has no box, and an outline that cannot be read"
_IMAGE_ID: Final = re.compile(rb'"image_id"\s*:\s*("[^"\\]*"|-?[0-9]+(?:\.0+)?)(?=\s*[,}])')
_DERIVED: Final = 0.02
"""Pixels by which a box may differ from its key points' hull and still be taken for it."""


class _Annotation(msgspec.Struct, gc=False):
    """An annotation as tools write it; anything else takes the slower way."""

    image_id: Id
    category_id: Id
    bbox: tuple[float, float, float, float]
    iscrowd: Literal[0, 1] = 0
    score: float | None = None
    segmentation: msgspec.Raw = msgspec.Raw()
    keypoints: msgspec.Raw = msgspec.Raw()
    attributes: msgspec.Raw = msgspec.Raw()
    id: int | float | str | None = None
    area: float | None = None
    num_keypoints: float | None = None
    ignore: int | None = None


class _Plain(_Annotation, gc=False, forbid_unknown_fields=True):
    """An annotation without further keys."""


_DECODE_MORE: Final = msgspec.json.Decoder(list[_Annotation]).decode
_DECODE_KEYS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
_KEYS: Final = frozenset({*_Annotation.__struct_fields__, "keypoint_scores"})
"""Keys of an annotation that are no attributes."""


@dataclass
class Objects:
    """Boxes or key points, in the order of the file.

    Attributes:
        image: shape (objects,), the image's id; text ids have numbers of their own (`code`).
        label: shape (objects,), position of the label in `names`.
        hundredths: shape (objects, 4), left, top, width, height in hundredths of a pixel; or x, y, visible, and how
            many key points its annotation has, each times a hundred.
        score: shape (objects,), the confidence, NaN where there is none.
        carried: what each box carries beside; empty where none carries anything.
        names: the labels.
        trouble: by image id, why the labels of this image cannot be read.
        loose: bad annotations that name no image.
    """

    names: list[str]
    image: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    label: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    hundredths: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 4), np.int32))
    score: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    carried: list[Details] = field(default_factory=list)
    trouble: dict[int, str] = field(default_factory=dict)
    loose: list[BadRow] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)

    def code(self, found: object) -> int | None:
        """Return the number of an id, or None where it is no id."""
        number = known_id(found)
        if isinstance(number, int) and -(2**61) <= number <= 2**61:
            return number
        return None if number is None else self.texts.setdefault(str(number), -(2**62) - len(self.texts))


Part = Piece | list[dict[str, Any]]
"""Some annotations: decoded, or as they stand where one of them does not decode."""

Rows = tuple[list[int], list[int], NDArray[np.float64], list[float], list[Details]]
"""Of some objects: images, labels, shape (objects, 4) places in pixels, scores (NaN: none), and what they carry."""


def read_objects(path: Path, *, document: Document, attribute: str, left_out: LeftOut) -> Objects:
    """Read all annotations, counting in `left_out` what boxes or key points alone cannot say.

    Raises:
        NotReadable: if the document is damaged.
    """
    objects = Objects(_names(document, attribute, left_out))
    if document.annotations is None:
        return objects
    gather = (
        _Boxes(objects, document, left_out) if attribute == BOXES else _Points(objects, document, left_out)
    )
    decode: Callable[[bytes], list[Any]] = gather.decode
    columns: list[list[NDArray[Any]]] = [[], [], [], []]
    line = 1
    with path.open("rb") as stream:
        walk = walk_at(path, stream, document.annotations)
        for part in walk.decoded(decode, unfit=UNPARSED):
            images, labels, places, scores, carried = gather.rows(part, line)
            objects.carried += carried
            line += len(part.ends) if isinstance(part, Piece) else len(part)
            kept: tuple[NDArray[Any], ...] = (
                np.array(images, np.int64),
                np.array(labels, np.int32),
                np.rint(places * 100).astype(np.int32),
                np.array(scores, np.float64),
            )
            for column, more in zip(columns, kept, strict=True):
                column.append(more)
    if columns[0]:
        objects.image, objects.label, objects.hundredths, objects.score = map(np.concatenate, columns)
    if not any(one is not PLAIN for one in objects.carried):
        objects.carried.clear()
    if attribute == KEYPOINTS:
        _set_mixed_aside(objects)
    return objects


def _names(document: Document, attribute: str, left_out: LeftOut) -> list[str]:
    """Return the labels, each once, counting what they do not say of the categories."""
    pointed = [one for one in document.categories if one.keypoints] if attribute == KEYPOINTS else []
    points = [name for one in pointed for name in one.keypoints]
    names = points if attribute == KEYPOINTS else [one.name for one in document.categories]
    once = list(dict.fromkeys(names))
    again = len(names) - len(once)
    for noun, count in (
        ("categories with another's name", 0 if points else again),
        ("key points with another's name", again if points else 0),
        ("names of categories", sum(one.name != POINT_CATEGORY for one in pointed)),
        ("skeletons", sum(one.has_skeleton for one in pointed)),
    ):
        if count:
            left_out[noun] += count
    return once


@dataclass
class _Gather:
    """What reading annotations of both kinds needs."""

    objects: Objects
    document: Document
    left_out: LeftOut

    def each(self, part: Part, line: int) -> Iterator[tuple[int, dict[str, Any], Callable[[str], None]]]:
        """Yield the annotations that name an image: the image, what they say, and how to complain."""
        for number, data in enumerate(part.each() if isinstance(part, Piece) else part, start=line):
            try:
                found: Any = decoded(data) if isinstance(data, bytes) else data
            except UNPARSED as error:
                self._damaged(data, number, f"is no JSON: {error}")
                continue
            image = self.objects.code(found.get("image_id")) if isinstance(found, dict) else None
            if image is None:
                self._loose(number, f"annotation {number} names no image")
                continue
            crowd = _crowd(found.get("iscrowd"))
            if crowd:
                self.left_out["crowd regions"] += 1
                continue
            self.leave("outlines", _said(found.get("segmentation")))
            further = sum(found[key] is not None for key in found.keys() - _KEYS)
            self.leave("attributes", bool(found.get("ignore")) + further)

            def complain(reason: str, image: int = image, number: int = number) -> None:
                self.objects.trouble.setdefault(image, f"annotation {number} {reason}")

            if crowd is None:
                complain(f"says neither 0 nor 1 by 'iscrowd', but {repr(found['iscrowd'])[:80]}")
                continue
            yield image, found, complain

    def leave(self, noun: str, count: int) -> None:
        """Count what is left out; nothing is no entry."""
        if count:
            self.left_out[noun] += count

    def carried(self, found: object) -> Details:
        """Return the attributes of an annotation; those that are none are counted."""
        try:
            return details_in({"attributes": found})
        except UnfitDetails:
            self.leave("attributes", _said(found))
            return PLAIN

    def score(self, found: object) -> float:
        """Return a confidence, NaN where there is none; what is no share is counted."""
        if isinstance(found, int | float) and 0 <= found <= 1:
            return float(found)
        self.leave("confidences", found is not None)
        return float("nan")

    def _damaged(self, data: object, number: int, reason: str) -> None:
        """Put an annotation that is no JSON down to its image, where that can still be seen."""
        seen = _IMAGE_ID.findall(data) if isinstance(data, bytes) else []
        image = self.objects.code(seen[0].decode(errors="replace").strip('"')) if len(seen) == 1 else None
        if image is None:
            self._loose(number, f"annotation {number} {reason}")
        else:
            self.objects.trouble.setdefault(image, f"annotation {number} {reason}")

    def _loose(self, number: int, reason: str) -> None:
        loose = self.objects.loose
        if len(loose) < MOST_LOOSE:
            loose.append(BadRow(number, reason))
        elif len(loose) == MOST_LOOSE:
            loose.append(BadRow(number, f"further annotations from number {number} on name no image"))


@dataclass
class _Boxes(_Gather):
    """Reads annotations as boxes."""

    def __post_init__(self) -> None:
        position = {name: at for at, name in enumerate(self.objects.names)}
        self._label = {one.id: position[one.name] for one in self.document.categories}
        self.decode = msgspec.json.Decoder(list[_Plain]).decode

    def rows(self, part: Piece | list[_Annotation], line: int) -> Rows:
        """Return the boxes of some annotations, the first of which has the number `line`."""
        if isinstance(part, Piece):
            more = self._with_more(part)
            return self._slowly(part, line) if more is None else self.rows(more, line)
        found = part
        labels = [self._label.get(one.category_id, -1) for one in found]
        flat = chain.from_iterable([one.bbox for one in found])
        places = np.fromiter(flat, np.float64, 4 * len(found)).reshape(-1, 4)
        near = np.abs(places) <= _LARGEST
        if -1 in labels or not near.all():
            kept = ((np.array(labels) >= 0) & near.all(axis=1)).astype(np.bool_)
            for number, (one, label) in enumerate(zip(found, labels, strict=True), start=line):
                if not kept[number - line] and not one.iscrowd:
                    reason = _NO_CATEGORY if label < 0 else _NO_BOX
                    self.objects.trouble.setdefault(one.image_id, f"annotation {number} {reason}")
            found = [one for one, good in zip(found, kept, strict=True) if good]
            labels, places = [label for label, good in zip(labels, kept, strict=True) if good], places[kept]
        crowds = [bool(one.iscrowd) for one in found]
        if any(crowds):
            plain = [not one for one in crowds]
            self.left_out["crowd regions"] += sum(crowds)
            found, labels, places = list(compress(found, plain)), list(compress(labels, plain)), places[plain]
        self.leave("outlines", _filled([one.segmentation for one in found]))
        self.leave("key points", _filled([one.keypoints for one in found]))
        self.leave("attributes", sum(map(_ignored, found)))
        raw = [one.attributes for one in found]
        carried = [PLAIN] * len(found)
        if _filled(raw):
            carried = [self.carried(msgspec.json.decode(one)) if len(one) else PLAIN for one in raw]
        images = [one.image_id for one in found]
        scores = [np.nan if one.score is None else self.score(one.score) for one in found]
        return self._with_area(images, labels, places, scores, carried)

    def _with_more(self, piece: Piece) -> list[_Annotation] | None:
        """Return annotations with further keys, which are counted; None where one of them is none."""
        try:
            found, said = _DECODE_MORE(piece.whole), _DECODE_KEYS(piece.whole)
        except UNPARSED:
            return None
        further = (
            one[key]
            for one, more in zip(said, found, strict=True)
            if not more.iscrowd
            for key in one.keys() - _KEYS
        )
        self.leave("attributes", sum(bytes(one) != b"null" for one in further))
        return found

    def _slowly(self, piece: Piece, line: int) -> Rows:
        images: list[int] = []
        labels: list[int] = []
        places: list[tuple[float, ...]] = []
        scores: list[float] = []
        carried: list[Details] = []
        for image, found, complain in self.each(piece, line):
            self.leave("key points", _said(found.get("keypoints")))
            has_box, outline = _said(found.get("bbox")), found.get("segmentation")
            if not has_box and not _said(outline):
                self.left_out["annotations without a box"] += 1
                continue
            label = _known(self._label, found.get("category_id"))
            place = _numbers(found["bbox"], 4) if has_box else box_around(outline)
            if label is None:
                complain(_NO_CATEGORY)
            elif place is None:
                complain(_NO_BOX if has_box else _NO_OUTLINE)
            else:
                images.append(image)
                labels.append(label)
                places.append(place)
                scores.append(self.score(found.get("score")))
                carried.append(self.carried(found.get("attributes")))
        places_ = np.array(places, np.float64).reshape(-1, 4)
        return self._with_area(images, labels, places_, scores, carried)

    def _with_area(
        self,
        images: list[int],
        labels: list[int],
        places: NDArray[np.float64],
        scores: list[float],
        carried: list[Details],
    ) -> Rows:
        below = (places[:, 2:] < 0).any(axis=1)
        for at in np.flatnonzero(below).tolist():
            wide, high = places[at, 2:].tolist()
            self.objects.trouble.setdefault(images[at], f"a box of {wide:g} by {high:g} has no area")
        solid = (places[:, 2:] >= 0.005).all(axis=1)
        if not solid.all():
            if lines := int((~solid & ~below).sum()):
                self.left_out[_BOX_WITHOUT_AREA] += lines
            kept = solid.astype(int).tolist()
            images, labels = list(compress(images, kept)), list(compress(labels, kept))
            return images, labels, places[solid], list(compress(scores, kept)), list(compress(carried, kept))
        return images, labels, places, scores, carried


@dataclass
class _Points(_Gather):
    """Reads annotations as key points."""

    def __post_init__(self) -> None:
        self.decode = msgspec.json.Decoder(list[dict[str, Any]]).decode

    def rows(self, part: Part, line: int) -> Rows:
        """Return the key points of some annotations, the first of which has the number `line`."""
        images: list[int] = []
        labels: list[int] = []
        places: list[tuple[float, ...]] = []
        scores: list[float] = []
        position = {name: at for at, name in enumerate(self.objects.names)}
        names = {one.id: one.keypoints for one in self.document.categories}
        for image, found, complain in self.each(part, line):
            own = _known(names, found.get("category_id"))
            triples = _triples(found.get("keypoints") or [], own)
            if own is None or triples is None:
                named = own is not None and _is_too_many(found.get("keypoints"), own)
                complain(
                    "has key points that its category does not name" if own is None or named else _NO_TRIPLES
                )
                continue
            marked = [(name, *triple) for name, triple in zip(own, triples, strict=False) if triple[2] > 0]
            self.leave("boxes", not _is_hull(found.get("bbox"), marked))
            images += [image] * len(marked)
            labels += [position[name] for name, *_ in marked]
            places += [(x, y, float(seen > 1), float(len(marked))) for _, x, y, seen in marked]
            scores += self._scores(found.get("keypoint_scores"), triples)
            self.leave("confidences", found.get("score") is not None)
            self.leave("attributes", _said(found.get("attributes")))
        return images, labels, np.array(places, np.float64).reshape(-1, 4), scores, []

    def _scores(self, found: object, triples: Sequence[tuple[float, ...]]) -> list[float]:
        """Return the confidence of each marked key point; `keypoint_scores` has one for every key point."""
        fits = isinstance(found, list) and len(found) == len(triples)
        given = found if isinstance(found, list) and fits else [None] * len(triples)
        self.leave("confidences", found is not None and not fits)
        return [self.score(one) for one, triple in zip(given, triples, strict=True) if triple[2] > 0]


def _set_mixed_aside(objects: Objects) -> None:
    """Put down as trouble the images in which the key points of several annotations would mix.

    Label values do not say which points belong together. Nothing is lost where one annotation has all of
    them, or where each has a single one and names stand twice, as they are written then.
    """
    images, image, totals = np.unique(objects.image, return_inverse=True, return_counts=True)
    most = np.zeros(len(images), np.int64)
    own = objects.hundredths[:, 3] // 100
    np.maximum.at(most, image, own)
    pairs = np.unique(image * max(len(objects.names), 1) + objects.label)
    kinds = np.bincount(pairs // max(len(objects.names), 1), minlength=len(images))
    mixed = (totals > most) & ((most > 1) | (kinds == totals))
    annotations = np.rint(np.bincount(image, 1 / own, minlength=len(images))) if len(images) else totals
    for at in np.flatnonzero(mixed).tolist():
        reason = (
            f"its key points belong to {int(annotations[at])} annotations, and would no longer be told apart"
        )
        objects.trouble.setdefault(int(images[at]), reason)


def _crowd(found: object) -> bool | None:
    """Return what `iscrowd` says, however it is spelt; None where it says neither yes nor no."""
    number = 0 if found is None else int(found) if isinstance(found, bool) else known_id(found)
    return bool(number) if number in (0, 1) else None


def _ignored(found: _Annotation) -> bool:
    return bool(found.ignore)


def _filled(found: Sequence[msgspec.Raw]) -> int:
    """Return how many say something."""
    sizes = list(map(len, found))
    return sum(size > _EMPTY for size in sizes) if max(sizes, default=0) > _EMPTY else 0


def _said(found: object) -> bool:
    return bool(found) and found != [[]]


def _known(table: dict[int | str, Any], found: object) -> Any:
    number = known_id(found)
    return None if number is None else table.get(number)


def _numbers(found: object, count: int) -> tuple[float, ...] | None:
    if not isinstance(found, list) or len(found) != count:
        return None
    if not all(type(one) in (int, float) and abs(one) <= _LARGEST for one in found):
        return None
    return tuple(float(one) for one in found)


def _triples(found: object, own: Sequence[str] | None) -> list[tuple[float, ...]] | None:
    if not isinstance(found, list) or len(found) % 3 or len(found) > 3 * len(own or ()):
        return None
    flat = _numbers(found, len(found))
    return None if flat is None else [flat[at : at + 3] for at in range(0, len(flat), 3)]


def _is_too_many(found: object, own: Sequence[str]) -> bool:
    return isinstance(found, list) and len(found) > 3 * len(own)


def _is_hull(bbox: object, marked: Sequence[tuple[Any, ...]]) -> bool:
    """Say whether a box says no more than the key points do, or is not there."""
    place = _numbers(bbox, 4)
    if place is None or not marked:
        return place is None
    xs, ys = [one[1] for one in marked], [one[2] for one in marked]
    hull = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return all(abs(a - b) <= _DERIVED for a, b in zip(place, hull, strict=True))
