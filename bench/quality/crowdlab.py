"""cleanlab's CROWDLAB (Goh, Tkachenko and Mueller 2022), in an environment of its own, on what ours gets."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from bench.quality.apart import installed

from assay.core.consolidation.values.choices import to_choices
from assay.core.ports.answers import AnswerTable, Floats, Ints

VERSION = "2.9.0"
SCRIPT = """
import sys
import numpy as np
from cleanlab.multiannotator import get_label_quality_multiannotator
data = np.load(sys.argv[1])
votes = np.full((int(data["items"]), int(data["person"].max()) + 1), np.nan)
votes[data["item"], data["person"]] = data["label"]
votes = votes[:, ~np.isnan(votes).all(axis=0)]
found = get_label_quality_multiannotator(votes, data["rows"], verbose=False)
np.save(sys.argv[2], found["label_quality"]["consensus_label"].to_numpy().astype(int))
"""


def crowdlab(table: AnswerTable, *, names: tuple[str, ...], rows: Floats) -> Ints | None:
    """Return the position of the peer's label per item, shape (items,); None where it cannot be installed.

    Args:
        table: the answers; every item has one.
        names: the labels.
        rows: shape (items, labels), the label probabilities of a cross-fitted model.
    """
    program = installed(f"cleanlab-{VERSION}", needs=(f"cleanlab=={VERSION}",))
    if program is None:
        return None
    choices = to_choices(table, names=names)
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "answers.npz", Path(folder) / "labels.npy"
        np.savez(
            given,
            item=choices.item,
            person=choices.person,
            label=choices.label,
            items=np.array(choices.items),
            rows=rows,
        )
        subprocess.run([program, "-W", "ignore", "-c", SCRIPT, given, found], check=True)
        labels: Ints = np.load(found)
        return labels
