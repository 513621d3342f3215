"""Pre-label: a model proposes, and learns from the labels as they come.

Features are computed once per item, in chunks. The model is trained anew when answers have grown by half,
together with the people whose labels teach it (`core/consolidation/methods/model_in_loop.py`); each item's proposal
comes from a model that has not seen the item's own answers (cross-fitting), so it is evidence of its own and
enters the posterior as one more prior.
"""

from pathlib import Path
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.consolidation.methods.model_in_loop import learn_with_model
from assay.core.ports.blobs import Content
from assay.core.project import lifecycle
from assay.core.review.control_and_pilot_sizes import FIRST_TRAINING, TRAINING_GROWTH
from assay.service.intake.earlier_labels_and_models import learner_of, sources
from assay.service.quality.calibrated_consensus import columns, lessons_of
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import AT_ONCE, Work
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.service.working_set.media_files import media_root, shown_content
from assay.store.items import model_proposals
from assay.store.items.items import BodyRow
from assay.store.labelling import project_people
from assay.store.projects import batches

CHUNK: Final = 500
FOLDS: Final = 3


def models_of(work: Work) -> tuple[str, ...]:
    """Return the names of all models that propose labels, unless known items showed that they do harm."""
    lessons = lessons_of(work)
    if lessons is not None and not lessons.models:
        return ()
    model = learner_of(work.intake)
    return (*sources(work.intake), *(() if model is None else (model.name,)))


def due(work: Work) -> bool:
    """Whether features are to be computed, or the model is to be trained anew."""
    if not work.batch.deidentified or work.batch.frozen_digest or work.batch.certificate:
        return False
    if not work.batch.features_done:
        return work.batch.status == lifecycle.DATA_RECEIVED
    return _has_model(work) and work.batch.answers >= max(FIRST_TRAINING, work.batch.prelabel_at)


def step(work: Work) -> None:
    """Compute the next features, or train and propose anew."""
    if work.batch.features_done:
        _train(work)
    else:
        _compute_features(work)


def _has_model(work: Work) -> bool:
    return learner_of(work.intake) is not None


def _compute_features(work: Work) -> None:
    model = learner_of(work.intake)
    rows = model_proposals.items_without_features(work.batch, limit=CHUNK) if model else []
    root = media_root(work)

    found: list[tuple[int, bytes]] = []
    for row in rows:
        assert model is not None
        features = model.features(_picture(work, row, root=root), row.text)
        found.append((row.item, b"" if features is None else features.astype(np.float32).tobytes()))

    with work.saving():
        model_proposals.save_features(found)
        if not rows:
            batches.set_batch(work.scope, work.batch.id, features_done=True)
            work.record("finish features", rule="once per item", model=model.name if model else "none")


def _picture(work: Work, row: BodyRow, *, root: Path) -> Content | None:
    if row.media is None:
        return None
    return shown_content(row, root=root, home=work.limits.home, tenant=work.scope.tenant)


def _train(work: Work) -> None:
    model = learner_of(work.intake)
    assert model is not None
    stored = [(item, data) for item, data in model_proposals.all_features(work.batch) if data]
    everybody = project_people.list_people(work.scope, work.project.id)
    ids = [item for item, _ in stored]
    answers = texts_as_now.all_answers(work, work.batch, queues=LABEL_QUEUES)
    table = columns(
        work, [answer[:3] for answer in answers], suggested=(), items_in_order=ids, people=everybody
    )

    fold = np.array(
        [
            chance.pick(work.project.seed, "fold", str(item - work.batch.first_item), below=FOLDS)
            for item in ids
        ],
        dtype=np.int64,
    )
    features = np.stack([np.frombuffer(data, dtype=np.float32) for _, data in stored]) if stored else None
    proposed: list[tuple[int, bytes]] = []
    if features is not None:
        rows = learn_with_model(
            table,
            features=features,
            task=work.task,
            schema=work.intake.schema,
            known=[None] * len(ids),
            model=model,
            fold=fold,
        )
        proposed = [(item, row.astype(np.float32).tobytes()) for item, row in zip(ids, rows, strict=True)]

    with work.saving():
        model_proposals.save_proposals(proposed)
        batches.set_batch(
            work.scope,
            work.batch.id,
            prelabel_at=int(work.batch.answers * TRAINING_GROWTH) + 1,
            refit_at=AT_ONCE,  # what was learnt of the rows before says little of these
        )
        work.record(
            "pre-label items",
            rule="trained anew when answers grew by half",
            model=model.name,
            answered=len(np.unique(table.item)),
            proposed=len(proposed),
        )
