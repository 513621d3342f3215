"""Texts: their fingerprint and a hash that similar wordings share."""

from assay.providers.media.text.inspect import fingerprint, inspect
from assay.providers.media.text.near_duplicate_hash import simhash

__all__ = ["fingerprint", "inspect", "simhash"]
