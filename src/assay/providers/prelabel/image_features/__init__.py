"""A small model for images: plain picture features and logistic regression."""

from assay.providers.prelabel.image_features.model import ImageFeatures

MEMBER = ImageFeatures()
