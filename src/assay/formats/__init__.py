"""One folder per file layout; the registry finds them."""

from typing import Final

from assay.core.ports.file_format import Format
from assay.core.registry import Registry

FORMATS: Final = Registry[Format](kind="format", home="assay.formats")
