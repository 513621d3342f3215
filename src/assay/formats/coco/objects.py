"""The annotations of a COCO document as columns: 40 bytes each instead of a Python object."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assay.core.json_pieces import Piece
from assay.core.ports import BadRow, LeftOut
from assay.formats.coco.document import BOXES, KEYPOINTS, UNPARSED, Document, walk_at

Id = Annotated[int, msgspec.Meta(ge=-(2**61), le=2**61)]
MOST_LOOSE: Final = 1_000
"""Bad annotations without an image that are named one by one."""

_EMPTY: Final = 4
"""Bytes of what says nothing: `[]`, `{}`, `null`, `[[]]`."""

_LARGEST: Final = 1e7
_BOX_WITHOUT_AREA: Final = "boxes without an area"
_NO_CATEGORY: Final = "names a category that the file does not have"
_NO_BOX: Final = "has a box that is not four numbers"
_DERIVED: Final = 0.02
"""Pixels by which a box may differ from its key points' hull and still be taken for it."""


class _Annotation(msgspec.Struct, gc=False):
    """An annotation as tools write it; anything else takes the slower way."""

    image_id: Id
    category_id: Id
    bbox: tuple[float, float, float, float]
    iscrowd: int = 0
    score: float | None = None
    segmentation: msgspec.Raw = msgspec.Raw()
    keypoints: msgspec.Raw = msgspec.Raw()
    attributes: msgspec.Raw = msgspec.Raw()


@dataclass
class Objects:
    """Boxes or key points, in the order of the file.

    Attributes:
        image: shape (objects,), the image's id; text ids have numbers of their own (`code`).
        label: shape (objects,), position of the label in `names`.
        hundredths: shape (objects, 4), left, top, width, height, or x, y, visible, 0, in hundredths of a pixel.
        score: shape (objects,), the confidence, NaN where there is none.
        names: the labels.
        trouble: by image id, why the labels of this image cannot be read.
        loose: bad annotations that name no image.
    """

    names: list[str]
    image: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    label: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    hundredths: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 4), np.int32))
    score: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    trouble: dict[int, str] = field(default_factory=dict)
    loose: list[BadRow] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)

    def code(self, found: object) -> int | None:
        """Return the number of an id, or None where it is no id."""
        if type(found) is int and -(2**61) <= found <= 2**61:
            return found
        if isinstance(found, str):
            return self.texts.setdefault(found, -(2**62) - len(self.texts))
        return None


Part = Piece | list[dict[str, Any]]
"""Some annotations: decoded, or as they stand where one of them does not decode."""

Rows = tuple[list[int], list[int], NDArray[np.float64], list[float]]
"""Of some objects: images, labels, shape (objects, 4) places in pixels, and scores (NaN: none)."""


def read_objects(path: Path, *, document: Document, attribute: str, left_out: LeftOut) -> Objects:
    """Read all annotations, counting in `left_out` what boxes or key points alone cannot say.

    Raises:
        NotReadable: if the document is damaged.
    """
    wanted = [
        name
        for one in document.categories
        for name in (one.keypoints if attribute == KEYPOINTS else (one.name,))
    ]
    objects = Objects(list(dict.fromkeys(wanted)))
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
            images, labels, places, scores = gather.rows(part, line)
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
    return objects


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
                found: Any = msgspec.json.decode(data) if isinstance(data, bytes) else data
            except UNPARSED as error:
                self._loose(number, f"annotation {number} is no JSON: {error}")
                continue
            image = self.objects.code(found.get("image_id")) if isinstance(found, dict) else None
            if image is None:
                self._loose(number, f"annotation {number} names no image")
                continue
            if found.get("iscrowd") not in (None, 0):
                self.left_out["crowd regions"] += 1
                continue
            self.leave("outlines", _said(found.get("segmentation")))
            self.leave("attributes", _said(found.get("attributes")))

            def complain(reason: str, image: int = image, number: int = number) -> None:
                self.objects.trouble.setdefault(image, f"annotation {number} {reason}")

            yield image, found, complain

    def leave(self, noun: str, count: int) -> None:
        """Count what is left out; nothing is no entry."""
        if count:
            self.left_out[noun] += count

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
        self.decode = msgspec.json.Decoder(list[_Annotation]).decode

    def rows(self, part: Piece | list[_Annotation], line: int) -> Rows:
        """Return the boxes of some annotations, the first of which has the number `line`."""
        if isinstance(part, Piece):
            return self._slowly(part, line)
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
        self.leave("attributes", _filled([one.attributes for one in found]))
        images = [one.image_id for one in found]
        scores = [np.nan if one.score is None else _score(one.score) for one in found]
        return self._with_area(images, labels, places, scores)

    def _slowly(self, piece: Piece, line: int) -> Rows:
        images: list[int] = []
        labels: list[int] = []
        places: list[tuple[float, ...]] = []
        scores: list[float] = []
        for image, found, complain in self.each(piece, line):
            self.leave("key points", _said(found.get("keypoints")))
            if not _said(found.get("bbox")):
                self.left_out["annotations without a box"] += 1
                continue
            label = _known(self._label, found.get("category_id"))
            place = _numbers(found["bbox"], 4)
            if label is None:
                complain(_NO_CATEGORY)
            elif place is None:
                complain(_NO_BOX)
            else:
                images.append(image)
                labels.append(label)
                places.append(place)
                scores.append(_score(found.get("score")))
        return self._with_area(images, labels, np.array(places, np.float64).reshape(-1, 4), scores)

    def _with_area(
        self, images: list[int], labels: list[int], places: NDArray[np.float64], scores: list[float]
    ) -> Rows:
        solid = (places[:, 2:] >= 0.005).all(axis=1)
        if not solid.all():
            self.left_out[_BOX_WITHOUT_AREA] += int((~solid).sum())
            kept = solid.astype(int).tolist()
            images, labels = list(compress(images, kept)), list(compress(labels, kept))
            return images, labels, places[solid], list(compress(scores, kept))
        return images, labels, places, scores


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
                complain("has key points that its category does not name")
                continue
            marked = [(name, *triple) for name, triple in zip(own, triples, strict=False) if triple[2] > 0]
            self.leave("boxes", not _is_hull(found.get("bbox"), marked))
            images += [image] * len(marked)
            labels += [position[name] for name, *_ in marked]
            places += [(x, y, float(seen > 1), 0.0) for _, x, y, seen in marked]
            scores += _scores(found.get("keypoint_scores"), triples)
        return images, labels, np.array(places, np.float64).reshape(-1, 4), scores


def _filled(found: Sequence[msgspec.Raw]) -> int:
    """Return how many say something."""
    sizes = list(map(len, found))
    return sum(size > _EMPTY for size in sizes) if max(sizes, default=0) > _EMPTY else 0


def _said(found: object) -> bool:
    return bool(found) and found != [[]]


def _known(table: dict[int | str, Any], found: object) -> Any:
    return table.get(found) if isinstance(found, int | str) else None


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


def _score(found: object) -> float:
    return float(found) if isinstance(found, int | float) and 0 <= found <= 1 else float("nan")


def _scores(found: object, triples: Sequence[tuple[float, ...]]) -> list[float]:
    """Return the confidence of each marked key point; `keypoint_scores` has one for every key point."""
    given = found if isinstance(found, list) and len(found) == len(triples) else [None] * len(triples)
    return [_score(one) for one, triple in zip(given, triples, strict=True) if triple[2] > 0]


def _is_hull(bbox: object, marked: Sequence[tuple[Any, ...]]) -> bool:
    """Say whether a box says no more than the key points do, or is not there."""
    place = _numbers(bbox, 4)
    if place is None or not marked:
        return place is None
    xs, ys = [one[1] for one in marked], [one[2] for one in marked]
    hull = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return all(abs(a - b) <= _DERIVED for a, b in zip(place, hull, strict=True))
