"""Texts: their fingerprint and a hash that similar wordings share."""

from assay.providers.media.text.inspect import inspect

__all__ = ["inspect"]
