#!/usr/bin/env bash
# Of a photograph that lies on its side, Datumaro tells the size as shown and gives the pixels as stored.
#
# Version: datumaro 1.13.12.
# Input: a picture stored 200 wide and 100 high with orientation 6 (to be shown 100 x 200), as JPEG, PNG, WebP and TIFF.
# Behaviour: Image.size (height, width) of the JPEG is that of the shown picture and goes into the COCO export;
# Image.data of the same JPEG are the stored pixels. A box at the foot of the shown picture, which fits the told size, lies
# outside of the pixels that are given with it. PNG and WebP are told and given as stored, TIFF told and given as shown.
# Output seen: JPEG told (200, 100), given (100, 200); PNG and WebP (100, 200) twice; TIFF (200, 100) twice; COCO 100 x 200.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check datumaro==1.13.12
venv/bin/python - <<'PY'
import json

from datumaro.components.annotation import Bbox
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from PIL import Image as Picture

exif = Picture.Exif()
exif[0x0112] = 6
seen = {}
for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
    name = f"a.{kind.lower()}"
    Picture.new("RGB", (200, 100), "red").save(name, kind, exif=exif)
    found = Image.from_file(path=name)
    seen[kind] = (tuple(found.size), found.data.shape[:2])
print(seen)

media = Image.from_file(path="a.jpeg")
foot = Bbox(10, 160, 30, 30, label=0)
item = DatasetItem(id="a", media=media, annotations=[foot])
Dataset.from_iterable([item], categories=["nut"], media_type=Image).export("out", "coco_instances")
with open("out/annotations/instances_default.json") as file:
    (image,) = json.load(file)["images"]
cut = media.data[160:190, 10:40]
print(image["width"], image["height"], cut.shape)

assert seen["JPEG"] == ((200, 100), (100, 200))
assert seen["PNG"] == seen["WEBP"] == ((100, 200), (100, 200))
assert seen["TIFF"] == ((200, 100), (200, 100))
assert (image["width"], image["height"]) == (100, 200)
assert cut.size == 0
PY
