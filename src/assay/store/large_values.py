"""Large values lie beside their rows: a row holds a short reference to a blob, and whoever reads it gets the text.

A reference begins with a mark that no other stored text begins with, since a text that does is stored beside, too. It
is made of the text alone, so equal texts have equal references, and SQL compares them as it compares texts. Blobs lie
apart by batch, which an item's id tells. They are on the disk before the transaction that names them commits.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from assay.core.limits import VALUE_BESIDE
from assay.core.ports.blobs import Blob, Blobs
from assay.store.projects.batches import ITEM_BITS

MARK: Final = "\x1ablob "
_FEW: Final = 256
"""Texts that are written as one piece at most, so that little is held in memory twice."""
_kept: list[Callable[[int], Blobs]] = []
"""Where the values of a batch lie, once somebody has said so."""
_MOST_AHEAD: Final = 16
_ahead: Final[OrderedDict[tuple[int, str], str]] = OrderedDict()
"""What was written ahead and is not named yet; what falls out of it is simply written again."""


def keep_in(blobs_of_batch: Callable[[int], Blobs]) -> None:
    """Say where this process keeps the large values of a batch."""
    _kept[:] = [blobs_of_batch]


def is_large(text: str) -> bool:
    """Whether a text is stored beside its row."""
    most = VALUE_BESIDE.most
    size = len(text)
    return (
        size > most
        or (size * 4 > most and len(text.encode("utf-8", "replace")) > most)
        or text[:1] == MARK[0]
    )


def write_ahead(batch: int, text: str) -> None:
    """Store a large text before the transaction that will name it begins: its locks need not wait for the disk."""
    if is_large(text):
        (reference,) = _store(batch, [text])
        _ahead[batch, text] = reference
        while len(_ahead) > _MOST_AHEAD:
            _ahead.popitem(last=False)


def stored(batch: int, text: str) -> str:
    """Return what a row holds of a text, which is stored beside it first where it is large."""
    if not is_large(text):
        return text
    return _ahead.pop((batch, text), None) or _store(batch, [text])[0]


def all_stored(texts: Sequence[tuple[int, str]]) -> list[str]:
    """Return what rows of items hold of texts, given as (item, text); the same as `stored`, by few calls to the disk."""
    found = [text for _, text in texts]
    large = [place for place, text in enumerate(found) if is_large(text)]
    by_batch = sorted(large, key=lambda place: texts[place][0] >> ITEM_BITS)
    for batch, places in groupby(by_batch, key=lambda place: texts[place][0] >> ITEM_BITS):
        every = list(places)
        for start in range(0, len(every), _FEW):
            part = every[start : start + _FEW]
            for place, reference in zip(part, _store(batch, [found[one] for one in part]), strict=True):
                found[place] = reference
    return found


def text_of(batch: int, value: str) -> str:
    """Return the text that a row holds or refers to.

    Raises:
        BlobMissing, BlobDamaged: if it is not there as it was stored.
    """
    if value[:1] != MARK[0] or not value.startswith(MARK):
        return value
    digest = value[len(MARK) :].partition(" ")[0]
    return b"".join(_blobs(batch).read(digest)).decode()


class Texts:
    """Resolves the values of one result: a reference that comes again is read once."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._read: dict[tuple[int, str], str] = {}

    def of_item(self, item: int, value: str) -> str:
        """Return the text that the row of an item holds or refers to."""
        if value[:1] != MARK[0]:
            return value
        key = (item >> ITEM_BITS, value)
        if key not in self._read:
            self._read[key] = text_of(*key)
        return self._read[key]


def digests_in(values: Iterable[str]) -> Iterator[str]:
    """Yield the digests that some stored values refer to."""
    for value in values:
        if value.startswith(MARK):
            yield value[len(MARK) :].partition(" ")[0]


def reference_to(blob: Blob) -> str:
    """Return what a row holds in place of a text."""
    return f"{MARK}{blob.digest} {blob.size} text"


def _store(batch: int, texts: Sequence[str]) -> list[str]:
    with _blobs(batch).writing() as writing:
        return [reference_to(writing.put([text.encode()], shrinks=True)) for text in texts]


def _blobs(batch: int) -> Blobs:
    assert _kept, "an installation is opened before its values are read"
    return _kept[0](batch)
