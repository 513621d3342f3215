#!/usr/bin/env bash
# Lists in CSV written by datasets are what NumPy prints: without commas, and beyond 1,000 elements with the middle cut out.
#
# Version: datasets 5.2.0 with numpy 2.4.6, pandas 3.1.1, pyarrow 26.0.1.
# Input: a column of tags, once six texts, once 1,200 numbers (tags of a long document, or a mask).
# Behaviour: Dataset.to_csv hands rows to pandas as NumPy arrays. A list of texts becomes ['B-PER' 'O'], which Python
# reads as one text 'B-PERO'; a list of more than 1,000 elements becomes [1 0 1 ... 0 1 0], and the labels between are
# gone. Nothing is said. Dataset.to_json of the same rows is whole.
# Output seen: a,['B-PER' 'O' 'B-PER' 'O' 'B-PER' 'O'] and a,[1 0 1 ... 0 1 0].
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check datasets==5.2.0 numpy==2.4.6 pandas==3.1.1 pyarrow==26.0.1
venv/bin/python - <<'PY'
import ast
import json
from pathlib import Path

from datasets import Dataset

names = Dataset.from_dict({"id": ["a"], "tags": [["B-PER", "O"] * 3]})
names.to_csv("names.csv")
cell = Path("names.csv").read_text().splitlines()[1].partition(",")[2]
long = Dataset.from_dict({"id": ["a"], "tags": [[1, 0] * 600]})
long.to_csv("long.csv")
long.to_json("long.jsonl")
cut = Path("long.csv").read_text().splitlines()[1]
print(cell, cut)
assert cell == "['B-PER' 'O' 'B-PER' 'O' 'B-PER' 'O']"
assert ast.literal_eval(cell) == ["B-PEROB-PEROB-PERO"]
assert cut == "a,[1 0 1 ... 0 1 0]"
assert len(json.loads(Path("long.jsonl").read_text())["tags"]) == 1200
PY
