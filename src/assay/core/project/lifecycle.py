"""State is a table: `MOVES[(state, verb)] = state`, one table per noun.

Project and batch statuses are those of SageMaker Ground Truth Plus, word for word. ("Data transfer
in-progress" is named in that service's limits only; Assay shows it while a batch is being ingested.)
"""

from collections.abc import Mapping

from assay.core.errors import NotAllowed

Moves = Mapping[tuple[str, str], str]

REVIEW_IN_PROGRESS = "Review in progress"
REQUEST_APPROVED = "Request approved"
WORKFLOW_SETUP = "Workflow design and setup progress"
PILOT_IN_PROGRESS = "Pilot in-progress"
PILOT_COMPLETE = "Pilot complete"
PRICING_COMPLETE = "Pricing complete"
CONTRACT_EXECUTED = "Contract executed"
PRODUCTION_IN_PROGRESS = "Production in-progress"
PRODUCTION_COMPLETE = "Production complete"
PAUSED = "Paused"

PROJECT: Moves = {
    (REVIEW_IN_PROGRESS, "approve"): REQUEST_APPROVED,
    (REQUEST_APPROVED, "set up"): WORKFLOW_SETUP,
    (WORKFLOW_SETUP, "start the pilot"): PILOT_IN_PROGRESS,
    (PILOT_IN_PROGRESS, "finish the pilot"): PILOT_COMPLETE,
    (PILOT_COMPLETE, "quote"): PRICING_COMPLETE,
    (PRICING_COMPLETE, "agree"): CONTRACT_EXECUTED,
    (CONTRACT_EXECUTED, "produce"): PRODUCTION_IN_PROGRESS,
    (PRODUCTION_IN_PROGRESS, "finish"): PRODUCTION_COMPLETE,
    (PRODUCTION_COMPLETE, "add a batch"): PRODUCTION_IN_PROGRESS,
    (PRODUCTION_IN_PROGRESS, "pause"): PAUSED,
    (PAUSED, "resume"): PRODUCTION_IN_PROGRESS,
}
APPROVABLE = (REVIEW_IN_PROGRESS, PRICING_COMPLETE, PAUSED)
"""A project in these statuses may wait for an approval of its plan, its quote, or a higher limit; before
production its batch alone is paused."""

REQUEST_SUBMITTED = "Request submitted"
DATA_TRANSFER = "Data transfer in-progress"
DATA_TRANSFER_FAILED = "Data transfer failed"
DATA_RECEIVED = "Data received"
IN_PROGRESS = "In-progress"
READY_FOR_REVIEW = "Ready for review"
REVIEW_SUBMISSION = "Review submission in-progress"
REVIEW_COMPLETE = "Review complete"
ACCEPTED = "Accepted"
REJECTED = "Rejected"
SENT_FOR_REWORK = "Sent for rework"
READY_FOR_DELIVERY = "Ready for delivery"
DATA_DELIVERED = "Data delivered"

BATCH: Moves = {
    (REQUEST_SUBMITTED, "receive"): DATA_TRANSFER,
    (DATA_TRANSFER, "fail"): DATA_TRANSFER_FAILED,
    (DATA_TRANSFER, "finish receiving"): DATA_RECEIVED,
    (DATA_RECEIVED, "start"): IN_PROGRESS,
    (IN_PROGRESS, "offer"): READY_FOR_REVIEW,
    (READY_FOR_REVIEW, "submit the review"): REVIEW_SUBMISSION,
    (REVIEW_SUBMISSION, "close the review"): REVIEW_COMPLETE,
    (REVIEW_COMPLETE, "accept"): ACCEPTED,
    (REVIEW_COMPLETE, "reject"): REJECTED,
    (REJECTED, "send for rework"): SENT_FOR_REWORK,
    (SENT_FOR_REWORK, "offer"): READY_FOR_REVIEW,
    (ACCEPTED, "prepare the delivery"): READY_FOR_DELIVERY,
    (READY_FOR_DELIVERY, "deliver"): DATA_DELIVERED,
    (IN_PROGRESS, "pause"): PAUSED,
    (PAUSED, "resume"): IN_PROGRESS,
}

WAITING = "waiting"
LABELLING = "labelling"
CHECKING = "checking"
PEER_REVIEW = "peer review"
EXPERT_REVIEW = "expert review"
SETTLED = "settled"

ITEM: Moves = {
    (WAITING, "open"): LABELLING,
    (WAITING, "ask an expert"): EXPERT_REVIEW,
    (LABELLING, "agree"): CHECKING,
    (LABELLING, "ask a peer"): PEER_REVIEW,
    (LABELLING, "ask an expert"): EXPERT_REVIEW,
    (CHECKING, "pass"): SETTLED,
    (CHECKING, "reopen"): LABELLING,
    (CHECKING, "ask a peer"): PEER_REVIEW,
    (CHECKING, "ask an expert"): EXPERT_REVIEW,
    (PEER_REVIEW, "agree"): SETTLED,
    (PEER_REVIEW, "ask an expert"): EXPERT_REVIEW,
    (PEER_REVIEW, "reopen"): LABELLING,
    (EXPERT_REVIEW, "judge"): SETTLED,
    (EXPERT_REVIEW, "reopen"): LABELLING,
    (SETTLED, "ask an expert"): EXPERT_REVIEW,
    (SETTLED, "reopen"): LABELLING,
}

LEASED = "leased"
ASSIGNMENT: Moves = {
    (LEASED, "submit"): "submitted",
    (LEASED, "skip"): "skipped",
    (LEASED, "release"): "released",
    (LEASED, "expire"): "expired",
    (LEASED, "renew"): LEASED,
    ("expired", "renew"): LEASED,
    ("submitted", "reopen"): "reopened",
    ("skipped", "reopen"): "reopened",
}

ASKED = "asked for"
DELIVERED = "delivered"
REFUSED = "refused"
SUPPLEMENT: Moves = {
    (ASKED, "deliver"): DELIVERED,
    (ASKED, "refuse"): REFUSED,
}

NOUNS: Mapping[str, Moves] = {
    "project": PROJECT,
    "batch": BATCH,
    "item": ITEM,
    "assignment": ASSIGNMENT,
    "supplement": SUPPLEMENT,
}


def move(noun: str, state: str, verb: str) -> str:
    """Return the state that follows; raises `NotAllowed` with what would be possible."""
    moves = NOUNS[noun]
    if (state, verb) not in moves:
        possible = ", ".join(v for s, v in moves if s == state) or "nothing, it is an end state"
        raise NotAllowed(noun=noun, state=state, verb=verb, possible=possible)
    return moves[(state, verb)]


def states(noun: str) -> tuple[str, ...]:
    """Return every state of a noun, in the order of the table."""
    seen: dict[str, None] = {}
    for (before, _), after in NOUNS[noun].items():
        seen.setdefault(before)
        seen.setdefault(after)
    return tuple(seen)
