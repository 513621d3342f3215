"""Write a COCO document as a stream: images go to the file, annotations to a second one that is joined on."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from assay.core.labels.attributes import attributes_as_json
from assay.core.labels.label_values import Boxes, LabelledItem, LabelSchema, Point, Points
from assay.core.labels.values.in_json import plain
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out
from assay.formats.coco.document import POINT_CATEGORY

_OWN: Final = frozenset({"id", "file_name", "width", "height"})
_HIDDEN, _VISIBLE = 1, 2
_SAME = 1e-6


class _Box(msgspec.Struct, omit_defaults=True):
    id: int
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]
    area: float
    # Defaults are left out when written, so these two have ones that never occur.
    segmentation: tuple[float, ...] | None = None
    iscrowd: int = -1
    score: float | None = None
    attributes: dict[str, object] | None = None


class _Keypoints(msgspec.Struct, omit_defaults=True):
    id: int
    image_id: int
    category_id: int
    keypoints: list[float]
    num_keypoints: int
    bbox: tuple[float, float, float, float]
    area: float
    segmentation: tuple[float, ...] | None = None
    iscrowd: int = -1
    keypoint_scores: list[float] | None = None


def write_coco(items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
    """Write images in the order of the items, ids from 1 on, categories by the ids of the labels, plus one.

    Boxes have `score` and key points `keypoint_scores` where the confidence of each is known. Key points
    stand under one category. Those of a picture stand in one annotation; where two have one name, which of
    them belong together is not known, and each has an annotation of its own.

    Raises:
        FileExistsError: if there is such a file.
        ValueError: if a label is none of the project's.
    """
    encode = msgspec.json.Encoder().encode
    count = 0
    with path.open("xb") as out, tempfile.TemporaryFile(dir=path.parent) as behind:
        out.write(b'{"info":{},"licenses":[],"images":[')
        annotations = _Annotations(naming.schema, behind)
        has_points = False
        for count, item in enumerate(items, start=1):
            has_points = has_points or isinstance(item.value, Points)
            annotations.add(item, count)
            out.write((b",\n" if count > 1 else b"\n") + encode(_image(item, count)))
            _count_lost(item, left_out)
        annotations.flush()
        out.write(b'\n],"categories":' + encode(_categories(naming.schema, keypoints=has_points)))
        out.write(b',"annotations":[')
        behind.seek(0)
        shutil.copyfileobj(behind, out, 1 << 20)
        out.write(b"\n]}\n")
    return count


def _count_lost(item: LabelledItem, left_out: LeftOut) -> None:
    # A document has room for the confidence of each object; that of an item comes back as their mean.
    told = sum(item.parts) / len(item.parts) if item.parts else 1.0
    if abs(told - item.confidence) > _SAME:
        left_out["confidences"] += 1
    if item.adjusted is not None:
        left_out["adjustments"] += 1
    leave_details_out(item.value, left_out, attributes=False)


def _image(item: LabelledItem, number: int) -> dict[str, object]:
    row: dict[str, object] = {"id": number, "file_name": item.media if item.media is not None else item.key}
    size = item.value.size if isinstance(item.value, Boxes | Points) else None
    if size is not None:
        row["width"], row["height"] = size
    row.update((key, value) for key, value in item.extra.items() if key not in _OWN)
    return row


def _categories(schema: LabelSchema, *, keypoints: bool) -> list[dict[str, object]]:
    if keypoints:
        return [{"id": 1, "name": POINT_CATEGORY, "keypoints": list(schema.names), "skeleton": []}]
    return [{"id": number + 1, "name": name} for name, number in schema.numbers.items()]


class _Annotations:
    """Writes annotations, some thousand at a time."""

    def __init__(self, schema: LabelSchema, out: BinaryIO) -> None:
        self._number = {name: number + 1 for name, number in schema.numbers.items()}
        self._names = schema.names
        self._out = out
        self._encode = msgspec.json.Encoder().encode
        self._waiting: list[Any] = []
        self._id = 0
        self._started = False

    def add(self, item: LabelledItem, image: int) -> None:
        """Write one item's annotations; raises ValueError for a label that the project does not have."""
        value = item.value
        found = self._points(value, item.parts, image) if isinstance(value, Points) else ()
        self._waiting += self._boxes(value, item.parts, image) if isinstance(value, Boxes) else found
        if len(self._waiting) >= 4096:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            lines = b",\n".join(map(self._encode, self._waiting))
            self._out.write((b",\n" if self._started else b"\n") + lines)
            self._started = True
            self._waiting.clear()

    def _boxes(self, value: Boxes, parts: Sequence[float], image: int) -> Iterator[_Box]:
        for box, score in zip_longest(value.boxes, parts):
            label, left, top, width, height, carried = box
            if label not in self._number:
                raise ValueError(label)
            self._id += 1
            area = round(width * height, 4)
            said = attributes_as_json(carried) if carried.attributes else None
            place = (left, top, width, height)
            yield _Box(self._id, image, self._number[label], place, area, (), 0, score, said)

    def _points(self, value: Points, parts: Sequence[float], image: int) -> Iterator[_Keypoints]:
        if strange := [point.label for point in value.points if point.label not in self._number]:
            raise ValueError(strange[0])
        for group in _groups(value.points, parts):
            flat: list[float] = []
            for name in self._names:
                point = group[name][0] if name in group else None
                seen = (_VISIBLE if point.visible else _HIDDEN) if point else 0
                flat += [plain(point.x), plain(point.y), seen] if point else [0, 0, 0]
            xs, ys = [one.x for one, _ in group.values()], [one.y for one, _ in group.values()]
            width, height = round(max(xs) - min(xs), 2), round(max(ys) - min(ys), 2)
            self._id += 1
            yield _Keypoints(
                self._id,
                image,
                1,
                flat,
                len(group),
                (min(xs), min(ys), width, height),
                round(width * height, 4),
                segmentation=(),
                iscrowd=0,
                keypoint_scores=[group[name][1] if name in group else 0.0 for name in self._names]
                if parts
                else None,
            )


def _groups(points: Sequence[Point], parts: Sequence[float]) -> Iterator[dict[str, tuple[Point, float]]]:
    """Yield the points that stand in one annotation: all, or where names stand twice each by itself."""
    scored = list(zip(points, parts or [0.0] * len(points), strict=True))
    if len({point.label for point in points}) < len(points):
        yield from ({point.label: (point, score)} for point, score in scored)
    elif scored:
        yield {point.label: (point, score) for point, score in scored}
