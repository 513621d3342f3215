"""Whoever works on a batch reads nothing of it, whatever roles they have; where one person is all there is, it works."""

from pathlib import Path

import pytest
from tests.support.labelling import at_work, claim, write_for_people
from tests.support.projects import LABELS, NOW, submit

from assay.core.errors import NotAllowed, NotFound, NotPermitted
from assay.core.project import lifecycle
from assay.service.access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    EXPERT,
    LABELLER,
    OPERATOR,
    REQUESTER,
)
from assay.service.access.refuse_own_work import OwnWork, WorksOnIt
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.batch_page import batch_charts, batch_page, certificate_page
from assay.service.batches.batch_quality import batch_quality
from assay.service.batches.comment_item import comment_item
from assay.service.batches.gallery import ItemsWanted, items_page
from assay.service.batches.item_page import item_page
from assay.service.batches.queue_again import queue_again
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.delivery.download_delivery import download_archive, download_file
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.labelling.person_at_work import FilersDoNotLabel
from assay.service.labelling.submit_answer import submit_answer
from assay.service.pipeline import worker_rounds
from assay.service.workforce.let_requester_label import let_requester_label
from assay.store import db
from assay.store.items import items
from assay.store.labelling.project_people import enrol, list_people, person_of_member

pytestmark = pytest.mark.database

EVERYTHING = (REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR, LABELLER, EXPERT)


def readings(actor, project):
    batch = project.batch.name
    return {
        "items": lambda: items_page(actor, batch=batch, wanted=ItemsWanted(), after=None, now=NOW),
        "item": lambda: item_page(actor, batch=batch, key="item-000", now=NOW),
        "quality": lambda: batch_quality(actor, batch=batch, now=NOW),
        "charts": lambda: batch_charts(actor, batch=batch, now=NOW),
    }


def test_roles_besides_open_nothing_of_a_batch_that_one_works_on(web, tmp_path):
    web.member("olga", OPERATOR, LABELLER)
    project = at_work(web, tmp_path / "pets", crew=("lena", "olga", "eva"))
    for read in readings(web.actor("olga"), project).values():
        with pytest.raises(WorksOnIt):
            read()
    batch_page(web.actor("olga"), batch=project.batch.name, now=NOW)  # how it goes is no secret
    for read in readings(web.actor("otto"), project).values():
        read()
    refused = db.rows("SELECT verb FROM event WHERE outcome = 'refused' ORDER BY id")
    assert [verb for (verb,) in refused][:2] == ["see items", "see items"]


def test_what_one_is_shown_can_be_spoken_of_and_betrays_no_control_item(web, tmp_path):
    project = at_work(
        web, tmp_path / "pets", crew=("lena", "eva"), known={"item-000": LABELS[0], "item-001": LABELS[1]}
    )
    eva, rita = web.actor("eva"), web.actor("rita")
    batch = project.batch.name

    def speaks(actor, key):
        try:
            comment_item(actor, batch=batch, key=key, comment="unclear", now=NOW)
        except NotFound:
            return False
        return True

    assert (speaks(rita, "item-002"), speaks(rita, "item-000")) == (True, False)
    # Of an item that she was not shown the expert learns nothing, whether it is a control item, another or none.
    assert [speaks(eva, key) for key in ("item-000", "item-002", "item-999")] == [False] * 3


def test_no_other_way_tells_control_items_and_nobody_sends_their_own_work_back(web, tmp_path):
    web.member("olga", OPERATOR, REQUESTER, LABELLER)
    project = at_work(
        web,
        tmp_path / "pets",
        crew=("lena", "olga", "eva"),
        known={"item-000": LABELS[0], "item-001": LABELS[1]},
    )
    olga, batch = web.actor("olga"), project.batch.name
    ways = {
        "queue": lambda key: queue_again(olga, batch=batch, key=key, now=NOW),
        "reject": lambda key: reject_batch(olga, batch=batch, remarks=[Remark(key, "x")], now=NOW),
    }
    for way in ways.values():
        for key in ("item-000", "item-005", "item-999"):
            with pytest.raises(WorksOnIt):
                way(key)
    with pytest.raises(NotAllowed, match="settled"):
        queue_again(web.actor("otto"), batch=batch, key="item-005", now=NOW)


def test_disabling_all_others_makes_nobody_alone(web, tmp_path):
    web.member("solo", *EVERYTHING)
    project = at_work(web, tmp_path / "pets", crew=("lena", "solo"))
    with db.transaction():
        db.execute("UPDATE member SET state = 'disabled' WHERE name <> 'Solo'")
        db.execute("UPDATE batch SET status = %s", [lifecycle.READY_FOR_REVIEW])
    for read in readings(web.actor("solo"), project).values():
        with pytest.raises(WorksOnIt):
            read()


def test_a_requester_labels_their_own_project_only_where_an_operator_says_so(web, tmp_path):
    roles = {"rita": (REQUESTER, LABELLER), "lena": (LABELLER,), "eva": (EXPERT,)}
    for name, its in roles.items():
        web.member(name, *its)
    project = at_work(web, tmp_path / "pets", crew=("lena", "eva"))
    rita, scope = web.actor("rita"), web.installation.scope
    codes = {one.member for one in list_people(scope, project.id)}
    assert codes == {web.member("lena").id, web.member("eva").id}
    with pytest.raises(FilersDoNotLabel, match="only where another operator says so"):
        claim(web, project, "rita")
    items_page(rita, batch=project.batch.name, wanted=ItemsWanted(), after=None, now=NOW)
    with pytest.raises(NotPermitted):
        let_requester_label(rita, project=project.row.name, now=NOW)
    let_requester_label(web.actor("otto"), project=project.row.name, now=NOW)
    assert claim(web, project, "rita")
    with pytest.raises(WorksOnIt):
        items_page(rita, batch=project.batch.name, wanted=ItemsWanted(), after=None, now=NOW)


def test_an_operator_does_not_let_themselves_label(web, tmp_path):
    web.member("rita", REQUESTER, OPERATOR, LABELLER)
    project = at_work(web, tmp_path / "pets", crew=("lena", "eva"))
    with pytest.raises(OwnWork):
        let_requester_label(web.actor("rita"), project=project.row.name, now=NOW)
    with pytest.raises(FilersDoNotLabel):
        claim(web, project, "rita")


def test_the_worker_does_not_enrol_whoever_filed_a_project(web, tmp_path):
    for name, its in {"rita": (REQUESTER, LABELLER), "lena": (LABELLER,)}.items():
        web.member(name, *its)
    project = submit(web.installation, write_for_people(tmp_path / "pets"), actor=web.actor("rita"))
    state = worker_rounds.Round(name="tests", started_at=0)
    for _ in range(20):
        worker_rounds.tend(web.installation, state, clock=lambda: NOW, stop=lambda: False)
    found = [one.member for one in list_people(web.installation.scope, project.id)]
    assert found == [web.member("lena").id]


def everything_alone(web, project, *, wrong_every=1_000):
    """Let the only person do whatever is due until the batch waits for acceptance."""
    state, now = worker_rounds.Round(name="tests", started_at=0), NOW
    said = 0
    for _ in range(400):
        worker_rounds.tend(web.installation, state, clock=lambda at=now: at, stop=lambda: False)
        if project.batch.status == lifecycle.READY_FOR_REVIEW:
            return
        now += 6_000_000
        if project.batch.status != lifecycle.IN_PROGRESS:
            continue
        for served in claim(web, project, "solo", ahead=3, now=now):
            said += 1
            submit_answer(
                web.installation,
                web.actor("solo"),
                batch=project.batch.name,
                assignment=served.assignment,
                client_id=f"solo-{served.assignment:08}",
                value=LABELS[int(served.key.rpartition("-")[2]) % 3],
                seconds=3.0,
                now=now,
                take_next=False,
            )
    raise AssertionError(f"after {said} answers it is {project.row.status}, {project.batch.status}")


def test_one_person_alone_labels_judges_and_accepts_and_the_certificate_says_so(web, tmp_path):
    web.member("solo", *EVERYTHING)
    solo = web.actor("solo")
    intake = write_for_people(tmp_path / "pets", items=24, accept="by_hand")
    project = submit(web.installation, intake, actor=solo)
    state = worker_rounds.Round(name="tests", started_at=0)
    while project.batch.status != lifecycle.IN_PROGRESS:
        worker_rounds.tend(web.installation, state, clock=lambda: NOW, stop=lambda: False)
    assert person_of_member(web.installation.scope, project=project.id, member=web.member("solo").id)
    for read in readings(solo, project).values():
        with pytest.raises(WorksOnIt):
            read()
    everything_alone(web, project)
    for read in readings(solo, project).values():
        read()
    batch = project.batch.name
    accept_batch(solo, batch=batch, now=NOW)
    for _ in range(20):
        worker_rounds.tend(web.installation, state, clock=lambda: NOW, stop=lambda: False)
    assert project.batch.status == lifecycle.DATA_DELIVERED
    found = verify_certificate(Path(project.batch.folder), trusted=None)
    assert (found.findings, found.result, found.independent) == ((), Result.NOT_INDEPENDENT, False)
    assert download_archive(solo, batch=batch, now=NOW).type == "application/zip"
    said = certificate_page(solo, batch=batch, now=NOW)
    assert said.words.sentence.startswith("Labels and judgements are by the same person. ")
    page = (Path(project.batch.folder) / "certificate.html").read_text(encoding="utf-8")
    assert "NOT INDEPENDENT" in page
    assert {row.label for row in items.all_items(project.batch)} == set(LABELS)


def test_with_a_second_person_in_the_house_nobody_accepts_their_own_work(web, tmp_path):
    web.member("solo", *EVERYTHING)
    intake = write_for_people(tmp_path / "pets", items=12, accept="by_hand")
    project = submit(web.installation, intake, actor=web.actor("solo"))
    everything_alone(web, project)
    web.member("rita")
    with pytest.raises(OwnWork):
        accept_batch(web.actor("solo"), batch=project.batch.name, now=NOW)
    for read in readings(web.actor("solo"), project).values():
        with pytest.raises(WorksOnIt):
            read()
    accept_batch(web.actor("rita"), batch=project.batch.name, now=NOW)
    state = worker_rounds.Round(name="tests", started_at=0)
    while project.batch.status != lifecycle.DATA_DELIVERED:
        worker_rounds.tend(web.installation, state, clock=lambda: NOW, stop=lambda: False)
    web.member("olga", OPERATOR)
    with db.transaction():
        enrol(web.installation.scope, project=project.id, people=[(web.member("olga").id, "p-olga", False)])
    for way in (
        lambda who: download_archive(who, batch=project.batch.name, now=NOW),
        lambda who: download_file(who, batch=project.batch.name, name="labels.csv", now=NOW),
    ):
        with pytest.raises(WorksOnIt):
            way(web.actor("olga"))
        way(web.actor("rita"))
        way(web.actor("solo"))  # who filed it has what they paid for
