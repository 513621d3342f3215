"""YOLO: a folder with one small text file of boxes per picture, as Ultralytics, darknet or labelImg lay it out."""

from typing import Final

from assay.formats.yolo.layout import YoloFormat

MEMBER: Final = YoloFormat()
