"""Plain text features, and a model that learns from labels as they come."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import Floats, Ints, Rows
from assay.providers.prelabel.learning import learnt_rows
from assay.providers.prelabel.text_features.features import text_features

DIRECTIONS: Final = 384
STRENGTH: Final = 0.1


class TextFeatures:
    """Proposes labels for texts; implements `core.ports.Prelabeller`."""

    name = "text_features"
    media = "text"

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one text's features, or None where there is no text."""
        del path
        return None if text is None else text_features(text)

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
