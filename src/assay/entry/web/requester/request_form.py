"""The form of a request: what people type becomes the intake's texts, and back.

People write money in units and shares in per cent; the intake counts cents and shares from 0 to 1. What is no
number is passed on as it was typed, so that the intake's own sentence can say what is wrong with it.
"""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from django.http import QueryDict

from assay.core.project.page_saves import PageSave
from assay.formats import FORMATS
from assay.service.requests.draft_text import DraftFields, LabelRow
from assay.service.requests.save_draft import FormInput
from assay.tasktypes import TASK_TYPES

MONEY: Final = ("budget", "answer", "expert", "max_price")
SHARES: Final = ("right", "confidence")
MOST_LABELS: Final = 500
LONGEST: Final = 2_000
_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,4})?")
_SENT = re.compile(r"([0-9a-f-]{8,40})\.([0-9]{1,12})")
MOST_UNHEARD: Final = 50
USUAL_FORMATS: Final = ("augmented_manifest", "csv", "jsonl")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the labels' editor."""

    place: int
    name: str
    help: str


def read_form(posted: QueryDict) -> FormInput:
    """Return what a posted form says."""
    values = {
        field.name: _text(posted, field.name)
        for field in fields(DraftFields)
        if field.name not in ("labels", "formats")
    }
    for name in MONEY:
        values[name] = _scaled(values[name], 100, places=0)
    for name in SHARES:
        values[name] = _scaled(values[name], Decimal("0.01"), places=6)
    names, helps = posted.getlist("label_name"), posted.getlist("label_help")
    rows = [LabelRow(_clean(name), _clean(said)) for name, said in zip(names, helps, strict=False)][
        :MOST_LABELS
    ]
    gone = posted.get("remove_label", "")
    if gone.isdecimal() and len(gone) < 6 and int(gone) < len(rows):
        rows.pop(int(gone))
    return FormInput(
        fields=DraftFields(
            **values, labels=tuple(rows), formats=tuple(_clean(one) for one in posted.getlist("formats"))
        ),
        given=_given(posted),
        guide=None if "guide" not in posted else _guide(posted.get("guide", "")),
    )


def read_save(posted: QueryDict) -> PageSave | None:
    """Return which save of which page a posted form is; None where it came without a script."""
    sent = _SENT.fullmatch(posted.get("save", ""))
    if sent is None:
        return None
    unheard = [_SENT.fullmatch(one) for one in posted.get("unheard", "").split()[-MOST_UNHEARD:]]
    return PageSave(
        page=sent[1], count=int(sent[2]), unheard={one[1]: int(one[2]) for one in unheard if one is not None}
    )


def read_version(posted: QueryDict) -> int:
    """Return the version that was edited; what is none matches no version."""
    text = posted.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def shown_fields(found: DraftFields) -> dict[str, str]:
    """Return the fields as the form shows them: money in units, shares in per cent."""
    values = {
        field.name: str(getattr(found, field.name))
        for field in fields(DraftFields)
        if field.name not in ("labels", "formats")
    }
    for name in MONEY:
        values[name] = _scaled(values[name], Decimal("0.01"), places=2)
    for name in SHARES:
        values[name] = _scaled(values[name], 100, places=4)
    return values


def shown_rows(found: DraftFields, *, extra: int = 0) -> list[ShownRow]:
    """Return the rows of the labels' editor, with `extra` empty ones; never fewer than two."""
    rows = [*found.labels, *(LabelRow("", "") for _ in range(extra))]
    rows += [LabelRow("", "")] * (2 - len(rows))
    return [ShownRow(place, row.name, row.help) for place, row in enumerate(rows)]


def shown_formats(found: DraftFields) -> list[tuple[str, bool]]:
    """Return the formats that can hold the task's labels, and which are chosen."""
    known = TASK_TYPES.names()
    task = TASK_TYPES.get(found.task) if found.task in known else None
    chosen = found.formats or USUAL_FORMATS
    return [
        (name, name in chosen)
        for name, layout in FORMATS.all().items()
        if layout.values and (task is None or task.produces in layout.values)
    ]


def _given(posted: QueryDict) -> frozenset[str]:
    """Return which fields the form held: a part of the page that was not loaded yet says nothing."""
    given = {field.name for field in fields(DraftFields) if field.name in posted}
    given -= {"formats", "labels", "instructions"}
    if "formats_shown" in posted:
        given.add("formats")
    if "label_name" in posted:
        given.add("labels")
    return frozenset(given)


def _text(posted: QueryDict, name: str) -> str:
    return _clean(posted.get(name, ""))


def _guide(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "")[:1_000_000]


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def _scaled(text: str, factor: int | Decimal, *, places: int) -> str:
    plain = text.replace("%", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        return text
    value = (Decimal(plain.replace(",", ".")) * factor).quantize(Decimal(1).scaleb(-places))
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown and places != 2 else shown
