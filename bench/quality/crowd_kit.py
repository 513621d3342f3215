"""crowd-kit's Dawid-Skene, in an environment of its own, on the very answers that ours gets."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from bench.quality.apart import installed

from assay.core.ports import AnswerTable, Ints

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
