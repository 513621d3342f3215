"""Label Studio: a JSON list of tasks with their annotations."""

from typing import Final

from assay.formats.label_studio.layout import LabelStudioFormat

MEMBER: Final = LabelStudioFormat()
