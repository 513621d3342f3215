"""COCO: one JSON document of images, annotations and categories, with boxes or key points."""

from typing import Final

from assay.formats.coco.layout import CocoFormat

MEMBER: Final = CocoFormat()
