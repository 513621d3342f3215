"""Any number of labels per image."""

from typing import Final

from assay.core.consolidation.task_bases.multiple_choice import MultipleChoice

MEMBER: Final = MultipleChoice(
    name="image_classification_multi",
    media="image",
    manifest_type="groundtruth/image-classification-multilabel",
)
