"""What is proven about a batch: its certificate, computed from the stored evidence once per process.

The frozen labels do not change under the same evidence, so what was computed once stays right.
"""

import threading
from collections import OrderedDict
from typing import Final

from assay.core.ids import sha256
from assay.core.quality.certificate import Certificate
from assay.service.quality.audit_evidence import certificate_of
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery, items
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import ProjectRow

MOST: Final = 64
_KNOWN: Final[OrderedDict[tuple[int, str, str, str], Certificate]] = OrderedDict()
_TURN: Final = threading.Lock()


def proven(project: ProjectRow, batch: BatchRow) -> Certificate | None:
    """Return a batch's certificate, None where nothing is proven."""
    if not batch.certificate:
        return None
    key = (batch.id, batch.name, batch.nonce, sha256(batch.certificate.encode()))
    with _TURN:
        if key in _KNOWN:
            _KNOWN.move_to_end(key)
            return _KNOWN[key]
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    found = certificate_of(
        project=project,
        batch=batch,
        intake=intake,
        task=task,
        frozen=items.frozen_labels(batch),
        control_items=item_gallery.count_controls([batch.id])[batch.id],
    )
    with _TURN:
        _KNOWN[key] = found
        if len(_KNOWN) > MOST:
            _KNOWN.popitem(last=False)
    return found
