"""Whether a label that an item already carries is right: one answer per item, for example right or needs work."""

from typing import Final

from assay.core.consolidation.task_bases.single_choice import SingleChoice

# Items of every kind can be verified: what is looked at are the requester's own columns or manifest keys.
MEMBER: Final = SingleChoice(
    name="label_verification", media=None, manifest_type="groundtruth/label-verification"
)
