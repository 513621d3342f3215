# packages: labelImg==1.8.6 lxml==6.1.3
# without their own packages
"""labelImg's own writers, called as its window does; the window itself needs Qt, which is not installed."""

from keeping import keep
from libs.create_ml_io import CreateMLWriter
from libs.pascal_voc_io import PascalVocWriter
from libs.yolo_io import YOLOWriter
from made import BOXES, NAMES, SIZES, boxed_rows, pictures

LICENCE = "MIT"
WHOLE = {name: [[label, *map(int, place)] for label, *place in boxes] for name, boxes in BOXES.items()}


def edges(place):
    x, y, width, height = place
    return x, y, x + width, y + height


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


home = pictures("voc")
for name, boxes in WHOLE.items():
    width, height = SIZES[name]
    stem = name.removesuffix(".png")
    writer = PascalVocWriter("voc", name, (height, width, 1), local_img_path=f"voc/{name}")
    for label, *place in boxes:
        writer.add_bnd_box(*edges(place), label, 0)
    if boxes:
        writer.save(target_file=str(home / f"{stem}.xml"))
kept(
    home,
    "voc",
    "2 pictures with the XML beside them; c.png has none, and so it is set aside",
    note="was refused: there is no folder Annotations, for labelImg writes beside the picture unless told otherwise; a box at x = 1 is marked as truncated",
    labels=NAMES,
    rows=boxed_rows(of=("a.png", "b.png"), whole=True),
    left_out={"attributes": 1},
    bad=[[3, "it has no annotation, and no set lists it"]],
)
home = pictures("yolo")
classes = list(NAMES)
for name, boxes in WHOLE.items():
    width, height = SIZES[name]
    writer = YOLOWriter("yolo", name, (height, width, 1), local_img_path=f"voc/{name}")
    for label, *place in boxes:
        writer.add_bnd_box(*edges(place), label, 0)
    if boxes:
        writer.save(class_list=classes, target_file=str(home / f"{name.removesuffix('.png')}.txt"))
kept(
    home,
    "yolo",
    "3 pictures; six digits of a share give hundredths of a pixel; c.png has no file and no boxes",
    labels=NAMES,
    rows=boxed_rows(whole=True),
)
home = pictures("createml")
for name, boxes in WHOLE.items():
    width, height = SIZES[name]
    shapes = [
        {"label": label, "points": [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]}
        for label, x, y, w, h in boxes
    ]
    if shapes:
        writer = CreateMLWriter("createml", name, (height, width, 1), shapes, "createml/labels.json")
        writer.write()
kept(
    home / "labels.json",
    "createml.json",
    "refused: a list, but not of Label Studio's tasks",
    note="was refused with a sentence that did not say that these are no tasks",
    refused="its elements are no tasks of Label Studio's",
)
