"""Several questions about a text: labels, marked stretches, or both, each with a condition where there is one."""

from typing import Final

from assay.core.consolidation.task_bases.part_by_part import PartByPart
from assay.tasktypes import task_of

MEMBER: Final = PartByPart(name="text_questions", media="text", find=task_of)
