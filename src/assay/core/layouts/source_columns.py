"""Which column of a source holds the id, the media and the text: named by the requester, or guessed.

Names are looked at first, and where these tell nothing what stands below them. A guess is a value that the caller
shows (`core.layouts.taken_in_words`), never a silent choice inside a reader.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue, NotReadable
from assay.core.layouts.columns_by_content import columns_by_content
from assay.core.ports.file_format import Columns, LabelContents

ID_NAMES: Final = ("id", "item", "item_id", "item-id", "itemid", "key", "uid", "uuid", "name")
_EDGES: Final = frozenset(("xmin", "ymin", "xmax", "ymax"))
MEDIA_NAMES: Final = (
    "source-ref",
    "media",
    "file",
    "image",
    "path",
    "file_path",
    "filepath",
    "image_path",
    "url",
    "uri",
    "video",
    "audio",
    "document",
)
FILE_NAMES: Final = ("filename", "file_name", "file-name")
"""These are the media where nothing else is, and else the id."""

TEXT_NAMES: Final = (
    "text",
    "source",
    "sentence",
    "content",
    "body",
    "utterance",
    "message",
    "review",
    "prompt",
)
LABEL_NAMES: Final = (
    "label",
    "labels",
    "class",
    "class_name",
    "category",
    "intent",
    "sentiment",
    "target",
    "tag",
    "tags",
    "topic",
    "spans",
    "entities",
    "ents",
    "bbox",
    "bboxes",
    "boxes",
    "accept",
)
"""Names of the column with the labels, well-known ones first; tools for spans write `spans`, `entities`, `ents`, for boxes `bbox`;
Prodigy has chosen options under `accept`."""

OWN_NAMES: Final = ("confidence", "confidences", "human", "control", "made_at", "adjusted", "extra")
"""What our own files hold besides id, media, text and label."""

_PAIR_NAMES: Final = (
    "response_a",
    "response_b",
    "responses",
    "first",
    "second",
    "chosen",
    "rejected",
    "answer",
)
"""What is compared, or is somebody's verdict: no text of an item, however long it is."""

Sample = Callable[[], Sequence[Mapping[str, object]]]
"""Fetches the first rows of a file: only where names tell nothing."""


class Settling(Protocol):
    """How columns are settled: `settle_columns` for items, `settle_label_columns` for labels."""

    def __call__(self, columns: Columns, header: Sequence[str], *, where: str, sample: Sample) -> Columns:
        """Return the columns."""


def guess_columns(header: Sequence[str]) -> Columns:
    """Return the columns that look like id, media and text, whatever their case; None where none does."""
    by_name = _by_name(header)
    file_name = _first(by_name, FILE_NAMES)
    media = _first(by_name, MEDIA_NAMES)
    found = _first(by_name, ID_NAMES)
    if media is None:
        media, file_name = file_name, None
    return Columns(id=found or file_name, media=media, text=_first(by_name, TEXT_NAMES))


def guess_label(header: Sequence[str]) -> str | None:
    """Return the column with a well-known name, or else the only one that is nothing else, or None."""
    known = _first(_by_name(header), LABEL_NAMES)
    if known is not None:
        return known
    guess = guess_columns(header)
    taken = {guess.id, guess.media, guess.text, *OWN_NAMES}
    others = [name for name in header if name not in taken]
    return others[0] if len(others) == 1 and len(header) > 1 else None


def settle_columns(columns: Columns, header: Sequence[str], *, where: str, sample: Sample = tuple) -> Columns:
    """Return the named columns where any are named, and the guessed ones for the rest.

    A column that the requester gave one role is not guessed into another.

    Args:
        columns: what the requester named.
        header: all columns.
        where: the file, for messages.
        sample: fetches the first rows.

    Raises:
        BadValue: if a named column does not exist in `header`.
    """
    check_named(columns, header, where=where)
    labels = () if columns.label is not None else LABEL_NAMES
    others = _present(header, (*_PAIR_NAMES, *OWN_NAMES, *labels))
    found = _settled(columns, header, sample, others=others, wants_label=False)
    return replace(found, label=columns.label)


def settle_label_columns(
    columns: Columns, header: Sequence[str], *, where: str, sample: Sample = tuple
) -> Columns:
    """Return the columns of a file of labels, as `settle_columns` does; `columns.label` None: guess it too.

    Raises:
        BadValue: if a named column does not exist in `header`.
        NotReadable: if no column looks like labels, or the rows are boxes.
    """
    check_named(columns, header, where=where)
    if columns.label is None:
        _refuse_rows_of_boxes(header, where=where)
    if columns.label is not None and columns.label not in header:
        raise no_such_column("attribute", columns.label, header, where=where)
    named = set(columns.named().values())
    label = columns.label or guess_label([name for name in header if name not in named])
    others = _present(header, (*_PAIR_NAMES, *OWN_NAMES))
    found = _settled(replace(columns, label=label), header, sample, others=others, wants_label=True)
    if found.label is None:
        listed = ", ".join(header) or "it has none"
        hint = "; --attribute names the one that holds them" if header else ""
        raise NotReadable(path=where, reason=f"none of its columns looks like labels ({listed}){hint}")
    return found


def _refuse_rows_of_boxes(header: Sequence[str], *, where: str) -> None:
    """Raise `NotReadable` where each row is one box, and so a picture has as many rows as boxes."""
    found = [name for name in header if name.strip().lower().replace("_", "") in _EDGES]
    if len(found) == len(_EDGES):
        reason = f"its rows are boxes ({', '.join(found)}), which are not read; COCO, YOLO and Pascal VOC are"
        raise NotReadable(path=where, reason=reason)


def settle_as_looked(contents: LabelContents) -> Settling:
    """Return how a reader settles the columns of a file that was looked at: as the look did.

    Whoever makes contents without a look names at least the attribute, which is the label where there is such a column.
    """

    def settle(columns: Columns, header: Sequence[str], *, where: str, sample: Sample) -> Columns:
        looked_at = contents.taken
        if looked_at.header == tuple(header) and looked_at.columns.label is not None and not columns.named():
            return looked_at.columns  # what was told is what is done
        said = columns if columns.named() else looked_at.columns
        label = said.label or (contents.attribute if contents.attribute in header else None)
        return settle_label_columns(replace(said, label=label), header, where=where, sample=sample)

    return settle


def check_named(columns: Columns, header: Sequence[str], *, where: str) -> None:
    """Raise `BadValue` where a column of id, media or text was named that is not there."""
    for role, name in columns.named().items():
        if name not in header:
            raise no_such_column(role, name, header, where=where)


def no_such_column(
    role: str, name: str, header: Sequence[str], *, where: str, called: str = "columns"
) -> BadValue:
    """Return the error that says which columns there are, and which of them may be meant."""
    expected = one_of(name, header, called=f"one of the {called}")
    return BadValue(where=where, key=role, found=f"'{name}'", expected=expected)


def _settled(
    columns: Columns, header: Sequence[str], sample: Sample, *, others: frozenset[str], wants_label: bool
) -> Columns:
    """Return the columns by what was said, then by their names, then by their content."""
    taken = {*columns.named().values(), columns.label}
    guess = guess_columns([name for name in header if name not in taken])
    said = columns.media is not None or columns.text is not None
    if said:
        # Whoever names the media or the text has said what an item is: the other is not guessed.
        guess = Columns(id=guess.id)
    found = Columns(
        id=columns.id or guess.id,
        media=columns.media or guess.media,
        text=columns.text or guess.text,
        label=columns.label,
    )
    told = guess.media is not None or guess.text is not None
    if (told or said) and found.id is not None and (found.label is not None or not wants_label):
        return found
    content = columns_by_content(header, sample(), known=found, others=others)
    # Where text or media are known, only what is missing beside them is told by content.
    return replace(found, id=content.id, label=content.label) if told or said else content


def _present(header: Sequence[str], wanted: Sequence[str]) -> frozenset[str]:
    by_name = _by_name(header)
    return frozenset(by_name[name] for name in wanted if name in by_name)


def _by_name(header: Sequence[str]) -> dict[str, str]:
    return {name.strip().lower(): name for name in reversed(header)}


def _first(by_name: dict[str, str], wanted: Sequence[str]) -> str | None:
    return next((by_name[name] for name in wanted if name in by_name), None)
