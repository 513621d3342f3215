"""The form of a request: what people type becomes the intake's texts, and back.

People write money in units and shares in per cent; the intake counts cents and shares from 0 to 1. What is no
number is passed on as it was typed, so that the intake's own sentence can say what is wrong with it.
"""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from django.http import QueryDict

from assay.service.actions.save_draft import FormInput
from assay.service.draft_text import DraftFields, LabelRow

MONEY: Final = ("budget", "answer", "expert", "max_price")
SHARES: Final = ("right", "confidence")
MOST_LABELS: Final = 500
LONGEST: Final = 2_000
_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,4})?")


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
