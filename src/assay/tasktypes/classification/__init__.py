"""One label per item where the items' media do not matter."""

from typing import Final

from assay.core.consolidation.task_bases.single_choice import SingleChoice

# Ground Truth has no type of its own for items without media; its text classification is the nearest.
MEMBER: Final = SingleChoice(
    name="classification", media=None, manifest_type="groundtruth/text-classification"
)
