"""One label per text."""

from typing import Final

from assay.core.consolidation.task_bases.single_choice import SingleChoice

MEMBER: Final = SingleChoice(
    name="text_classification", media="text", manifest_type="groundtruth/text-classification"
)
