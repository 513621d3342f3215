"""A folder of files: every file is an item, its path within the folder is its media."""

from typing import Final

from assay.formats.folder.layout import FolderFormat

MEMBER: Final = FolderFormat()
