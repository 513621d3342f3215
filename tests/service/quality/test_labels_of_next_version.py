"""What becomes of an item when its project's labels change, whatever state it is in."""

import pytest

from assay.core.labels.label_values import schema_of
from assay.core.labels.schema_versions import WantedChange, changed, planned
from assay.core.project import lifecycle
from assay.service.quality.labels_of_next_version import relabelled
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.items.items import ItemRow
from assay.tasktypes import TASK_TYPES

PETS = schema_of(("cat", "dog", "hen"))


def row(number, label, *, state=lifecycle.SETTLED, control=False):
    return ItemRow(
        number,
        f"i{number}",
        state,
        control,
        False,
        False,
        True,
        None,
        label,
        0.9,
        3,
        "",
        7,
        "people",
        False,
        "",
    )


def after(rows, kind, *names):
    schema = changed(PETS, planned(PETS, WantedChange(kind, ("cat",), names)))
    return relabelled(rows, as_now=texts_as_now(TASK_TYPES.get("classification"), schema))


@pytest.mark.parametrize("state", [one for one in lifecycle.states("item") if one != lifecycle.WAITING])
def test_an_item_whose_label_was_retired_is_open_again_and_nothing_said_of_it_counts(state):
    found = after([row(1, "cat", state=state), row(2, "dog", state=state)], "retire")
    (change,) = found.anew
    assert (change.item, change.state, change.label) == (1, lifecycle.LABELLING, "")
    assert (change.answers, change.judged, change.decided_by) == (0, False, "")
    assert (found.unheard, found.renamed, found.controls) == (3, (), ())


def test_renamed_labels_are_all_that_changes_and_control_items_take_their_new_names():
    rows = [row(1, "cat"), row(2, "cat", control=True), row(3, "dog"), row(4, "")]
    found = after(rows, "rename", "kitten")
    assert found.renamed == ((1, "kitten"), (2, "kitten"))
    assert (found.anew, found.controls, found.unheard) == ((), (), 0)


def test_a_control_item_whose_label_was_split_is_one_no_longer():
    found = after([row(1, "cat", control=True), row(2, "hen", control=True)], "split", "kitten", "tom")
    assert (found.controls, found.anew) == ((1,), ())
