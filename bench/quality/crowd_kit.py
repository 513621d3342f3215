"""crowd-kit's Dawid-Skene and ROVER, in an environment of their own, on the very answers that ours get."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from bench.quality.apart import installed

from assay.core.ports.answers import AnswerTable, Ints

VERSION = "1.4.2"
NEEDS = (f"crowd-kit=={VERSION}", "scikit-learn<1.6", "numpy<2.3")
SCRIPT = """
import sys
import numpy as np, pandas as pd
from crowdkit.aggregation import DawidSkene
data = np.load(sys.argv[1])
frame = pd.DataFrame({"task": data["item"], "worker": data["person"], "label": data["label"]})
found = DawidSkene(n_iter=100).fit_predict(frame)
label = np.full(int(data["items"]), -1)
label[found.index.to_numpy()] = found.to_numpy()
np.save(sys.argv[2], label)
"""

ROVER = """
import json, sys
import pandas as pd
from crowdkit.aggregation import ROVER
item, person, text = json.load(open(sys.argv[1]))
frame = pd.DataFrame({"task": item, "worker": person, "text": text})
found = ROVER(tokenizer=lambda text: text.split(" "), detokenizer=lambda words: " ".join(words)).fit_predict(frame)
json.dump({int(task): text for task, text in found.items()}, open(sys.argv[2], "w"))
"""


def dawid_skene(table: AnswerTable, names: tuple[str, ...]) -> Ints | None:
    """Return the position of the peer's label per item, -1 where there is none, shape (items,)."""
    program = installed(f"crowd-kit-{VERSION}", needs=NEEDS)
    if program is None:
        return None
    place = {name: position for position, name in enumerate(names)}
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "answers.npz", Path(folder) / "labels.npy"
        label = np.array([place[value] for value in table.value])
        np.savez(given, item=table.item, person=table.person, label=label, items=np.array(table.items))
        subprocess.run([program, "-W", "ignore", "-c", SCRIPT, given, found], check=True)
        labels: Ints = np.load(found)
        return labels


def rover(table: AnswerTable, texts: list[str]) -> list[str] | None:
    """Return the peer's text per item, "" where there is none; `texts` are the answers, words parted by blanks."""
    program = installed(f"crowd-kit-{VERSION}", needs=NEEDS)
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "answers.json", Path(folder) / "texts.json"
        given.write_text(json.dumps([table.item.tolist(), table.person.tolist(), texts]))
        subprocess.run([program, "-W", "ignore", "-c", ROVER, given, found], check=True)
        chosen = json.loads(found.read_text())
    return [chosen.get(str(item), "") for item in range(table.items)]
