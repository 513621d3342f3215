"""Plain picture features, and a model that learns from labels as they come."""

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.blobs import Content
from assay.providers.prelabel.image_features.features import picture_features
from assay.providers.prelabel.learning_model import LearningModel


class ImageFeatures(LearningModel):
    """Proposes labels for images; implements `core.ports.models.Prelabeller`."""

    name = "image_features"
    media = "image"
    directions = 96
    strength = 0.03

    def features(self, picture: Content | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one image's features, or None where there is no readable image."""
        del text
        return None if picture is None else picture_features(picture)
