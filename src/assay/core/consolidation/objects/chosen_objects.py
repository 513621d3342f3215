"""Which of the clusters of marked objects are chosen: those that lose least, as far as is known.

`object_model.py` says what e, c and u are, and which ratio is largest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.methods.weighted_votes import Verdicts
from assay.core.consolidation.objects.object_attributes import Carried
from assay.core.consolidation.objects.object_clusters import Clusters, Fused
from assay.core.ports.answers import Floats, Ints


@dataclass(frozen=True, slots=True)
class Believed:
    """What is believed about every cluster, and about what nobody marked.

    Attributes:
        clusters: the clusters.
        there: shape (clusters,), e.
        named: the labels and c.
        fused: the places and u.
        carried: what objects carry beside, and what that takes off u; None where a project asks for nothing.
        objects: shape (items,), the expected number of real objects, overlooked ones included.
        nothing: shape (items,), the probability that nothing is there.
    """

    clusters: Clusters
    there: Floats
    named: Verdicts
    fused: Fused
    carried: Carried | None
    objects: Floats
    nothing: Floats


def pick_objects(view: Believed, *, items: int) -> tuple[NDArray[np.bool_], Floats]:
    """Return which clusters are chosen, and the expected 1 - loss per item."""
    item = view.clusters.item
    worth = view.there * view.named.sure * view.fused.trust
    if view.carried is not None:
        worth = worth * view.carried.sure
    # Rounded first, so that equals are equal whoever gave the answers; clusters stand in canonical order.
    order = np.lexsort((np.arange(len(item)), -np.round(worth, 9), item))
    many = np.bincount(item, minlength=items)
    start = np.cumsum(many) - many
    gained = np.cumsum(worth[order])
    size = np.arange(len(item)) - start[item] + 1
    before = np.concatenate([[0.0], gained])[start[item]]
    score = 2.0 * (gained - before) / (size + np.maximum(view.objects[item], 1e-12))
    right = np.array(view.nothing)
    np.maximum.at(right, item, score)
    # The smallest of equally good numbers; none at all where the empty value is as good.
    enough = np.round(score, 9) >= np.round(right, 9)[item]
    last = np.full(items, np.iinfo(np.int64).max)
    np.minimum.at(last, item[enough], size[enough])
    last[np.round(view.nothing, 9) >= np.round(right, 9)] = 0
    picked = np.zeros(len(item), dtype=np.bool_)
    picked[order] = size <= last[item]
    return picked, np.clip(right, 0.0, 1.0)


def product_of(factor: Floats, item: Ints, *, items: int) -> Floats:
    """Return the product of the factors of each item, 1 where there are none."""
    logs = np.log(np.maximum(factor, 1e-12))
    product: Floats = np.exp(np.bincount(item, weights=logs, minlength=items))
    return product
