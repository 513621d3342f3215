"""A small model for texts: hashed words and letter groups, and logistic regression."""

from assay.providers.prelabel.text_features.model import TextFeatures

MEMBER = TextFeatures()
