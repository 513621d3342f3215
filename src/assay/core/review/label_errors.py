"""Which labels are probably wrong, as a model sees it that learnt from the others: confident learning.

Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels" (JAIR 70, 2021). Their symbols
and our names: the given label y~ is `label`, the out-of-sample probabilities p^ are `rows`, t_j is `threshold` (equation 2), the
confident joint C (equation 1) is `counts`, and Q (equation 3) is `joint`.

A model that is unsure of one class and sure of another would put all doubts into the first. So a class has a bar of its own:
the mean probability that the model gives it where it is the label. What passes the bar of another class, and not of its own
or by less, is a suspect.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """What the model's probabilities say about labels.

    Attributes:
        margin: shape (items,), in [-1, 1]: the probability of the label less the largest of another label; the smallest is
            looked at first.
        own: shape (items,), the probability of the label (self-confidence).
        better: shape (items,), the label that the model holds for the right one: the most probable of those whose bar is
            passed, the item's own label where none is.
        suspect: shape (items,), where `better` is another label than the given one.
        threshold: shape (labels,), the bars; 1 for a label that no item has.
        joint: shape (labels, labels), the share of items with this label (row) that in truth have that one (column).
    """

    margin: Floats
    own: Floats
    better: Ints
    suspect: NDArray[np.bool_]
    threshold: Floats
    joint: Floats

    @property
    def errors(self) -> float:
        """The share of labels that is wrong, as the joint has it."""
        return float(self.joint.sum() - np.trace(self.joint))

    def order(self) -> Ints:
        """Return all items, most suspicious first: the suspects by their margin, then the others by theirs.

        Equals stand in the order of the items.
        """
        found: Ints = np.lexsort((self.margin, ~self.suspect)).astype(np.int64)
        return found


def label_errors(rows: Floats, label: Ints) -> LabelErrors:
    """Score labels against a model's probabilities.

    Args:
        rows: shape (items, labels), each summing to 1, from a model that did not learn from the item's own label.
        label: shape (items,), positions of labels.

    Raises:
        ValueError: if the shapes do not fit, there are fewer than two labels, or a label is none of the columns.
    """
    if rows.ndim != 2 or rows.shape[0] != len(label) or rows.shape[1] < 2:
        raise ValueError("a row of two or more probabilities belongs to each label")
    items, labels = rows.shape
    if items and (int(label.min()) < 0 or int(label.max()) >= labels):
        raise ValueError("a label is the position of a column")
    rows = rows.astype(np.float64)
    place = np.arange(items)
    own = rows[place, label]
    others = rows.copy()
    others[place, label] = -np.inf
    size = np.bincount(label, minlength=labels)
    total = np.bincount(label, weights=own, minlength=labels)
    threshold = np.where(size > 0, total / np.maximum(size, 1), 1.0)

    # A hair below the bar passes it: the mean of equal numbers may be rounded above them.
    passing = np.where(rows >= threshold - 1e-9, rows, -1.0)
    confident = passing.max(axis=1, initial=-1.0) >= 0.0
    best = passing.argmax(axis=1)
    # Of equals the item's own label is the better one, whatever the order of the labels.
    kept = ~confident | (passing[place, label] >= passing[place, best])
    better = np.where(kept, label, best).astype(np.int64)

    counts = np.zeros((labels, labels))
    np.add.at(counts, (label[confident], better[confident]), 1.0)
    silent = (counts.sum(axis=1) == 0.0) & (size > 0)
    counts[silent, silent] = 1.0  # nothing is known: the labels of this class are taken as they are
    joint = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0) * size[:, None] / max(items, 1)
    return LabelErrors(
        margin=own - others.max(axis=1),
        own=own,
        better=better,
        suspect=better != label,
        threshold=threshold,
        joint=joint,
    )
