"""Images: identified by content with Pillow, decoded under limits of bytes and pixels."""

from assay.providers.media.image.inspect import inspect

__all__ = ["inspect"]
