"""The form of a request: what people type becomes the intake's texts, and back.

People write money in units and shares in per cent; the intake counts cents and shares from 0 to 1. What is no
number is passed on as it was typed, so that the intake's own sentence can say what is wrong with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.http import QueryDict

from assay.core.project.page_saves import PageSave
from assay.formats import FORMATS
from assay.service.requests.draft_form.draft_rows import OR, AttributeRow, LabelRow, QuestionRow, name_of
from assay.service.requests.draft_form.draft_text import DraftFields
from assay.service.requests.save_draft import FormInput
from assay.tasktypes import TASK_TYPES

MONEY: Final = ("budget", "answer", "answer_least", "answer_most", "expert", "max_price")
SHARES: Final = ("right", "confidence")
MOST_LABELS: Final = 500
MOST_ROWS: Final = 60
LINES: Final = ("labels", "options")
"""Fields of rows that hold one thing a line."""
LONGEST_LINES: Final = 60_000
ROWS: Final = ("labels", "questions", "attributes", "formats")
"""Fields that are no single text."""
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
        field.name: _text(posted, field.name) for field in fields(DraftFields) if field.name not in ROWS
    }
    for name in MONEY:
        values[name] = _scaled(values[name], 100, places=0)
    for name in SHARES:
        values[name] = _scaled(values[name], Decimal("0.01"), places=6)
    names, helps = posted.getlist("label_name"), posted.getlist("label_help")
    rows = [LabelRow(_clean(name), _clean(said)) for name, said in zip(names, helps, strict=False)][
        :MOST_LABELS
    ]
    _take_out(rows, posted.get("remove_label", ""))
    return FormInput(
        fields=DraftFields(
            **values,
            labels=tuple(rows),
            questions=tuple(_rows(posted, QuestionRow, "question")),
            attributes=tuple(_rows(posted, AttributeRow, "attribute")),
            formats=tuple(_clean(one) for one in posted.getlist("formats")),
        ),
        given=_given(posted),
        guide=None if "guide" not in posted else _guide(posted.get("guide", "")),
    )


Row = TypeVar("Row", QuestionRow, AttributeRow)


def _rows(posted: QueryDict, kind: type[Row], prefix: str) -> list[Row]:
    """Return the rows of an editor whose fields are posted once for each row."""
    names = [field.name for field in fields(kind)]
    columns = [posted.getlist(f"{prefix}_{name}") for name in names]
    rows = [
        kind(
            **{
                name: _lines(said) if name in LINES else _clean(said)
                for name, said in zip(names, row, strict=True)
            }
        )
        for row in list(zip(*columns, strict=False))[:MOST_ROWS]
    ]
    _take_out(rows, posted.get(f"remove_{prefix}", ""))
    return rows


def _take_out(rows: list[Any], place: str) -> None:
    if place.isdecimal() and len(place) < 6 and int(place) < len(rows):
        rows.pop(int(place))


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_LINES]


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
        field.name: str(getattr(found, field.name)) for field in fields(DraftFields) if field.name not in ROWS
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


def shown_questions(found: DraftFields, *, extra: int = 0) -> list[QuestionRow]:
    """Return the rows of the questions' editor, with `extra` empty ones; never none."""
    rows = [*found.questions, *(QuestionRow() for _ in range(extra))]
    return rows or [QuestionRow()]


def shown_attributes(found: DraftFields, *, extra: int = 0) -> list[AttributeRow]:
    """Return the rows of the attributes' editor, with `extra` empty ones."""
    return [*found.attributes, *(AttributeRow() for _ in range(extra))]


def conditions(rows: Sequence[QuestionRow], place: int) -> list[tuple[str, str]]:
    """Return (value, words) of the conditions that a question may have: each label of one above it, or any answer to it."""
    found = [("", "always")]
    for row in rows[:place]:
        name = name_of(row)
        if not name:
            continue
        found.append((name, f"where {name} has an answer"))
        found += [
            (f"{name}: {label}", f"where {name} is {label}") for label in row.labels.splitlines()[:MOST_ROWS]
        ]
    chosen = rows[place].when
    if all(value != chosen for value, _ in found):
        found.append((chosen, f"where {chosen.replace(': ', ' is ').replace(OR, ' or ')}"))
    return found


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
    given -= {*ROWS, "instructions"}
    if "formats_shown" in posted:
        given.add("formats")
    given |= {
        name
        for name, told in (
            ("labels", "label_name"),
            ("questions", "questions_shown"),
            ("attributes", "attributes_shown"),
        )
        if told in posted
    }
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
