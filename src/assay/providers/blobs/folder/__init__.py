"""Blobs in a folder of the home."""

from assay.providers.blobs.folder.store import FolderStore

MEMBER = FolderStore()
