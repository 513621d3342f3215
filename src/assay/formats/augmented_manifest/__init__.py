"""The augmented manifest of SageMaker Ground Truth: JSON Lines of `source-ref` or `source` with labels beside."""

from typing import Final

from assay.formats.augmented_manifest.layout import AugmentedManifestFormat

MEMBER: Final = AugmentedManifestFormat()
