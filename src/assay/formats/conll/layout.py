"""The format `conll`: what it is called, how it is recognised, and its two directions.

Layout: Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 shared task" (2003): columns parted by one
blank, the token first, the tag last; `B-` starts a span, `I-` goes on, `O` is outside. The two columns between
hold what tokens alone cannot say, so that texts and spans come back exactly:

    Trump 113:118 -X- B-person

The second column is the token's place in the text, in code points. The third is `-X-`, or notes parted by `;`:
`gap=` the white space before the token where it is not a single blank, `end=` the white space behind the last one,
`edge=start:end` the exact span that starts here where it starts or ends in white space, and `blank=label@start:end`
a span without any token. A line `-DOCSTART-`, which readers of CoNLL pass over, holds the labels in their order
(`labels=`), and stands for a text without tokens. Notes and labels are percent-encoded.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core.labels.label_values import LabelledItem, LabelValue, Spans, without_details
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    Format,
    LabelContents,
    LeftOut,
    Naming,
    RawItem,
)
from assay.formats.conll.reading import look_into, read_conll, read_texts
from assay.formats.conll.writing import without_overlaps, write_conll


class ConllFormat(Format):
    """Tokens with tags; BIO, IOB1, BIOES and BILOU are understood, BIO is written."""

    name = "conll"
    suffix = ".conll"
    reads_items = True
    values = frozenset[type[LabelValue]]({Spans})
    keyed = False
    answers_for = frozenset[type[LabelValue]]()

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .conll, .conll2003, .bio or .iob."""
        return path.name.lower().endswith((".conll", ".conll2003", ".bio", ".iob", ".iob2"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the texts; see `reading.read_texts`."""
        del columns
        return read_texts(path, skip=skip)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the tags name; there is only one attribute."""
        del attribute, columns
        return look_into(path, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the texts with their spans; see `reading.read_conll`."""
        return read_conll(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write one token a line; see `writing.write_conll`."""
        return write_conll(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the spans that do not overlap: longer ones stay, of equal ones the earlier."""
        return without_details(Spans(without_overlaps(value.spans))) if isinstance(value, Spans) else value
