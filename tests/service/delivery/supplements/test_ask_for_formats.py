"""Further formats of a delivered batch: a signed supplement beside the delivery, of which nothing is touched."""

import json
import shutil
from contextlib import contextmanager

import pytest
from tests.support.beginnings import offered_pets
from tests.support.faults import Crash, make_keys
from tests.support.loops import one
from tests.support.places import forget
from tests.support.projects import NOW, contents, submit, write_boxes

from assay.core.errors import BadValue, NotAllowed, NotFound, NotPermitted, UnknownMember
from assay.core.ids import digest_of
from assay.service.batches.accept_batch import accept_batch
from assay.service.delivery.deliveries import show_delivery
from assay.service.delivery.label_files_of_a_delivery import WritesNoLabels
from assay.service.delivery.supplements.ask_for_formats import DeliveredAlready, ask_for_formats
from assay.service.delivery.supplements.further_formats import list_supplements
from assay.service.delivery.supplements.write_supplement import CertificateGone, OtherKey
from assay.service.delivery.verify_certificate import CheckedSupplement, Result, verify_certificate
from assay.service.pipeline import worker_rounds
from assay.service.trail.seal_events import DEMONSTRATION_KEY, demonstration_key
from assay.store import db

LEASE = 30_000_000


@pytest.fixture
def begun(beginnings, request):
    wanted = {"offered", "delivered"} & set(request.fixturenames)
    return beginnings.of(offered_pets) if wanted else None


@pytest.fixture
def offered(begun, installation, tmp_path):
    return begun.project(installation, tmp_path)


@pytest.fixture
def delivered(offered, cast):
    accept_batch(cast.rita, batch=offered.batch.name, now=NOW)
    offered.run()
    return offered


def ask(project, who, *formats, now=NOW):
    return ask_for_formats(project.installation, who, batch=project.batch.name, formats=formats, now=now)


def states(project, who):
    return [(each.number, each.state) for each in list_supplements(who, batch=project.batch.name, now=NOW)]


def verified(project):
    key = demonstration_key(project.installation.home)
    return verify_certificate(project.delivery, trusted=key.fingerprint)


# --- asked for and written -----------------------------------------------------------------------


def test_a_supplement_lies_beside_the_delivery_signed_by_the_certificates_key(delivered, cast):
    before = contents(delivered.delivery)
    asked = ask(delivered, cast.rita, "label_studio", "parquet")
    assert (asked.number, asked.state, asked.folder) == (1, "asked for", "")
    assert delivered.run() == 1
    after = contents(delivered.delivery)
    assert {name: after[name] for name in before} == before
    added = {name.removeprefix("supplements/1/"): sha for name, sha in after.items() if name not in before}
    whole = json.loads((delivered.delivery / "supplements/1/supplement.json").read_bytes())
    statement, signature = whole["statement"], whole["signature"]
    certificate = json.loads((delivered.delivery / "certificate.json").read_bytes())
    assert statement["certificate"] == digest_of(certificate["statement"])
    assert statement["delivered_digest"] == certificate["statement"]["delivered_digest"]
    assert signature["public_key"] == certificate["signature"]["public_key"]
    assert (statement["batch"], statement["formats"]) == ("pets-1", ["label_studio", "parquet"])
    assert statement["files"] == {name: sha for name, sha in added.items() if name != "supplement.json"}
    assert statement["demonstration"] is True
    found = verified(delivered)
    assert (found.result, found.findings) == (Result.DEMONSTRATION, ())
    assert found.supplements == (CheckedSupplement(1, ("label_studio", "parquet")),)


def test_boxes_are_had_as_coco_and_in_folders_that_listings_vouch_for(installation, tmp_path, cast):
    intake = write_boxes(tmp_path / "project")
    intake.write_text(intake.read_text().replace("yolo, coco]", "jsonl]"))
    project = submit(installation, intake)
    project.run()
    ask(project, cast.rita, "coco")
    ask(project, cast.rita, "yolo", "pascal_voc")
    assert project.run() == 2
    assert states(project, cast.rita) == [(1, "delivered"), (2, "delivered")]
    assert verified(project).findings == ()
    assert {"labels.coco.json", "supplement.json"} <= set(contents(project.delivery / "supplements/1"))
    listed = show_delivery(cast.rita, batch=project.batch.name, now=NOW).files
    further = [file for file in listed if file.name.startswith("supplements/2/")]
    assert {file.name.split("/")[2] for file in further} >= {"yolo", "yolo.sha256", "pascal_voc"}
    assert [file.name for file in further if not file.sha256] == ["supplements/2/supplement.json"]


def test_a_worker_finds_by_itself_what_was_asked_for(delivered, cast):
    ask(delivered, cast.rita, "parquet")
    state = worker_rounds.Round(name="w", started_at=NOW)
    moment = iter(range(NOW, NOW + 10**12, 100_000))
    # The worker delivers where the project's folder says; a supplement goes where the delivery lies.
    assert worker_rounds.tend(delivered.installation, state, clock=lambda: next(moment), stop=lambda: False)
    assert states(delivered, cast.rita) == [(1, "delivered")]
    assert verified(delivered).findings == ()


def test_it_is_an_event_to_ask_and_another_to_deliver(delivered, cast):
    ask(delivered, cast.rita, "parquet")
    delivered.run()
    told = db.rows(
        "SELECT actor, verb, subject, outcome FROM event WHERE verb IN ('ask for formats', 'deliver a supplement')"
        " ORDER BY id"
    )
    assert told == [
        ("rita", "ask for formats", "batch pets-1", "done"),
        ("assay", "deliver a supplement", "batch pets-1", "done"),
    ]


# --- the same again ------------------------------------------------------------------------------


def test_what_one_supplement_holds_already_is_that_supplement(delivered, cast):
    first = ask(delivered, cast.rita, "label_studio", "parquet")
    assert ask(delivered, cast.otto, "parquet").number == first.number
    delivered.run()
    again = ask(delivered, cast.rita, "parquet", "label_studio")
    assert (again.number, again.state, again.folder) == (1, "delivered", "supplements/1")
    assert one("SELECT COUNT(*) FROM supplement") == 1
    assert one("SELECT COUNT(*) FROM event WHERE verb = 'ask for formats'") == 1


@contextmanager
def crashing_when(due):
    def crash(side):
        if due():
            raise Crash

    db.around_commit = crash
    try:
        yield
    finally:
        db.around_commit = None


def test_a_kill_between_the_rename_and_the_commit_is_mended(delivered, cast):
    ask(delivered, cast.rita, "parquet")
    place = delivered.delivery / "supplements/1"
    with pytest.raises(Crash), crashing_when(place.exists):
        delivered.run()
    forget()
    assert states(delivered, cast.rita) == [(1, "asked for")]
    moved = contents(place)
    delivered.run(clock=lambda: NOW + LEASE)
    assert states(delivered, cast.rita) == [(1, "delivered")]
    assert contents(place) == moved
    assert verified(delivered).findings == ()


# --- refused -------------------------------------------------------------------------------------


def test_a_batch_that_is_not_delivered_has_no_further_formats(offered, cast):
    with pytest.raises(NotAllowed, match="'Ready for review' cannot be had in further formats"):
        ask(offered, cast.rita, "parquet")
    assert one("SELECT COUNT(*) FROM supplement") == 0


def test_formats_that_are_unknown_unfit_or_there_are_refused_with_a_sentence(delivered, cast):
    with pytest.raises(UnknownMember, match=r"no format 'parket' \(did you mean 'parquet'\?\)"):
        ask(delivered, cast.rita, "parket")
    with pytest.raises(WritesNoLabels, match="The format 'coco' cannot hold the labels of the task"):
        ask(delivered, cast.rita, "coco")
    with pytest.raises(
        DeliveredAlready, match="'csv' of the batch pets-1 is there already: the delivery holds it"
    ):
        ask(delivered, cast.rita, "parquet", "csv")
    with pytest.raises(BadValue, match="'formats' is empty"):
        ask(delivered, cast.rita)
    ask(delivered, cast.rita, "parquet")
    with pytest.raises(DeliveredAlready, match=r"'parquet' .* is there already: supplement 1"):
        ask(delivered, cast.rita, "parquet", "label_studio")
    assert one("SELECT COUNT(*) FROM supplement") == 1


def test_another_key_since_then_is_refused_before_anything_is_asked_for(delivered, cast, tmp_path):
    home = delivered.installation.home
    (home / DEMONSTRATION_KEY).unlink()
    shutil.copy(make_keys(tmp_path / "other") / "demonstration.key", home / DEMONSTRATION_KEY)
    with pytest.raises(OtherKey, match=r"is signed by the key .* which must sign a supplement too"):
        ask(delivered, cast.rita, "parquet")
    (delivered.delivery / "certificate.json").write_text("{}")
    with pytest.raises(CertificateGone, match="cannot be read where it was delivered"):
        ask(delivered, cast.rita, "parquet")
    assert one("SELECT COUNT(*) FROM supplement") == 0


def test_labels_that_changed_since_then_are_refused_and_may_be_asked_for_again(delivered, cast):
    ask(delivered, cast.rita, "parquet")
    with db.transaction():
        item, label = db.row("SELECT id, label FROM item WHERE NOT is_control ORDER BY id LIMIT 1")
        db.execute("UPDATE item SET label = %s WHERE id = %s", ["dog" if label != "dog" else "cat", item])
    delivered.run()
    found = list_supplements(cast.rita, batch="pets-1", now=NOW)
    assert found[0].state == "refused"
    assert "no longer those that were delivered" in found[0].reason
    assert not (delivered.delivery / "supplements").exists()
    with db.transaction():
        db.execute("UPDATE item SET label = %s WHERE id = %s", [label, item])
    assert ask(delivered, cast.rita, "parquet").number == 2
    delivered.run()
    assert states(delivered, cast.rita) == [(1, "refused"), (2, "delivered")]
    assert verified(delivered).findings == ()


def test_a_folder_that_holds_something_else_is_left_alone(delivered, cast):
    ask(delivered, cast.rita, "parquet")
    place = delivered.delivery / "supplements/1"
    place.mkdir(parents=True)
    (place / "thesis.txt").write_text("irreplaceable")
    delivered.run()
    assert states(delivered, cast.rita) == [(1, "refused")]
    assert [path.name for path in place.iterdir()] == ["thesis.txt"]


def test_nobody_else_asks_and_no_other_tenant_knows_of_it(delivered, cast, place):
    for who in (cast.lena, cast.eva, cast.ada, cast.adam):
        with pytest.raises(NotPermitted):
            ask(delivered, who, "parquet")
    ask(delivered, cast.rita, "parquet")
    elsewhere = place.open(tenant="elsewhere")
    stranger = elsewhere.owner("mallory", "tests")
    with pytest.raises(NotFound):
        ask_for_formats(elsewhere, stranger, batch="pets-1", formats=["parquet"], now=NOW)
    with pytest.raises(NotFound):
        list_supplements(stranger, batch="pets-1", now=NOW)
