"""Plain picture features, and a model that learns from labels as they come."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import Floats, Ints, Rows
from assay.providers.prelabel.image_features.features import picture_features
from assay.providers.prelabel.learning import learnt_rows

DIRECTIONS: Final = 96
STRENGTH: Final = 0.03


class ImageFeatures:
    """Proposes labels for images; implements `core.ports.Prelabeller`."""

    name = "image_features"
    media = "image"

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one image's features, or None where there is no readable image."""
        del text
        return None if path is None else picture_features(path)

    def predict(
        self,
        features: NDArray[np.float32],
        *,
        soft: Floats,
        answered: NDArray[np.bool_],
        fold: Ints,
        rows: Rows = Rows.ONE,
    ) -> Floats:
        """Return calibrated label probabilities, shape (items, labels): see `learning.learnt_rows`."""
        return learnt_rows(
            features,
            soft=soft,
            answered=answered,
            fold=fold,
            rows=rows,
            directions=DIRECTIONS,
            strength=STRENGTH,
        )
