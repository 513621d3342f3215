"""Large answers and labels lie beside their rows, small ones exactly as before; whoever reads gets the text."""

import time
from dataclasses import replace

import pytest
from tests.support.loops import make_loop

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Box, Boxes
from assay.core.limits import VALUE_BESIDE, VALUE_BYTES
from assay.core.ports.blobs import BlobDamaged, BlobMissing
from assay.core.project import lifecycle
from assay.service.labelling.label_loop import AnswerTooLarge
from assay.service.upkeep.sweep_home import DAY, Swept, sweep_home
from assay.store import db
from assay.store.items import delivered_items, item_gallery, items, model_proposals
from assay.store.items.item_gallery import GalleryFilter
from assay.store.items.items import ItemChange
from assay.store.labelling.answers_and_pay_ledger import all_answers, answers_of
from assay.store.large_values import MARK, all_stored, is_large, stored, text_of
from assay.store.projects import batches
from assay.tasktypes import TASK_TYPES

TOMORROW = time.time_ns() // 1_000 + DAY + 3_600_000_000


def crowd(boxes, *, label="cat"):
    """Return the text of so many boxes in a picture."""
    return write_label(
        Boxes(tuple(Box(label, 10.0 * (n % 150), 10.0 * (n // 150), 8, 8) for n in range(boxes)))
    )


LARGE, SMALL = crowd(200), crowd(3)


@pytest.fixture
def loop(installation):
    """A batch of pictures in which people draw boxes."""
    made = make_loop(installation.scope, answers=2)
    return replace(made, rules=replace(made.rules, task=TASK_TYPES.get("image_boxes")))


def answer(loop, who, text, *, client_id="client-1"):
    served = loop.take(who)
    return served, loop.submit(who, served.assignment, client_id=client_id, value=text)


def raw(column, table):
    return [value for (value,) in db.rows(f"SELECT {column} FROM {table} ORDER BY id")]


def blobs(installation):
    return sorted((installation.home / "blobs" / "values").rglob("contents/*/*"))


def test_a_small_answer_is_its_row_and_nothing_else(installation, loop):
    served, _ = answer(loop, "lena", SMALL)
    assert raw("value", "answer") == [SMALL]
    assert answers_of([served.item], queues=("label",))[0].value == SMALL
    assert not (installation.home / "blobs").exists()


def test_a_large_answer_lies_beside_its_row_and_is_read_as_it_was_said(installation, loop):
    served, _ = answer(loop, "lena", LARGE)
    (reference,) = raw("value", "answer")
    (path,) = blobs(installation)
    assert reference == f"{MARK}{path.name} {len(LARGE)} text"
    assert len(reference) < 100
    assert path.parts[-4] == str(loop.rules.batch)
    assert path.stat().st_size < len(LARGE) / 4, "it is compressed"
    assert answers_of([served.item], queues=("label",))[0].value == LARGE
    first = loop.rules.batch << 32
    assert [row[2] for row in all_answers(first, first + 2**32 - 1, queues=("label",))] == [LARGE]


def test_the_same_client_id_again_has_the_same_reply_and_one_row(loop):
    served, first = answer(loop, "lena", LARGE)
    again = loop.submit("lena", served.assignment, client_id="client-1", value=LARGE)
    assert (again.answer, again.is_new) == (first.answer, False)
    assert len(raw("value", "answer")) == 1


def test_four_thousand_and_ninety_six_bytes_are_in_the_row_and_one_more_lies_beside(loop):
    batch, most = loop.rules.batch, VALUE_BESIDE.most
    assert stored(batch, "x" * most) == "x" * most
    assert not is_large("é" * (most // 2))
    for text in ("x" * (most + 1), "é" * (most // 2) + "x", "\U0001f600" * (most // 4 + 1)):
        reference = stored(batch, text)
        assert reference.startswith(MARK)
        assert text_of(batch, reference) == text


def test_a_text_that_looks_like_a_reference_is_never_taken_for_one(loop):
    batch = loop.rules.batch
    for text in (f"{MARK}{'ab' * 32} 7 text", MARK, "\x1a"):
        assert text_of(batch, stored(batch, text)) == text


def test_an_answer_beyond_the_limit_is_refused_with_a_sentence_and_nothing_is_saved(installation, loop):
    text = crowd(160_000)
    assert len(text) > VALUE_BYTES.most
    served = loop.take("lena")
    with pytest.raises(AnswerTooLarge, match=r"has 9,[\d,]+ bytes, and at most 8,388,608 are taken"):
        loop.submit("lena", served.assignment, client_id="client-1", value=text)
    assert raw("value", "answer") == []
    assert blobs(installation) == []


def test_large_labels_are_settled_frozen_shown_and_delivered_by_their_texts(installation, loop):
    item, other = loop.items[0], loop.items[1]
    parts = "[" + ",".join(["0.5"] * 2_000) + "]"
    with db.transaction():
        items.save_changes(
            [
                ItemChange(item, lifecycle.SETTLED, LARGE, 0.9, 2, judged=False, decided_at=1, decided_by="people", parts=parts),
                ItemChange(other, lifecycle.SETTLED, SMALL, 0.8, 2, judged=False, decided_at=1, decided_by="people"),
            ]
        )  # fmt: skip
        batch = batches.batch_by_id(installation.scope, loop.rules.batch)
        items.freeze_labels(batch)
        model_proposals.save_suggestions([(item, 0, LARGE), (other, 0, SMALL)], schema_version=1)
    assert len(blobs(installation)) == 2, (
        "label, frozen label and suggestion are one content, parts the other"
    )
    (row,) = items.items_by_id([item])
    assert (row.label, row.frozen, row.parts) == (LARGE, LARGE, parts)
    assert items.frozen_labels(batch)[row.key] == LARGE
    with db.transaction():
        delivered = [one for chunk in delivered_items.stream_delivery(batch) for one in chunk]
    assert [(one.label, one.frozen, one.parts) for one in delivered][:2] == [
        (LARGE, LARGE, parts),
        (SMALL, SMALL, ""),
    ]
    assert model_proposals.suggestions([item, other]) == [(item, 0, LARGE), (other, 0, SMALL)]
    assert model_proposals.all_suggestions(batch) == [(item, 0, LARGE), (other, 0, SMALL)]
    assert sorted(item_gallery.label_counts(batch.id, most=10)) == sorted([(LARGE, 1), (SMALL, 1)])
    page = item_gallery.gallery_page(batch, GalleryFilter(label='"cat"', holds=True), after=None, limit=10)
    assert [one.label for one in page.rows] == [SMALL, LARGE]
    page = item_gallery.gallery_page(batch, GalleryFilter(label='"dog"', holds=True), after=None, limit=10)
    assert page.rows == []


def test_many_large_values_of_several_batches_are_each_kept_where_they_belong(installation, loop):
    other = make_loop(installation.scope, name="others")
    texts = [(loop.items[n % 2] if n % 3 else other.items[0], crowd(150 + n)) for n in range(12)]
    found = all_stored([*texts, (loop.items[0], "small")])
    assert found[-1] == "small"
    assert [text_of(item >> 32, value) for (item, _), value in zip(texts, found, strict=False)] == [
        text for _, text in texts
    ]
    with pytest.raises(BlobMissing):
        text_of(other.rules.batch, found[1])


def test_a_value_that_is_damaged_is_named(installation, loop):
    served, _ = answer(loop, "lena", LARGE)
    (path,) = blobs(installation)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BlobDamaged, match=f"The stored content {path.name} is damaged: it is cut off"):
        answers_of([served.item], queues=("label",))


def test_values_that_rows_name_stay_and_what_none_names_is_swept_after_a_day(installation, loop):
    answer(loop, "lena", LARGE)
    with db.transaction():
        stored(loop.rules.batch, crowd(300))  # as if its transaction had failed
        stored(987_654, crowd(300))  # of a batch that is gone
    assert sweep_home(installation, now=TOMORROW - DAY) == Swept()
    assert len(blobs(installation)) == 3
    assert sweep_home(installation, now=TOMORROW) == Swept(blobs=2)
    (path,) = blobs(installation)
    assert text_of(loop.rules.batch, raw("value", "answer")[0]) == LARGE
    assert path.name in raw("value", "answer")[0]
