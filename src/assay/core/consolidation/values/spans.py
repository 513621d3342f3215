"""Spans for the model of objects: overlap, and the boundaries that most weight stands behind."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assay.core.consolidation.methods.weighted_votes import decide, voice
from assay.core.consolidation.objects.object_clusters import AttributeRules, Fused, Kind, Made
from assay.core.geometry.shape_overlap import stretch_iou
from assay.core.labels.attributes import Details
from assay.core.labels.label_values import LabelValue, Span, Spans
from assay.core.ports.answers import Floats, Ints

JOINS: Final = 0.2
"""`York` and `New York City` are marks of the same thing; mere neighbours do not overlap at all."""

BOUNDARIES: Final = 8
"""From so many pairs of start and end somebody who slips would choose."""


def span_loss(a: Spans, b: Spans, *, rules: AttributeRules | None = None) -> float:
    """Return 1 - F1 over exact (start, end, label); two empty values have no loss.

    With rules, attributes that differ take their share off a pair; without, spans that lie alike are one.
    """
    one, two = _by_place(a), _by_place(b)
    many = len(one) + len(two)
    if not many:
        return 0.0
    both = one.keys() & two.keys()
    off = 0.0 if rules is None else sum(rules.off(one[key], two[key]) for key in both)
    return 1.0 - 2.0 * (len(both) - off) / many


def _by_place(value: Spans) -> dict[tuple[str, int, int], Span]:
    """Return the spans by what they mark; of several that mark the same the first."""
    return {span[:3]: span for span in reversed(value.spans)}


def _reach(place: Floats) -> tuple[Floats, Floats]:
    return place[:, 0], place[:, 1]


def _score(a: Floats, b: Floats) -> Floats:
    return np.where((a == b).all(axis=1), 1.0, 0.0)


def _fuse(place: Floats, cluster: Ints, skill: Floats, clusters: int) -> Fused:
    """Take the pair of start and end with the most weight behind it.

    A pair that nobody said, as medians of both ends may give, is right less often than one that somebody
    did. `skill` is how often each member's boundaries are right.
    """
    # One number for a pair of whole ones is sorted much faster than the pair.
    room = int(place.max(initial=0.0)) + 1
    pairs, code = np.unique(place.astype(np.int64) @ np.array([room, 1]), return_inverse=True)
    found = decide(cluster, code, weight=voice(skill, ways=BOUNDARIES), questions=clusters, ways=BOUNDARIES)
    said = pairs[found.code] if clusters else pairs[:0]
    fused = np.stack([said // room, said % room], axis=1).astype(np.float64)
    return Fused(place=fused, trust=found.sure, met=found.own)


def _make(rows: Sequence[Made]) -> tuple[LabelValue, tuple[float, ...]]:
    parts: dict[tuple[int, int, str], tuple[float, Details]] = {}
    for label, (start, end), part, carried in rows:
        # Two clusters may come to the same span; it is said once, as surely as the surer of them.
        span = int(start), int(end), label
        if span not in parts or part > parts[span][0]:
            parts[span] = part, carried
    ordered = sorted(parts.items())
    spans = tuple(Span(label, start, end, carried) for (start, end, label), (_, carried) in ordered)
    return Spans(spans), tuple(part for _, (part, _) in ordered)


def span_kind(rules: AttributeRules | None = None) -> Kind:
    """Return stretches of text, with what they carry where a project asks for it."""
    return Kind(
        produces=Spans,
        key="spans",
        fields=("start", "end"),
        reach=_reach,
        overlap=stretch_iou,
        joins=JOINS,
        score=_score,
        fuse=_fuse,
        make=_make,
        rules=rules,
    )


SPANS: Final = span_kind()
"""Stretches of text."""
