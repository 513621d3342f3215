"""YOLO: a folder with one small text file of boxes per picture, in Ultralytics' or darknet's layout."""

from typing import Final

from assay.formats.yolo.layout import YoloFormat

MEMBER: Final = YoloFormat()
