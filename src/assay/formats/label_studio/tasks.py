"""Tasks of Label Studio: the full export and the short ones (JSON-MIN, CSV, TSV), brought to one shape."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from assay.core.errors import NotReadable
from assay.core.layouts.json_stream import JsonWalk
from assay.core.layouts.label_spelling import parsed
from assay.core.layouts.label_studio_tables import label_studio_header
from assay.core.layouts.row_ids import UnfitId, id_text
from assay.formats.label_studio.tables import table_records
from assay.formats.label_studio.untyped import with_their_types
from assay.formats.label_studio.values import KEY_OF, KIND_OF, Region

MARK: Final = "assay"
"""The key of a task's `meta` with what Label Studio has no place for."""

_UNPARSED: Final = (msgspec.DecodeError, ValueError, RecursionError)
_SHORT_FORM: Final = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "predictions"}
)


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        id: its id, or None.
        data: the columns of the task.
        regions: what the chosen annotation, or else prediction, says; None where there is neither.
        further: how many other annotations there are.
        human: whether a person made the annotation.
        score: the confidence of a prediction, or None.
        made_at: when it was made, or "".
        mark: what Assay wrote beside.
        short: whether it comes from JSON-MIN or a table, where columns and controls stand side by side.
    """

    id: str | None
    data: dict[str, Any]
    regions: Sequence[Region] | None
    further: int
    human: bool
    score: float | None
    made_at: str
    mark: Mapping[str, Any]
    short: bool = False


def tasks_in(path: Path) -> Iterator[tuple[int, Task | str]]:
    """Stream the tasks with their position from 1, or why there is none.

    Raises:
        NotReadable: if the file is missing, damaged, or neither a list nor a table of Label Studio's.
    """
    if label_studio_header(path) is not None:
        for line, record in enumerate(table_records(path), start=1):
            yield line, record if isinstance(record, str) else _from_table(record)
        return
    line = 0
    try:
        with path.open("rb") as stream:
            walk = JsonWalk(stream, path=str(path))
            if walk.kind() != b"[":
                raise NotReadable(path=str(path), reason="it is no JSON list of tasks")
            for piece in walk.elements():
                for data in piece.each():
                    line += 1
                    try:
                        found = _decoded(data)
                    except _UNPARSED as error:
                        yield line, f"the task is no JSON: {error}"
                        continue
                    yield line, _task(found) if isinstance(found, dict) else "the task is no object"
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error


def _decoded(data: bytes) -> Any:
    """Decode a task; NaN and Infinity, which Python writes, stay what they are, since a place must be a number."""
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        if b"NaN" not in data and b"Infinity" not in data:
            raise
        return json.loads(data)


def _task(found: dict[str, Any]) -> Task | str:
    try:
        own = id_text(found.get("id"))
    except UnfitId as problem:
        return str(problem)
    if not any(key in found for key in ("data", "annotations", "completions")):
        return _short(found, own)
    data = found.get("data")
    if not isinstance(data, dict):
        return "the task has no 'data'"
    meta = found.get("meta")
    mark = meta.get(MARK) if isinstance(meta, dict) else None
    given = [
        one
        for one in _objects(found.get("annotations", found.get("completions")))
        if one.get("was_cancelled") is not True
    ]
    given.sort(key=lambda one: one.get("ground_truth") is not True)
    proposed = _objects(found.get("predictions"))
    chosen = next(iter(given or proposed), None)
    said = chosen.get("result") if chosen else None
    return Task(
        id=own,
        data=data,
        regions=with_their_types(_objects(said)) if isinstance(said, list) else None,
        further=max(0, len(given) - 1),
        human=bool(given),
        score=_share(proposed[0].get("score")) if proposed and not given else None,
        made_at=_moment(chosen.get("created_at")) if chosen else "",
        mark=mark if isinstance(mark, dict) else {},
    )


def _short(found: dict[str, Any], own: str | None) -> Task:
    """Read a task of JSON-MIN: every column and every control stands side by side in one object."""
    regions: list[Region] = []
    data: dict[str, Any] = {}
    # An export of all tasks has those that nobody labelled too: their annotation has no id.
    annotated = found["annotation_id"] is not None if "annotation_id" in found else "annotator" in found
    for key, said in found.items():
        made = _short_regions(key, said, annotated=annotated)
        if made:
            regions += made
        elif key not in _SHORT_FORM:
            data[key] = said
    return Task(
        id=own,
        data=data,
        regions=regions if regions or annotated else None,
        further=0,
        human=True,
        score=None,
        made_at=_moment(found.get("created_at")),
        mark={},
        short=True,
    )


def _from_table(record: dict[str, str]) -> Task:
    """Read a record of a table: a cell that holds no regions is the text that it shows, an empty one is not there."""
    record = {name: cell for name, cell in record.items() if cell or name == "annotation_id"}
    said = {name: parsed(cell) for name, cell in record.items()}
    regions = {name: one for name, one in said.items() if _short_regions(name, one, annotated=True)}
    found = {**record, **regions, "annotation_id": record["annotation_id"] or None}
    return _short(found, id_text(record.get("id")))


def _short_regions(key: str, said: object, *, annotated: bool) -> list[Region]:
    """Return the regions of one control: a list of values, or for choices the bare names."""
    if isinstance(said, dict) and isinstance(said.get("choices"), list):
        return [{"type": "choices", "from_name": key, "value": said}]
    if not isinstance(said, list):
        return []
    found: list[Region] = []
    for one in said:
        kind = next(
            (kind for kind in KIND_OF if isinstance(one, dict) and KEY_OF.get(kind, kind) in one), None
        )
        if kind is None:
            return []
        found.append({**one, "type": kind, "from_name": key, "value": one})
    return with_their_types(found) if annotated or found else []


def _objects(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _share(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if 0 <= found <= 1 else None


def _moment(found: object) -> str:
    """Return a time as Assay writes it: UTC without zone."""
    return found.removesuffix("Z").removesuffix("+00:00") if isinstance(found, str) else ""
