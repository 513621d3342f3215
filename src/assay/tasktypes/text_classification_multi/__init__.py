"""Any number of labels per text."""

from typing import Final

from assay.core.consolidation.task_bases.multiple_choice import MultipleChoice

MEMBER: Final = MultipleChoice(
    name="text_classification_multi",
    media="text",
    manifest_type="groundtruth/text-classification-multilabel",
)
