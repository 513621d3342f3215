"""Several questions about an image: labels, boxes, or both, each with a condition where there is one."""

from typing import Final

from assay.core.consolidation.task_bases.part_by_part import PartByPart
from assay.tasktypes import task_of

MEMBER: Final = PartByPart(name="image_questions", media="image", find=task_of)
