"""Read a COCO document: images in their order, with their boxes or key points.

The annotations are read first, wherever they stand, and kept as columns; the images are then streamed.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assay.core.errors import NotReadable
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_values import (
    Box,
    Boxes,
    LabelledItem,
    LabelValue,
    Point,
    Points,
    Size,
    boxes_in_order,
    place_in_order,
)
from assay.core.labels.values.in_json import size_in
from assay.core.layouts.json_stream import Piece
from assay.core.layouts.python_json import decoded
from assay.core.layouts.source_columns import no_such_column
from assay.core.ports.file_format import BadRow, Columns, LabelContents, LeftOut, RawItem
from assay.formats.coco.document import BOXES, KEYPOINTS, UNPARSED, refuse_others, survey, walk_at
from assay.formats.coco.objects import Objects, read_objects

_OWN: Final = frozenset({"id", "file_name", "width", "height"})
"""Keys of an image that are no columns of the requester's."""

_BOX: Final = partial(tuple.__new__, Box)
"""Make a box of a row of its label and numbers; calling `Box` takes three times as long."""


def read_images(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the images as items; every key but the id and the name of the file passes through.

    Raises:
        NotReadable: if the file is missing, damaged, or no COCO document.
        BadValue: if the first image has no key of a given name.
    """
    return itertools.islice(_items(path, columns), skip, None)


def read_coco(path: Path, *, contents: LabelContents, left_out: LeftOut) -> Iterator[LabelledItem | BadRow]:
    """Stream the images with their labels.

    An annotation that cannot be read makes its image a bad row, since what remains is not its label. One that
    names an image which the file does not have is a bad row of its own, before all images. Where an annotation
    names none at all it may be any image's, and so every image is a bad row.

    An annotation without a box has the box around its outline. Key points of several annotations of one image
    make it a bad row, since label values do not say which points belong together.

    Raises:
        NotReadable: if the file is missing, damaged, no COCO document, or one of something else than places.
    """
    # Whoever reads has looked, and so the whole of it has been seen.
    document = survey(path, whole=False)
    attribute = KEYPOINTS if contents.kind is Points else BOXES
    if document.annotations is not None:
        refuse_others(path, document.annotations)
    objects = read_objects(path, document=document, attribute=attribute, left_out=left_out)
    _check_names(objects, contents)
    yield from objects.loose
    if document.images is None:
        raise NotReadable(path=str(path), reason="it holds no 'images'")
    labels = _Labels(objects, _image_ids(path, document.images, objects), contents, left_out)
    yield from labels.strangers()
    line = 1
    for images in _images(path, document.images):
        yield from labels.items(images, line)
        line += len(images)


def _items(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
    place = survey(path).images
    if place is None:
        raise NotReadable(path=str(path), reason="it holds no 'images'")
    media_key, line, checked = columns.media or "file_name", 0, False
    for images in _images(path, place):
        for found in images:
            line += 1
            if isinstance(found, str):
                yield BadRow(line, found)
                continue
            if not checked:
                _check_columns(columns, found, f"{path}, image {line}")
                checked = True
            media = found.pop(media_key, None)
            key = found.pop(columns.id or "id", None)
            if not isinstance(media, str) or not media:
                yield BadRow(line, f"the image has no '{media_key}'")
                continue
            known = str(key) if columns.id is not None and key not in (None, "") else None
            yield RawItem(line, known, media, None, found)


def _check_columns(columns: Columns, found: dict[str, Any], where: str) -> None:
    for role, name in columns.named().items():
        if name not in found:
            raise no_such_column(role, name, list(found), where=where, called="keys")


def _images(path: Path, place: int) -> Iterator[Sequence[dict[str, Any] | str]]:
    """Yield the images, some at a time; for each that cannot be read the reason."""
    decode = msgspec.json.Decoder(list[dict[str, Any]]).decode
    with path.open("rb") as stream:
        for part in walk_at(path, stream, place).decoded(decode, unfit=UNPARSED):
            yield list(map(_object, part.each())) if isinstance(part, Piece) else part


def _object(data: bytes) -> dict[str, Any] | str:
    """Return the image, or why there is none."""
    try:
        found = decoded(data)
    except UNPARSED as error:
        return f"the image is no JSON: {error}"
    return found if isinstance(found, dict) else "the image is JSON, but not an object"


def _image_ids(path: Path, place: int, objects: Objects) -> NDArray[np.int64]:
    """Return the id of every image in the file's order; what has none gets a number that nobody else has."""
    ids: list[NDArray[np.int64]] = []
    nobody = 2**62
    for images in _images(path, place):
        codes = []
        for found in images:
            code = objects.code(found.get("id")) if isinstance(found, dict) else None
            nobody += code is None
            codes.append(nobody if code is None else code)
        ids.append(np.array(codes, np.int64))
    return np.concatenate(ids) if ids else np.empty(0, np.int64)


def _check_names(objects: Objects, contents: LabelContents) -> None:
    """Put down as trouble what uses a label that the schema does not know."""
    strange = [at for at, name in enumerate(objects.names) if name not in contents.schema.names]
    for at in strange:
        for image in np.unique(objects.image[objects.label == at]).tolist():
            objects.trouble.setdefault(image, f"'{objects.names[at]}' is not a label of this project")


class _Labels:
    """Hands every image its labels."""

    def __init__(
        self, objects: Objects, ids: NDArray[np.int64], contents: LabelContents, left_out: LeftOut
    ) -> None:
        """Bring the objects into the order of the images; lone confidences are counted in `left_out`."""
        self._contents = contents
        self._left_out = left_out
        self._lost = f"{objects.loose[0].reason}, and may be this image's" if objects.loose else None
        self._names = objects.names
        self._trouble = objects.trouble
        self._ids = ids
        by_id = np.argsort(ids, kind="stable")
        in_order = ids[by_id]
        self._again = {int(one) for one in by_id[1:][in_order[1:] == in_order[:-1]]}
        place = np.minimum(np.searchsorted(in_order, objects.image), max(len(ids) - 1, 0))
        known = in_order[place] == objects.image if len(ids) else np.zeros(len(objects.image), np.bool_)
        self._strange = np.unique(objects.image[~known])
        image = (by_id[place[known]] if len(ids) else place[known]).astype(np.int32)
        del place, by_id, in_order
        order = np.argsort(image, kind="stable")
        self._starts = np.searchsorted(image[order], np.arange(len(ids) + 1, dtype=np.int32))
        chosen = np.flatnonzero(known)[order] if not known.all() else order
        # One column after the other, so that never all of them are there twice.
        objects.image = np.empty(0, np.int64)
        self._label, objects.label = objects.label[chosen], objects.label[:0].copy()
        self._hundredths, objects.hundredths = objects.hundredths[chosen], objects.hundredths[:0].copy()
        self._carried = [objects.carried[at] for at in chosen.tolist()] if objects.carried else []
        self._score, objects.score = objects.score[chosen], objects.score[:0].copy()
        self._scored = bool(np.isfinite(self._score).any())
        self._rank = np.argsort(np.argsort(np.array(self._names, object))) if self._names else self._label
        self._texts = {number: text for text, number in objects.texts.items()}

    def strangers(self) -> Iterator[BadRow]:
        """Yield a bad row for every image that annotations name and the file does not have."""
        known = set(self._ids.tolist()) if self._trouble else set()
        lost = set(self._strange.tolist()) | {one for one in self._trouble if one not in known}
        for number in sorted(lost):
            yield BadRow(
                0, f"annotations name the image {self._texts.get(number, number)}, which is not there"
            )

    def items(self, images: Sequence[dict[str, Any] | str], line: int) -> Iterator[LabelledItem | BadRow]:
        """Yield some images, the first of which has the number `line`."""
        first, last = line - 1, line - 1 + len(images)
        edges = self._starts[first : last + 1]
        here = self._ordered(edges) if self._contents.kind is Boxes else np.arange(edges[0], edges[-1])
        names = [self._names[at] for at in self._label[here].tolist()]
        columns = (self._hundredths[here].T / 100).tolist()
        scores = self._score[here].tolist() if self._scored else []
        carried = [self._carried[at] for at in here.tolist()] if self._carried else [PLAIN] * len(names)
        boxes = [_BOX(row) for row in zip(names, *columns, carried, strict=True)]
        starts = (edges - edges[0]).tolist()
        for position, found in enumerate(images):
            start, end = starts[position], starts[position + 1]
            reason = found if isinstance(found, str) else self._unfit(found, first + position)
            if reason or isinstance(found, str):
                yield BadRow(first + position + 1, reason or "")
            else:
                yield _labelled(found, *self._value(boxes[start:end], scores[start:end], _size(found)))

    def _ordered(self, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows between some edges, those between two of them in the order of `Boxes`."""
        rows = slice(int(edges[0]), int(edges[-1]))
        left, top, width, height = self._hundredths[rows].T
        image = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        order = np.lexsort((self._rank[self._label[rows]], height, width, top, left, image))
        return order + rows.start

    def _unfit(self, found: dict[str, Any], position: int) -> str | None:
        number = int(self._ids[position])
        if number > 2**61:
            return "the image has no id"
        if not isinstance(found.get("file_name"), str) or not found["file_name"]:
            return "the image has no 'file_name'"
        if position in self._again:
            return f"the image's id {self._texts.get(number, number)} is that of an earlier image"
        return self._trouble.get(number, self._lost)

    def _value(
        self, objects: list[Box], scores: list[float], size: Size | None
    ) -> tuple[LabelValue, tuple[float, ...]]:
        """Return an image's label, and the confidence of each object where all of them have one."""
        if scores and any(map(math.isnan, scores)):
            if lone := sum(not math.isnan(one) for one in scores):
                self._left_out["confidences"] += lone
            scores = []
        if self._contents.kind is Points:
            points = [Point(name, x, y, seen > 0) for name, x, y, seen, *_ in objects]
            order = sorted(range(len(scores)), key=lambda at: points[at])
            return Points(tuple(points), size=size), tuple(scores[at] for at in order)
        if self._carried:  # of boxes that lie alike what they carry decides
            order = sorted(range(len(objects)), key=lambda at: place_in_order(objects[at]))
            objects = [objects[at] for at in order]
            scores = [scores[at] for at in order] if scores else []
        return boxes_in_order(tuple(objects), size=size), tuple(scores)


def _size(found: dict[str, Any]) -> Size | None:
    return size_in(found.get("width"), found.get("height"))


def _labelled(found: dict[str, Any], value: LabelValue, parts: tuple[float, ...]) -> LabelledItem:
    media = found["file_name"]
    return LabelledItem(
        key=media,
        media=media,
        text=None,
        extra={} if found.keys() <= _OWN else {key: said for key, said in found.items() if key not in _OWN},
        value=value,
        confidence=sum(parts) / len(parts) if parts else 1.0,
        human=True,
        made_at="",
        parts=parts,
    )
