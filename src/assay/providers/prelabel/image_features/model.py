"""Plain picture features, and a model that learns from labels as they come."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.providers.prelabel.image_features.features import picture_features
from assay.providers.prelabel.learning_model import LearningModel


class ImageFeatures(LearningModel):
    """Proposes labels for images; implements `core.ports.models.Prelabeller`."""

    name = "image_features"
    media = "image"
    directions = 96
    strength = 0.03

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one image's features, or None where there is no readable image."""
        del text
        return None if path is None else picture_features(path)
