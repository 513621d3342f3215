"""Near-duplicates: group items that look or read alike, before labelling starts.

A job of its own that can be killed at any point: texts are hashed in chunks (images were, when ingest decoded
them), then all groups are saved at once. Near-duplicates are labelled like others; validate looks at groups whose labels differ.
"""

from collections import Counter
from typing import Final

from assay.core.project import lifecycle
from assay.core.review.near_duplicate_groups import near_groups
from assay.providers.media import text
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import near_duplicates
from assay.store.projects import batches

CHUNK: Final = 5_000
DISTANCE: Final = {"image": 6, "text": 3}
"""Bits by which the hashes of near-duplicates may differ (of 256 for images, of 64 for texts)."""


def due(work: Work) -> bool:
    """Whether the batch was received and not yet searched."""
    return work.batch.status == lifecycle.DATA_RECEIVED and not work.batch.near_done


def step(work: Work) -> None:
    """Hash the texts that are not hashed yet, chunk by chunk, then find all groups of two or more."""
    last = 0
    while work.task.media == "text" and (
        texts := near_duplicates.texts_without_near(work.batch, after=last, limit=CHUNK)
    ):
        hashed = [(item, text.simhash(said) or b"") for item, said in texts]
        with work.saving():
            near_duplicates.save_near(hashed)
        last = texts[-1][0]
    _group(work)


def _group(work: Work) -> None:
    hashes = near_duplicates.near_hashes(work.batch)

    groups: list[tuple[int, int]] = []
    if hashes:
        distance = DISTANCE[work.task.media or "text"]
        found = near_groups([near for _, near in hashes], distance=distance).tolist()
        sizes = Counter(found)
        groups = [(item, group) for (item, _), group in zip(hashes, found, strict=True) if sizes[group] > 1]

    with work.saving():
        near_duplicates.set_near_groups(groups)
        batches.set_batch(work.scope, work.batch.id, near_done=True)
        work.record("find near-duplicates", rule="before labelling starts", items=len(groups))
