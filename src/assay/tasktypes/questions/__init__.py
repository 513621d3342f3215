"""Several questions about an item whose media do not matter, for example a rubric for a response."""

from typing import Final

from assay.core.consolidation.task_bases.part_by_part import PartByPart
from assay.tasktypes import task_of

MEMBER: Final = PartByPart(name="questions", media=None, find=task_of)
