"""What is taken at most, of every kind: one table, which the code reads and the reference prints.

What is decided elsewhere is none of it: settings that operators change (`conf/settings_table.py`), limits of requests
(`service/access/request_limits.py`), and how much a page lists.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is taken of something.

    Attributes:
        kind: what is limited.
        most: how many units.
        unit: what is counted.
        sentence: what becomes of more.
    """

    kind: str
    most: int
    unit: str
    sentence: str


IMAGE_BYTES: Final = Limit("image", 40_000_000, "bytes", "A larger picture is set aside.")
IMAGE_PIXELS: Final = Limit(
    "image",
    100_000_000,
    "pixels",
    "A larger picture is set aside; its size is read before anything is decoded.",
)
IMAGE_PAGES: Final = Limit(
    "image",
    100,
    "pages",
    "So many pages of a TIFF are looked at to tell smaller copies of its one picture from other pages.",
)
IMAGE_LEARNT_PIXELS: Final = Limit(
    "image", 100_000_000, "pixels", "A model that learns proposes nothing for a larger picture."
)
IMAGE_ASKED_BYTES: Final = Limit(
    "image", 8 << 20, "bytes", "A larger picture is not sent to a model that is asked."
)
TEXT_BYTES: Final = Limit("text", 4_000_000, "bytes", "A longer text is set aside.")
TEXT_ASKED: Final = Limit("text", 20_000, "characters", "A model that is asked sees no more of a text.")
TEXT_LOOKED_UP: Final = Limit("text", 20_000, "characters", "The lexicon looks at no more of a text.")
TEXT_LEARNT: Final = Limit("text", 20_000, "characters", "A model that learns looks at no more of a text.")
ITEM_ID: Final = Limit("item", 512, "characters", "A row with a longer id is set aside.")
VALUE_BYTES: Final = Limit("answer", 8 << 20, "bytes", "A longer answer is refused.")
VALUE_BESIDE: Final = Limit(
    "answer", 4_096, "bytes", "A longer answer or label lies beside the rows, which hold its digest."
)
REQUEST_BYTES: Final = Limit(
    "request",
    12 << 20,
    "bytes",
    "A request with a longer body is refused; files that are uploaded are no part of it.",
)
INTAKE_BYTES: Final = Limit("intake", 1_000_000, "bytes", "A larger intake file is refused.")
GUIDE_BYTES: Final = Limit("intake", 1_000_000, "bytes", "No more of instructions is shown.")
DRAFT_GUIDE_BYTES: Final = Limit(
    "upload", 1_000_000, "bytes", "No more of a draft's instructions is shown in its form."
)
UPLOAD_NAME: Final = Limit("upload", 512, "characters", "A file with a longer name is not taken.")
UPLOAD_FILES: Final = Limit("upload", 200_000, "files", "A draft holds no more files.")
ZIP_ENTRIES: Final = Limit("ZIP", 200_000, "files", "A ZIP of more files is refused.")
ZIP_BYTES: Final = Limit(
    "ZIP",
    64 << 30,
    "bytes",
    "A ZIP whose files have more bytes unpacked is refused; they are counted as they come.",
)
ZIP_RATIO: Final = Limit(
    "ZIP",
    200,
    "times its size",
    "A ZIP that unpacks to more is refused, where it has more than a few megabytes.",
)
ZIP_SMALL: Final = Limit("ZIP", 64 << 20, "bytes", "So much may be packed however well.")
OUTBOUND_BYTES: Final = Limit(
    "reply", 16 << 20, "bytes", "A longer reply of a service that Assay calls counts as none."
)
CSV_LINE: Final = Limit("CSV", 1 << 25, "bytes", "A file with a longer line is no CSV.")
CSV_CELL: Final = Limit(
    "CSV",
    1 << 22,
    "characters",
    "A row with a longer cell is set aside; an open quote swallows no more than this.",
)
JSONL_LINE: Final = Limit(
    "JSON Lines", 1 << 22, "bytes", "A longer line is set aside and never held in memory."
)
JSON_ELEMENT: Final = Limit(
    "JSON",
    1 << 26,
    "bytes",
    "One element of a JSON document, or one value that is wanted whole, is no longer than this.",
)
PYTHON_LIST: Final = Limit(
    "JSON",
    1 << 18,
    "characters",
    "A longer list as Python writes it is not read; reading one takes a hundred times its size.",
)
MANIFEST_LINE: Final = Limit(
    "manifest", 100_000, "characters", "A longer line of an input manifest is set aside, as SageMaker does."
)
MANIFEST_ATTRIBUTE: Final = Limit(
    "manifest", 20_000, "characters", "A line with a longer text or address is set aside, as SageMaker does."
)
MANIFEST_OUTPUT_LINE: Final = Limit(
    "manifest", 1 << 26, "bytes", "A longer line of an output manifest is set aside and never held in memory."
)
MANIFEST_RESPONSE: Final = Limit(
    "manifest", 1 << 24, "bytes", "A larger file of workers' responses is not read."
)
LABEL_STUDIO_CELL: Final = Limit(
    "Label Studio", 1 << 22, "characters", "A row with a longer cell is set aside."
)
CONLL_LINE: Final = Limit("CoNLL", 1 << 22, "characters", "A file with a longer line is not read.")
CONLL_TOKENS: Final = Limit("CoNLL", 1_000_000, "tokens", "A text of more tokens is set aside.")
VOC_ANNOTATION: Final = Limit("Pascal VOC", 1 << 24, "bytes", "A larger annotation is set aside.")
YOLO_DESCRIPTION: Final = Limit("YOLO", 1 << 22, "bytes", "A larger description is not read.")
YOLO_CLASSES: Final = Limit("YOLO", 100_000, "classes", "A description of more classes is not read.")
YOLO_LABELS: Final = Limit("YOLO", 1 << 26, "bytes", "A picture with more bytes of labels is set aside.")
REMARK: Final = Limit("remark", 2_000, "characters", "A longer remark about an item is refused.")
REGION: Final = Limit(
    "remark", 2_000, "characters", "A region of a remark that is longer as JSON is refused."
)

LIMITS: Final = (
    IMAGE_BYTES,
    IMAGE_PIXELS,
    IMAGE_PAGES,
    IMAGE_LEARNT_PIXELS,
    IMAGE_ASKED_BYTES,
    TEXT_BYTES,
    TEXT_ASKED,
    TEXT_LOOKED_UP,
    TEXT_LEARNT,
    ITEM_ID,
    VALUE_BYTES,
    VALUE_BESIDE,
    REQUEST_BYTES,
    INTAKE_BYTES,
    GUIDE_BYTES,
    DRAFT_GUIDE_BYTES,
    UPLOAD_NAME,
    UPLOAD_FILES,
    ZIP_ENTRIES,
    ZIP_BYTES,
    ZIP_RATIO,
    ZIP_SMALL,
    OUTBOUND_BYTES,
    CSV_LINE,
    CSV_CELL,
    JSONL_LINE,
    JSON_ELEMENT,
    PYTHON_LIST,
    MANIFEST_LINE,
    MANIFEST_ATTRIBUTE,
    MANIFEST_OUTPUT_LINE,
    MANIFEST_RESPONSE,
    LABEL_STUDIO_CELL,
    CONLL_LINE,
    CONLL_TOKENS,
    VOC_ANNOTATION,
    YOLO_DESCRIPTION,
    YOLO_CLASSES,
    YOLO_LABELS,
    REMARK,
    REGION,
)
"""All of them, in the order in which the reference prints them."""
