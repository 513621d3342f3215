"""Image embeddings of EfficientNet-Lite0, trained on ImageNet: the extra `images`."""

from assay.providers.prelabel.image_embeddings.model import ImageEmbeddings

MEMBER = ImageEmbeddings()
