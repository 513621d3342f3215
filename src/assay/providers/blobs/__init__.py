"""Where blobs are kept: contents by their digest, and names for them.

A member is a folder with an attribute `MEMBER` that implements `core.ports.blobs.BlobStore`; adding one is adding its
folder, or an entry point in the group `assay.providers.blobs`.
"""

from assay.core.ports.blobs import BlobStore
from assay.core.registry import Registry

BLOB_STORES: Registry[BlobStore] = Registry(kind="store of blobs", home=__name__)
