"""Images: identified by content with Pillow, decoded under limits of bytes and pixels."""

from assay.providers.media.image.inspect import inspect
from assay.providers.media.image.shown_copy import RECIPE

__all__ = ["RECIPE", "inspect"]
