"""What people say of each object beside its place and label: one vote for each attribute, id and group.

Each member of a cluster votes with what its object carries, a missing attribute being a vote for "not there"; a vote
weighs what its giver's rate of right labels says (`weighted_votes`). With s_k the probability that the value of attribute k
is right, a cluster's attributes are expected to differ by the mean of 1 - s_k, and its place counts

    1 - share * mean(1 - s_k)

of what it would count alone (`AttributeRules.share`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.methods.weighted_votes import Verdicts, decide, voice
from assay.core.consolidation.objects.object_clusters import AttributeRules, Clusters, Objects
from assay.core.labels.attributes import CHOICE, FLAG, PLAIN, Attribute, AttributeValue, Details, details
from assay.core.ports.answers import Floats, Ints

OPEN: Final = 8
"""From so many values of a text or a number somebody who slips would choose."""

_ID, _GROUP = "id", "group"


@dataclass(frozen=True, slots=True)
class Carried:
    """What is believed that objects carry.

    Attributes:
        details: per cluster.
        sure: shape (clusters,), what the place counts beside attributes that may be wrong, in [0, 1].
        own: shape (objects,), the same for each object's own attributes.
    """

    details: Sequence[Details]
    sure: Floats
    own: Floats


def carried_by(
    objects: Objects, clusters: Clusters, *, label: Ints, rate: Floats, rules: AttributeRules
) -> Carried:
    """Decide what every cluster carries.

    Args:
        objects: the members, with their details.
        clusters: which of them are one thing.
        label: shape (clusters,), the label that each was given.
        rate: shape (objects,), how often each member's giver names things rightly.
        rules: the project's attributes.
    """
    given, many = objects.details or (), len(clusters.item)
    held: list[dict[str, AttributeValue]] = [{} for _ in range(many)]
    sure, own = np.ones(many), np.ones(len(given))
    for code, one in enumerate(rules.schema.classes):
        of_label = label[clusters.of] == code
        members = np.flatnonzero(of_label)
        if not len(members) or not one.attributes:
            continue
        wrong, own_wrong = np.zeros(many), np.zeros(len(members))
        for attribute in one.attributes:
            said = [dict(given[at].attributes).get(attribute.name) for at in members.tolist()]
            found, values = _voted(said, clusters.of[members], rate[members], many, ways=_ways(attribute))
            wrong += 1.0 - found.sure
            own_wrong += 1.0 - found.own
            for cluster in np.flatnonzero(label == code).tolist():
                if (value := values[int(found.code[cluster])]) is not None:
                    held[cluster][attribute.name] = value
        share = rules.share / len(one.attributes)
        sure = np.where(label == code, 1.0 - share * wrong, sure)
        own[members] = 1.0 - share * own_wrong
    names = [_names(given, clusters, rate, which) for which in (_ID, _GROUP)]
    carried = [
        details(attributes, id=one, group=group) if attributes or one or group else PLAIN
        for attributes, one, group in zip(held, *names, strict=True)
    ]
    return Carried(_each_id_once(carried, clusters.item), sure, own)


def _voted(
    said: Sequence[AttributeValue | None], cluster: Ints, rate: Floats, clusters: int, *, ways: int
) -> tuple[Verdicts, list[AttributeValue | None]]:
    # "Not there" comes first, so that of equals nothing is said.
    values = [
        None,
        *sorted({one for one in said if one is not None}, key=lambda one: (str(type(one)), str(one))),
    ]
    at = {value: place for place, value in enumerate(values)}
    code = np.fromiter((at[one] for one in said), np.int64, len(said))
    ways = max(ways, len(values))
    found = decide(cluster, code, weight=voice(rate, ways=ways), questions=clusters, ways=ways)
    return found, values


def _names(given: Sequence[Details], clusters: Clusters, rate: Floats, which: str) -> list[str]:
    """Return the id or the group of each cluster; mostly there are none."""
    said = [getattr(one, which) or None for one in given]
    many = len(clusters.item)
    if not any(said):
        return [""] * many
    found, values = _voted(said, clusters.of, rate, many, ways=OPEN)
    return [str(values[code] or "") for code in found.code.tolist()]


def _each_id_once(carried: list[Details], item: Ints) -> list[Details]:
    """Of two objects of an item with the same id the later one has none: an id tells objects apart."""
    seen: set[tuple[int, str]] = set()
    for place, (one, where) in enumerate(zip(carried, item.tolist(), strict=True)):
        if one.id and (where, one.id) in seen:
            carried[place] = details(dict(one.attributes), group=one.group)
        seen.add((where, one.id))
    return carried


def _ways(attribute: Attribute) -> int:
    """Return from how many answers somebody who slips would choose, nothing among them."""
    if attribute.kind == CHOICE:
        return len(attribute.options) + 1
    return 3 if attribute.kind == FLAG else OPEN
