"""Plain text features, and a model that learns from labels as they come."""

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.blobs import Content
from assay.providers.prelabel.learning_model import LearningModel
from assay.providers.prelabel.text_features.features import text_features


class TextFeatures(LearningModel):
    """Proposes labels for texts; implements `core.ports.models.Prelabeller`."""

    name = "text_features"
    media = "text"
    directions = 384
    strength = 0.1

    def features(self, picture: Content | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one text's features, or None where there is no text."""
        del picture
        return None if text is None else text_features(text)
