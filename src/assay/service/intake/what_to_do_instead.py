"""Files that cannot be data as they are: what to do with them instead, told by the ending of their name."""

from collections.abc import Mapping
from typing import Final

_UNPACK: Final = "unpack it and name the folder or the table that was in it, or pack it as a ZIP"
_PICTURE: Final = "save it as JPEG or PNG"
_SHEET: Final = "save its sheet as CSV"
_CONVERT: Final = "make a table of it first: `assay convert FILE --to csv -o items.csv`"
_INSTEAD: Final[Mapping[str, str]] = {
    **dict.fromkeys((".tar", ".tgz", ".tar.gz", ".7z", ".rar"), _UNPACK),
    **dict.fromkeys((".heic", ".heif", ".svg", ".psd", ".avif", ".raw", ".dng"), _PICTURE),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), _SHEET),
    **dict.fromkeys((".json", ".xml", ".yaml", ".yml"), _CONVERT),
}
_FOLDER: Final = "name the folder that it lies in, where that is one of Pascal VOC or YOLO"
_NO_LABELS: Final = "a picture holds no labels; name the file or the folder that does"
_TO_CONVERT: Final[Mapping[str, str]] = {
    **{ending: said for ending, said in _INSTEAD.items() if said in (_UNPACK, _SHEET)},
    **{ending: _NO_LABELS for ending, said in _INSTEAD.items() if said == _PICTURE},
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"), _NO_LABELS),
    **dict.fromkeys((".xml", ".txt"), _FOLDER),
}
"""For files of labels: what is advised elsewhere, to convert it first, is no help there."""

ENDINGS: Final = tuple(_INSTEAD)


def what_to_do_instead(name: str) -> str:
    """Return what to do with a file of such a name, as the end of a sentence; "" where nothing is known."""
    return _told(name, _INSTEAD)


def what_to_convert_instead(name: str) -> str:
    """Return the same for a file that was to be read as labels."""
    return _told(name, _TO_CONVERT)


def _told(name: str, table: Mapping[str, str]) -> str:
    lower = name.lower()
    return next((f"; {said}" for ending, said in table.items() if lower.endswith(ending)), "")
