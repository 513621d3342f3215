"""Any backend that speaks Label Studio's ML protocol."""

from assay.providers.suggest.label_studio.model import LabelStudioKind

MEMBER = LabelStudioKind()
