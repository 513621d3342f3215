"""One label per image."""

from typing import Final

from assay.core.consolidation.task_bases.single_choice import SingleChoice

MEMBER: Final = SingleChoice(
    name="image_classification", media="image", manifest_type="groundtruth/image-classification"
)
