"""Review: what an expert has in hand is theirs, whatever others said meanwhile."""

import pytest
from tests.support.labelling import answer, ask_expert, at_work, claim
from tests.support.projects import LABELS, NOW

from assay.core.project import lifecycle
from assay.service.pipeline.stages import review
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items

pytestmark = pytest.mark.database


@pytest.mark.parametrize("stuck", [False, True], ids=["dirty", "given up by labellers"])
def test_an_item_stays_with_the_expert_who_has_it(web, tmp_path, stuck):
    project = at_work(web, tmp_path / "pets", crew=("lena", "luis", "eva"))
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [project.batch_id])
    item = ask_expert(project, "item-003")
    with db.transaction():
        db.execute("UPDATE item SET state = %s WHERE id = %s", [lifecycle.EXPERT_REVIEW, item])
    (held,) = claim(web, project, "eva")
    assert held.item == item
    with db.transaction():
        items.mark_dirty([item], stuck=stuck)
    work = load_work(
        web.installation, batch=project.batch_id, out=tmp_path / "out", hold=lambda: None, real_now=NOW
    )
    assert review.due(work)
    review.step(work)
    (row,) = items.items_by_id([item])
    assert (row.state, row.label) == (lifecycle.EXPERT_REVIEW, "")
    assert items.list_set_aside(project.batch_id) == []
    assert not review.due(work), "it waits for the expert now"
    answer(web, project, "eva", label=LABELS[1])
    review.step(work)
    (row,) = items.items_by_id([item])
    assert (row.state, row.label, row.judged) == (lifecycle.SETTLED, LABELS[1], True)
