# packages: ultralytics==8.4.190 torch==2.13.0 torchvision==0.28.0
"""Ultralytics' own converters from COCO, and what its predictions write as labels."""

import json
from pathlib import Path

import numpy as np
from keeping import keep, row
from made import BOXES, NAMES, SIZES, boxed_rows, pictures
from ultralytics.data.converter import convert_coco
from ultralytics.engine.results import Results

LICENCE = "AGPL-3.0"
LEAF = [16, 12, 32, 12, 24, 36]
pictures("pictures")


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def converted(into, document, **how):
    """Have a COCO document converted, and put the pictures and the description beside, as its documents say."""
    Path(f"in/{into}").mkdir(parents=True)
    Path(f"in/{into}/train.json").write_text(json.dumps(document))
    convert_coco(f"in/{into}", f"out/{into}", cls91to80=False, **how)
    home = Path("out") / into
    for name in SIZES if document["images"][-1]["file_name"] == "c.png" else ("a.png",):
        place = home / "images" / "train" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(Path("pictures", name).read_bytes())
    return home


def described(home, names, more=""):
    lines = "".join(f"  {number}: {name}\n" for number, name in enumerate(names))
    (home / "data.yaml").write_text(f"path: .\ntrain: images/train\nval: images/train\nnames:\n{lines}{more}")
    return home


def document(annotations, names, **category):
    images = [
        {"id": i, "file_name": n, "width": w, "height": h}
        for i, (n, (w, h)) in enumerate(SIZES.items(), start=1)
    ]
    categories = [{"id": i, "name": name, **category} for i, name in enumerate(names, start=1)]
    numbered = [{"id": i, "iscrowd": 0, **one} for i, one in enumerate(annotations, start=1)]
    last = max((one["image_id"] for one in numbered), default=1)
    return {"images": images if last > 1 else images[:1], "annotations": numbered, "categories": categories}


boxes = [
    {
        "image_id": i,
        "category_id": NAMES.index(label) + 1,
        "bbox": place,
        "area": place[2] * place[3],
        "segmentation": [],
    }
    for i, name in enumerate(SIZES, start=1)
    for label, *place in BOXES[name]
]
kept(
    described(converted("detect", document(boxes, NAMES)), NAMES),
    "detect",
    "3 pictures; c.png has no file of labels and no boxes",
    labels=NAMES,
    rows=boxed_rows("images/train/"),
)
leaf = {"image_id": 1, "category_id": 1, "bbox": [16, 12, 16, 24], "area": 192, "segmentation": [LEAF]}
HULL = [
    row(
        "images/train/a.png",
        {"boxes": [["leaf", 16, 12, 16, 24]]},
        media="images/train/a.png",
        size=SIZES["a.png"],
    )
]
kept(
    described(converted("segment", document([leaf], ["leaf"]), use_segments=True), ["leaf"]),
    "segment",
    "the box around the outline, the outline counted",
    labels=["leaf"],
    left_out={"outlines": 1},
    rows=HULL,
)
points = {**leaf, "keypoints": [20, 14, 2, 28, 14, 1], "num_keypoints": 2}
kept(
    described(
        converted("pose", document([points], ["leaf"]), use_keypoints=True), ["leaf"], "kpt_shape: [2, 3]\n"
    ),
    "pose",
    "the box, the row of key points counted",
    labels=["leaf"],
    left_out={"key points": 1},
    rows=HULL,
)
# --- what predictions write with save_txt, save_conf -------------------------------------------------
for scores in (False, True):
    home = Path("out") / ("predicted_scores" if scores else "predicted")
    for name, size in SIZES.items():
        place = home / "images" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(Path("pictures", name).read_bytes())
        found = np.array(
            [[x, y, x + w, y + h, 0.5, NAMES.index(label)] for label, x, y, w, h in BOXES[name]], np.float32
        )
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        said = Results(picture, path=name, names=dict(enumerate(NAMES)), boxes=found.reshape(-1, 6))
        said.save_txt(home / "labels" / f"{Path(name).stem}.txt", save_conf=scores)
    (home / "data.yaml").write_text(f"train: images\nval: images\nnames: {json.dumps(NAMES)}\n")
    kept(
        home,
        home.name,
        "3 pictures with the boxes that a model saw" + (", and how sure it was" if scores else ""),
        labels=NAMES,
        rows=boxed_rows("images/"),
    )
