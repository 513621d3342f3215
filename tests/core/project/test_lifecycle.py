import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.core.project.lifecycle import NOUNS, move, states

FIRST = {
    "project": lifecycle.REVIEW_IN_PROGRESS,
    "batch": lifecycle.REQUEST_SUBMITTED,
    "item": lifecycle.WAITING,
    "assignment": lifecycle.LEASED,
    "supplement": lifecycle.ASKED,
}
LAST = {
    "project": set(),  # a further batch may always be added
    "batch": {lifecycle.DATA_DELIVERED, lifecycle.DATA_TRANSFER_FAILED},
    "item": set(),
    "assignment": {"reopened", "released"},
    "supplement": {lifecycle.DELIVERED, lifecycle.REFUSED},
}
nouns = pytest.mark.parametrize("noun", sorted(NOUNS))


def verbs_from(noun: str, state: str) -> list[str]:
    return [verb for before, verb in NOUNS[noun] if before == state]


def reachable(noun: str, state: str) -> set[str]:
    seen: set[str] = set()
    waiting = [state]
    while waiting:
        now = waiting.pop()
        if now not in seen:
            seen.add(now)
            waiting += [move(noun, now, verb) for verb in verbs_from(noun, now)]
    return seen


@nouns
def test_every_state_can_be_reached_from_the_first(noun):
    assert reachable(noun, FIRST[noun]) == set(states(noun))


@nouns
def test_only_the_named_end_states_have_no_way_on(noun):
    assert {state for state in states(noun) if not verbs_from(noun, state)} == LAST[noun]


@nouns
def test_from_everywhere_an_end_can_be_reached(noun):
    ends = LAST[noun] or {lifecycle.SETTLED, lifecycle.PRODUCTION_COMPLETE}
    assert all(reachable(noun, state) & ends for state in states(noun))


@nouns
def test_the_first_state_stands_first(noun):
    assert states(noun)[0] == FIRST[noun]


@given(noun=st.sampled_from(sorted(NOUNS)), data=st.data())
def test_a_move_follows_the_table_or_names_what_is_possible(noun, data):
    state = data.draw(st.sampled_from(states(noun)))
    verb = data.draw(st.sampled_from([*sorted({verb for _, verb in NOUNS[noun]}), "fly"]))
    if verb in verbs_from(noun, state):
        assert move(noun, state, verb) == NOUNS[noun][(state, verb)]
        return
    with pytest.raises(NotAllowed) as caught:
        move(noun, state, verb)
    assert caught.value.possible == (", ".join(verbs_from(noun, state)) or "nothing, it is an end state")
    assert state in str(caught.value)


def test_a_batch_goes_from_request_to_delivery():
    state = FIRST["batch"]
    for verb in (
        "receive",
        "finish receiving",
        "start",
        "offer",
        "submit the review",
        "close the review",
        "accept",
        "prepare the delivery",
        "deliver",
    ):
        state = move("batch", state, verb)
    assert state == "Data delivered"


def test_a_rejected_batch_is_offered_again_after_rework():
    state = lifecycle.REVIEW_COMPLETE
    for verb in ("reject", "send for rework", "offer"):
        state = move("batch", state, verb)
    assert state == lifecycle.READY_FOR_REVIEW


def test_the_words_are_those_of_ground_truth_plus():
    assert states("project") == (
        "Review in progress",
        "Request approved",
        "Workflow design and setup progress",
        "Pilot in-progress",
        "Pilot complete",
        "Pricing complete",
        "Contract executed",
        "Production in-progress",
        "Production complete",
        "Paused",
    )
    assert {
        "Request submitted",
        "Data received",
        "In-progress",
        "Ready for review",
        "Accepted",
        "Rejected",
        "Sent for rework",
        "Ready for delivery",
        "Data delivered",
    } <= set(states("batch"))
