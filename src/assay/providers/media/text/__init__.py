"""Texts: their fingerprint and a hash that similar wordings share."""

from assay.providers.media.text.inspect import fingerprint, inspect, simhash

__all__ = ["fingerprint", "inspect", "simhash"]
