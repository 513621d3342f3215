"""What people are learnt from, and what is known by chance."""

import pytest
from tests.support.projects import submit, write_project

from assay.service.pipeline import learn_people_anew
from assay.service.pipeline.stages import certify
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger


@pytest.fixture
def after_a_failed_attempt(installation, tmp_path, monkeypatch):
    """A batch whose first attempt was given up after some looks, and what its next refit learnt from."""
    learnt = []
    learn = learn_people_anew.learn

    def noted(**told):
        learnt.append(told)
        return learn(**told)

    monkeypatch.setattr(learn_people_anew, "learn", noted)
    monkeypatch.setattr(
        certify,
        "better_again",
        lambda test, **_: test.checks >= 10 and project.batch.attempt == 1,
    )
    project = submit(installation, write_project(tmp_path, items=150, right=0.85))
    project.run_until(lambda one: one.batch.attempt == 1 and not one.batch.frozen_digest)
    del learnt[:]
    project.run_until(lambda _: bool(learnt))
    return project, learnt[0]


def test_after_a_failed_attempt_every_audited_item_is_known_by_chance(after_a_failed_attempt):
    project, told = after_a_failed_attempt
    batch = project.batch
    audited = {one.item for one in answers_and_pay_ledger.answers_of(_ids(batch), queues=("audit",))}
    rows = items.all_items(batch)
    right = [row for row in rows if row.id in audited and row.decided_by != "audit"]
    assert len(right) > 5, "most of what was drawn was right already"
    for row, label, by_chance in zip(rows, told["known"], told["by_chance"], strict=True):
        assert by_chance == (row.is_control or row.id in audited), row.key
        assert label is not None or not by_chance


def test_what_experts_redid_for_its_risk_is_not_known_by_chance(after_a_failed_attempt):
    project, told = after_a_failed_attempt
    rows = items.all_items(project.batch)
    redone = {one.item for one in answers_and_pay_ledger.answers_of(_ids(project.batch), queues=("expert",))}
    chosen = [place for place, row in enumerate(rows) if row.id in redone and not row.is_control]
    assert chosen
    assert not told["by_chance"][chosen].any()


def _ids(batch):
    return [row.id for row in items.all_items(batch)]
