"""What requesters see: lists, a project in a sentence, the gallery riskiest first, deliveries to download."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from tests.support.beginnings import offered_pets
from tests.support.loops import one as count_of
from tests.support.projects import LABELS, NOW, submit, write_boxes, write_project

from assay.core.errors import BadValue, NotFound, NotPermitted
from assay.core.project import lifecycle
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.batch_page import batch_charts, batch_page, certificate_page
from assay.service.batches.batch_quality import FEWEST
from assay.service.batches.batch_summary import batch_summary
from assay.service.batches.comment_item import comment_item
from assay.service.batches.gallery import ItemsWanted, NoSuchPlace, items_page
from assay.service.batches.item_page import item_page
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.delivery.deliveries import list_deliveries, show_delivery
from assay.service.delivery.download_delivery import download_archive, download_file
from assay.service.projects.approve_quote import approve_quote
from assay.service.projects.project_page import project_page
from assay.service.projects.projects_overview import count_waiting, projects_page, status_counts
from assay.service.quality import proven_quality as proving
from assay.service.quality.audit_evidence import certificate_of
from assay.store import db
from assay.store.items import item_gallery, items
from assay.store.items.item_gallery import GalleryFilter
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects.batches import BatchRow
from assay.store.trail import events


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(offered_pets) if "offered" in request.fixturenames else None


@pytest.fixture
def offered(begun, installation, tmp_path):
    """A batch of sixty items that is ready for review."""
    return begun.project(installation, tmp_path)


@pytest.fixture
def rita(cast):
    """Rita with an account."""
    return replace(cast.rita, member=7)


def walk(rita, batch, wanted, *, limit):
    """Return the keys of every page."""
    found, after = [], None
    while True:
        page = items_page(rita, batch=batch, wanted=wanted, after=after, limit=limit, now=NOW)
        found += [one.key for one in page.items]
        if page.next is None:
            return found
        after = page.next


# --- projects --------------------------------------------------------------------------------------


def test_the_list_has_ground_truth_plus_columns(rita, offered):
    page = projects_page(rita, limit=10, now=NOW)
    (line,) = page.lines
    assert (line.name, line.status, line.batches) == ("pets", "Production in-progress", 1)
    assert (line.total, line.completed, line.remaining, line.failed) == (57, 57, 0, 0)
    assert line.waits == "labels to review"
    assert count_waiting(rita, now=NOW) == 1
    assert status_counts(rita, now=NOW) == {"Production in-progress": 1}


@pytest.mark.parametrize("sort", ["name", "created", "status"])
@pytest.mark.parametrize("falling", [True, False])
def test_pages_of_the_list_meet_without_gap_or_repetition(installation, rita, tmp_path, sort, falling):
    for number in range(7):
        submit(installation, write_project(tmp_path / str(number), name=f"p{number % 3}-{number}"))
    found, after = [], None
    while True:
        page = projects_page(rita, sort=sort, falling=falling, after=after, limit=2, now=NOW)
        found += [line.name for line in page.lines]
        if page.next is None:
            break
        after = page.next
    assert len(found) == len(set(found)) == 7
    if sort == "name":
        assert found == sorted(found, reverse=falling)


def test_the_list_is_searched_and_filtered_by_what_is_declared(installation, rita, tmp_path):
    for name in ("shelf-photos", "Shelf-2", "100-percent"):
        submit(installation, write_project(tmp_path / name, name=name))
    assert {line.name for line in projects_page(rita, search="SHELF", limit=9, now=NOW).lines} == {
        "shelf-photos",
        "Shelf-2",
    }
    assert projects_page(rita, search="%", limit=9, now=NOW).lines == []
    assert projects_page(rita, status="Paused", limit=9, now=NOW).lines == []
    for wrong in ({"status": "nonsense"}, {"sort": "intake"}):
        with pytest.raises(BadValue):
            projects_page(rita, limit=9, now=NOW, **wrong)


def test_nobody_sees_projects_of_another_tenant_or_without_the_role(rita, offered, strangers, cast):
    assert projects_page(strangers.rita, limit=9, now=NOW).lines == []
    assert list_deliveries(strangers.rita, now=NOW) == ([], None)
    batch = offered.batch.name
    for read in (
        lambda who: project_page(who, project="pets", now=NOW),
        lambda who: batch_page(who, batch=batch, now=NOW),
        lambda who: batch_charts(who, batch=batch, now=NOW),
        lambda who: certificate_page(who, batch=batch, now=NOW),
        lambda who: items_page(who, batch=batch, wanted=ItemsWanted(), after=None, now=NOW),
        lambda who: item_page(who, batch=batch, key="item-001", now=NOW),
        lambda who: comment_item(who, batch=batch, key="item-001", comment="x", now=NOW),
        lambda who: show_delivery(who, batch=batch, now=NOW),
        lambda who: download_archive(who, batch=batch, now=NOW),
    ):
        with pytest.raises(NotFound):
            read(strangers.rita)
        with pytest.raises(NotPermitted):
            read(cast.lena)


def test_a_project_says_in_one_sentence_how_it_is_going(installation, rita, tmp_path):
    intake = write_project(tmp_path / "pets", accept="by_hand", budget=1, more="deadline: 2026-12-20\n")
    project = submit(installation, intake)
    assert project_page(rita, project="pets", now=NOW).sentence.startswith("Being received and planned")
    project.run()
    waits = project_page(rita, project="pets", now=NOW)
    assert waits.sentence.startswith("Waits for you: the price is about")
    assert waits.may_approve
    assert count_waiting(rita, now=NOW) == 1
    approve_quote(rita, project="pets", now=NOW)
    project.run_until(lambda one: one.batch.answers > 20)
    going = project_page(rita, project="pets", now=NOW)
    assert going.sentence.startswith("On time: ")
    assert "due 20 December 2026" in going.sentence
    project.run()
    while project_page(
        rita, project="pets", now=NOW
    ).may_approve:  # the firm quote, and the limit of the price
        approve_quote(rita, project="pets", now=NOW)
        project.run()
    assert project_page(rita, project="pets", now=NOW).sentence.startswith("Ready for your review: 57 items")
    accept_batch(rita, batch="pets-1", now=NOW)
    project.run()
    assert project_page(rita, project="pets", now=NOW).sentence.startswith("Delivered: 57 items, at least")


def test_requesters_read_no_names_and_no_figures_of_single_people(installation, rita, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", people=FEWEST - 1, accept="by_hand"))
    project.run()
    few = project_page(rita, project="pets", now=NOW)
    assert few.crew.labellers == FEWEST - 1
    assert few.crew.right is None
    assert few.crew.known_answers == 0
    enough = submit(installation, write_project(tmp_path / "more", name="more", people=8, accept="by_hand"))
    enough.run()
    assert 0 < project_page(rita, project="more", now=NOW).crew.right <= 1
    for page in (few, project_page(rita, project="more", now=NOW)):
        assert not any(code in one.what + one.rule for one in page.decided for code in page.crew.codes)


def test_what_was_decided_by_itself_names_its_rule(rita, offered):
    decided = project_page(rita, project="pets", now=NOW).decided
    said = {one.what: one.rule for one in decided}
    assert said["Offered the batch"] == "the target is proven"
    assert all(one.rule for one in decided)
    assert [one.event for one in decided] == sorted((one.event for one in decided), reverse=True)


# --- figures ---------------------------------------------------------------------------------------


def test_figures_agree_with_the_summary_of_the_command_line(rita, offered):
    figures = batch_page(rita, batch="pets-1", now=NOW).figures
    summary = batch_summary(rita, batch="pets-1", now=NOW)
    for ours, theirs in (
        ("total", "total"),
        ("completed", "completed"),
        ("remaining", "remaining"),
        ("failed", "failed"),
        ("to_review", "to_review"),
        ("control_items", "control_items"),
        ("spent", "spent"),
        ("received", "received"),
    ):
        assert getattr(figures, ours) == getattr(summary, theirs), ours
    assert figures.proven.right == 1.0 - summary.certified_bound
    assert figures.quality.low <= figures.quality.expected <= figures.quality.high


def test_a_certificate_is_computed_once_for_the_same_evidence(rita, offered, monkeypatch):
    proving._KNOWN.clear()
    calls = []
    monkeypatch.setattr(proving, "certificate_of", lambda **given: calls.append(1) or certificate_of(**given))
    first = certificate_page(rita, batch="pets-1", now=NOW)
    again = certificate_page(rita, batch="pets-1", now=NOW)
    assert first.certificate == again.certificate
    assert len(calls) == 1
    assert first.signature == ""
    accept_batch(rita, batch="pets-1", now=NOW)
    offered.run()
    delivered = certificate_page(rita, batch="pets-1", now=NOW)
    written = json.loads((offered.delivery / "certificate.json").read_text())
    assert delivered.signature == written["signature"]["value"]
    assert json.loads(delivered.statement) == written["statement"]


def test_charts_count_what_was_answered_and_what_it_cost(rita, offered):
    found = batch_charts(rita, batch="pets-1", now=NOW)
    summary = batch_summary(rita, batch="pets-1", now=NOW)
    assert sum(day.answers for day in found.days) == summary.answers + summary.expert_judgements
    assert sum(day.cents for day in found.days) == summary.spent
    assert sum(count for _, count in found.bands) == summary.completed
    assert {one.label for one in found.labels} == set(LABELS)
    assert sum(one.count for one in found.labels) == found.counted == 57
    assert found.price_mid == summary.spent, "what is proven costs no more"


def test_charts_say_what_is_expected_while_it_is_still_to_be_paid(rita, installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "project"))
    project.run_until(lambda one: one.batch.pilot == "done")
    found = batch_charts(rita, batch=project.batch.name, now=NOW)
    assert found.price_mid is not None
    assert found.price_mid > sum(day.cents for day in found.days)


# --- gallery ---------------------------------------------------------------------------------------


def test_the_gallery_shows_every_item_once_riskiest_first_and_no_control_item(rita, offered):
    rows = [row for row in items.all_items(offered.batch) if not row.is_control]
    expected = [row.key for row in sorted(rows, key=lambda row: (row.chance, row.id))]
    assert walk(rita, "pets-1", ItemsWanted(), limit=7) == expected


@pytest.mark.parametrize("label", LABELS)
def test_filters_find_exactly_what_fits(rita, offered, label):
    rows = [row for row in items.all_items(offered.batch) if not row.is_control]
    assert set(walk(rita, "pets-1", ItemsWanted(label=label), limit=5)) == {
        row.key for row in rows if row.label == label
    }
    for decided in ("people", "expert", "audit"):
        assert set(walk(rita, "pets-1", ItemsWanted(decided_by=decided), limit=5)) == {
            row.key for row in rows if row.decided_by == decided
        }
    bands = [set(walk(rita, "pets-1", ItemsWanted(band=band), limit=5)) for band in ("high", "middle", "low")]
    assert set.union(*bands) == {row.key for row in rows}
    assert sum(map(len, bands)) == len(rows)


@pytest.mark.parametrize(("disputed", "least"), [("some", 0.001), ("third", 1 / 3), ("half", 0.5)])
def test_contested_items_are_found_by_the_share_of_answers_that_say_otherwise(rita, offered, disputed, least):
    rows = [row for row in items.all_items(offered.batch) if not row.is_control]
    with db.transaction():  # what nobody hears counts neither for a label nor against it
        ((silent,),) = db.rows("SELECT MIN(id) FROM person WHERE NOT is_expert")
        db.execute("UPDATE person SET state = 'excluded' WHERE id = %s", [silent])
    expected = contested(rows, least=least, silent=silent)
    assert 0 < len(expected) < len(rows)
    assert set(walk(rita, "pets-1", ItemsWanted(disputed=disputed), limit=5)) == expected


def test_unsettled_items_are_found_by_dispute_too_in_windows(installation, rita, tmp_path, monkeypatch):
    project = submit(installation, write_project(tmp_path / "pets", items=60))

    def reviewed(one):
        rows = items.all_items(one.batch)
        return [row for row in rows if row.state == "expert review" and not row.is_control]

    project.run_until(lambda one: len(reviewed(one)) > 2)
    rows = reviewed(project)
    wanted = ItemsWanted(state="expert review", disputed="third")
    found = walk(rita, "pets-1", wanted, limit=50)
    assert set(found) == contested(rows, least=1 / 3)
    assert found, "experts are asked where people disagree"
    monkeypatch.setattr(item_gallery, "WINDOW", 2)
    assert walk(rita, "pets-1", wanted, limit=50) == found


def contested(rows, *, least, silent=None):
    """The ids of items whose label at least this share of the answers opposes."""
    said = {row.id: [] for row in rows}
    for answer in answers_and_pay_ledger.answers_of(list(said), queues=("label", "peer")):
        if answer.person != silent:
            said[answer.item].append(answer.value)
    return {
        row.key
        for row in rows
        if said[row.id] and sum(one != row.label for one in said[row.id]) / len(said[row.id]) >= least
    }


def test_a_dispute_is_none_where_labels_are_right_in_part(installation, rita, tmp_path):
    project = submit(installation, write_boxes(tmp_path / "boxes"))
    project.run(most_steps=3)
    found = items_page(rita, batch="boxes-1", wanted=ItemsWanted(), after=None, now=NOW)
    assert not found.by_dispute
    with pytest.raises(BadValue, match="right in part"):
        items_page(rita, batch="boxes-1", wanted=ItemsWanted(disputed="half"), after=None, now=NOW)


def test_a_filter_looks_at_a_window_and_goes_on_from_there(rita, offered, monkeypatch):
    monkeypatch.setattr(item_gallery, "WINDOW", 10)
    rows = [row for row in items.all_items(offered.batch) if not row.is_control]
    first = items_page(rita, batch="pets-1", wanted=ItemsWanted(label="hen"), after=None, now=NOW)
    assert not first.whole
    assert len(first.items) <= 10
    found = walk(rita, "pets-1", ItemsWanted(label="hen"), limit=50)
    assert sorted(found) == sorted(row.key for row in rows if row.label == "hen")


def test_labels_of_objects_are_found_by_the_objects_names(installation, rita, tmp_path):
    project = submit(installation, write_boxes(tmp_path / "boxes"))
    project.run()
    rows = [row for row in items.all_items(project.batch) if not row.is_control]
    for label in (*LABELS, "label"):
        wanted = {row.key for row in rows if f'"label":"{label}"' in row.label}
        assert set(walk(rita, "boxes-1", ItemsWanted(label=label), limit=3)) == wanted
    shown = items_page(rita, batch="boxes-1", wanted=ItemsWanted(), after=None, limit=1, now=NOW).items[0]
    assert shown.media.startswith("/media/")
    assert "boxes" in shown.label
    # Their earlier label is shown as a suggestion to people; here it would only be noise.
    assert "first" not in item_page(rita, batch="boxes-1", key=shown.key, now=NOW).extra


def test_unsettled_items_are_listed_by_state(installation, rita, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=80))
    project.run_until(lambda one: one.batch.status == lifecycle.IN_PROGRESS)
    states = items.count_by_state(project.batch)
    for state, count in states.items():
        assert len(walk(rita, "pets-1", ItemsWanted(state=state), limit=9)) == count


def test_items_are_found_by_their_id_or_its_beginning(rita, offered):
    wanted = ItemsWanted(search="item-01")
    rows = [row for row in items.all_items(offered.batch) if not row.is_control]
    expected = sorted(row.key for row in rows if row.key.startswith("item-01"))
    assert walk(rita, "pets-1", wanted, limit=50) == expected
    assert walk(rita, "pets-1", ItemsWanted(search="nothing"), limit=50) == []


@pytest.mark.parametrize(
    "after", ["", "x", "1_", "nan_4", "inf_4", "0.5_-3", f"0.5_{2**63}", "0.5_" + "9" * 400]
)
def test_a_place_that_is_none_is_refused(rita, offered, after):
    if not after:
        return
    with pytest.raises(NoSuchPlace):
        items_page(rita, batch="pets-1", wanted=ItemsWanted(), after=after, now=NOW)


def test_the_gallery_reads_its_indexes_and_nothing_else(rita, offered):
    if db.is_postgres():
        pytest.skip("the plan of a small table says nothing on PostgreSQL")
    statements = []
    real = db.rows
    db.rows = lambda sql, values=(): statements.append((sql, values)) or real(sql, values)
    try:
        item_gallery.gallery_page(offered.batch, GalleryFilter(), after=None, limit=5)
        item_gallery.gallery_page(offered.batch, GalleryFilter(state="labelling"), after=None, limit=5)
        item_gallery.gallery_page(offered.batch, GalleryFilter(opposed=0.5), after=None, limit=5)
    finally:
        db.rows = real
    plans = [
        " ".join(str(row[3]) for row in real("EXPLAIN QUERY PLAN " + sql, values))
        for sql, values in statements
    ]
    assert "item_risk" in plans[0]
    assert "item_unsettled" in plans[1]
    # What is sorted is the page that was found, never what it was found among.
    assert "SCAN item" not in " ".join(plans)
    assert "TEMP B-TREE" not in plans[0].partition("SCAN f")[0]
    assert "TEMP B-TREE" not in plans[1].partition("SCAN f")[0]
    assert "SEARCH a USING INDEX answer_item_id" in plans[2]


def test_an_item_shows_its_answers_without_names_and_its_remarks(rita, offered, cast):
    key = walk(rita, "pets-1", ItemsWanted(), limit=50)[0]
    comment_item(rita, batch="pets-1", key=key, comment=" too dark ", region={"left": 1, "top": 2}, now=NOW)
    found = item_page(rita, batch="pets-1", key=key, now=NOW)
    assert [one.who for one in found.answers] == [chr(ord("A") + n) for n in range(len(found.answers))]
    assert len(found.answers) >= found.item.answers
    assert (found.remarks[0].comment, found.remarks[0].region, found.remarks[0].who) == (
        "too dark",
        {"left": 1, "top": 2},
        "requester",
    )
    assert batch_page(rita, batch="pets-1", now=NOW).figures.with_feedback == 1
    control = next(row.key for row in items.control_items(offered.batch_id))
    with pytest.raises(NotFound):
        item_page(rita, batch="pets-1", key=control, now=NOW)
    with pytest.raises(NotFound):
        comment_item(rita, batch="pets-1", key=control, comment="x", now=NOW)
    for nothing in ("", "   ", "x" * 3_000):
        with pytest.raises(BadValue):
            comment_item(rita, batch="pets-1", key=key, comment=nothing, now=NOW)


def test_sending_items_back_reopens_exactly_these(rita, offered):
    keys = walk(rita, "pets-1", ItemsWanted(), limit=50)[:3]
    reject_batch(rita, batch="pets-1", remarks=[Remark(key, "look again") for key in keys], now=NOW)
    assert set(walk(rita, "pets-1", ItemsWanted(state="expert review"), limit=9)) == set(keys)
    figures = batch_page(rita, batch="pets-1", now=NOW).figures
    assert (figures.status, figures.remaining, figures.with_feedback) == ("Sent for rework", 3, 3)
    assert figures.proven is None


# --- deliveries --------------------------------------------------------------------------------------


@pytest.fixture
def delivered(offered, rita) -> BatchRow:
    """The same batch, accepted and delivered."""
    accept_batch(rita, batch="pets-1", now=NOW)
    offered.run()
    return offered.batch


def test_a_delivery_lists_its_files_with_sizes_and_digests(rita, delivered, offered):
    (line,), more = list_deliveries(rita, now=NOW)
    assert (line.batch, line.version, line.there, more) == ("pets-1", 1, True, None)
    for _ in range(3):
        found = show_delivery(rita, batch="pets-1", now=NOW)
    assert (
        count_of("SELECT COUNT(*) FROM event WHERE verb = 'see a delivery' AND subject = 'batch pets-1'") == 1
    )
    assert {one.name for one in found.files} == {path.name for path in offered.delivery.iterdir()}
    vouched = [one for one in found.files if one.name != "checksums.sha256"]
    assert all(len(one.sha256) == 64 for one in vouched)
    assert not any("html" in one.type for one in found.files)


def test_the_archive_holds_every_byte_and_is_made_while_it_is_sent(rita, delivered, offered):
    chunks = download_archive(rita, batch="pets-1", now=NOW).chunks
    first = next(chunks)
    assert len(first) < 1 << 19
    with zipfile.ZipFile(io.BytesIO(first + b"".join(chunks))) as archive:
        assert archive.testzip() is None
        for path in offered.delivery.iterdir():
            assert archive.read(f"pets-1/{path.name}") == path.read_bytes()


@pytest.mark.parametrize("name", ["../pets-1/labels.csv", "/etc/passwd", "..", "", "labels.csv/", "nope.csv"])
def test_files_are_found_among_those_that_are_there_and_nowhere_else(rita, delivered, name):
    with pytest.raises(NotFound):
        download_file(rita, batch="pets-1", name=name, now=NOW)


def test_every_download_is_an_event(rita, delivered):
    download_archive(rita, batch="pets-1", now=NOW)
    download_file(rita, batch="pets-1", name="labels.csv", now=NOW)
    found = events.events_about(rita.scope, subject="batch pets-1", verbs=("download a delivery",))
    assert [json.loads(one.detail)["file"] for one in found] == ["everything", "labels.csv"]
    assert {one.actor for one in found} == {rita.name}


def test_a_batch_that_was_not_delivered_has_no_files(rita, offered):
    with pytest.raises(NotFound):
        show_delivery(rita, batch="pets-1", now=NOW)
    with pytest.raises(NotFound):
        download_archive(rita, batch="pets-1", now=NOW)
