#!/usr/bin/env bash
# Behind emoji the tags of the CoNLL export stand at other words than people marked.
#
# Version: label-studio-sdk 2.1.2 (its converter).
# Input: four emoji, then "Al met Bo today"; "Al" is marked as a browser counts, in UTF-16 code units (9 to 11), and the
# region quotes its text.
# Behaviour: the converter takes the places for Python's, which count an emoji once, and so the tag comes four signs
# late. The quote, which would settle it, is not looked at.
# Output seen: Al -X- _ O, met -X- _ B-PER.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check label-studio-sdk==2.1.2
cat > made.py <<'PY'
import json
import logging
from pathlib import Path

from label_studio_sdk.converter import Converter
from PIL import Image

logging.disable(logging.CRITICAL)
VIEW = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">
<Label value="nut"/><Label value="bolt"/></RectangleLabels></View>"""


def picture(name):
    path = Path("upload", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (64, 48)).save(path)
    return f"/data/upload/{name}"


def rectangle(label, x, y, rotation=0):
    """A quarter of the picture's width and height, places in percent, as the labelling page writes it."""
    value = {"x": x, "y": y, "width": 25, "height": 25, "rotation": rotation, "rectanglelabels": [label]}
    return {
        "id": "r", "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": value,
        "original_width": 64, "original_height": 48, "image_rotation": 0,
    }


def annotation(*result, **more):
    made = {"id": 1, "completed_by": {"id": 1, "email": "a@example.org"}, "created_at": "2026-01-02T03:04:05Z"}
    return {**made, "was_cancelled": False, "result": list(result), **more}


def export(tasks, form, view=VIEW):
    Path("tasks.json").write_text(json.dumps(tasks))
    out = Path("out", form)
    Converter(view, project_dir=None, upload_dir="upload", download_resources=True).convert(
        "tasks.json", str(out), form, is_dir=False
    )
    return out
PY
venv/bin/python - <<'PY'
from made import annotation, export

view = """<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="PER"/></Labels></View>"""
text = "\U0001f389" * 4 + " Al met Bo today"
start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in (5, 7))
value = {"start": start, "end": end, "text": "Al", "labels": ["PER"]}
marked = {"id": "r", "from_name": "ner", "to_name": "text", "type": "labels", "value": value}
tasks = [{"id": 1, "data": {"text": text}, "annotations": [annotation(marked)]}]
lines = (export(tasks, "CONLL2003", view) / "result.conll").read_text().splitlines()
print(lines)
assert (start, end) == (9, 11)
assert "Al -X- _ O" in lines and "met -X- _ B-PER" in lines
PY
