"""Pascal VOC: a folder with one XML file of boxes per picture."""

from typing import Final

from assay.formats.pascal_voc.layout import PascalVocFormat

MEMBER: Final = PascalVocFormat()
