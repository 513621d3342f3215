"""What a draft would take: its plan as ranges, and the contract in plain words."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.core.ids import sha256
from assay.core.planning.plan import Plan
from assay.core.project.intake import Intake
from assay.service.documents import wording
from assay.service.draft_source import settle
from assay.service.intake_file import IntakeFile
from assay.service.permissions import Actor, require
from assay.service.reads.drafts import draft_folder, member_of
from assay.service.reads.preview_plan import preview_plan
from assay.store.drafts import draft_by_id

HOUR: Final = 3_600_000_000
SEED: Final = 1
_AT_ONCE: Final = threading.Lock()
"""A plan is rehearsed on one core for a second or two: one at a time in a process."""
MOST_PLANS: Final = 256
_PLANS: Final[OrderedDict[tuple[str, str, int], Plan]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class QuotePrice:
    """What a share right would cost, in cents, and how much more than what is asked for."""

    right: float
    price: int
    more: int
    asked: bool


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """What a draft would take; `plan` and `intake` are None where `problem` says why there is none."""

    plan: Plan | None
    intake: Intake | None
    prices: Sequence[QuotePrice] = ()
    contract: Sequence[str] = ()
    problem: str = ""


def quote_draft(actor: Actor, *, draft: int, now: int) -> DraftQuote:
    """Return the quote of a draft; what keeps it from being one is told in a sentence, not raised."""
    require(actor, "edit a draft", now=now)
    row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    folder = draft_folder(row)
    try:
        received = settle(folder, row.text)
        plan = _plan(received, now=now // HOUR * HOUR)
    except AssayError as problem:
        return DraftQuote(None, None, problem=said(problem, folder))
    intake = received.intake
    return DraftQuote(
        plan=plan, intake=intake, prices=prices_of(plan, intake), contract=contract_of(plan, received)
    )


def prices_of(plan: Plan, intake: Intake) -> list[QuotePrice]:
    """Return what each half point of quality would cost."""
    asked = next(
        (price for right, price in plan.cost_of_quality if abs(right - intake.quality.right) < 1e-9),
        round(plan.price.mid),
    )
    return [
        QuotePrice(right, price, price - asked, abs(right - intake.quality.right) < 1e-9)
        for right, price in plan.cost_of_quality
    ]


def contract_of(plan: Plan, received: IntakeFile) -> list[str]:
    """Return what is agreed by submitting, sentence by sentence."""
    intake = received.intake
    currency = intake.money.currency
    low, mid, high = (
        wording.money(round(x), currency) for x in (plan.price.low, plan.price.mid, plan.price.high)
    )
    names = intake.schema.names
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    quality, prices = intake.quality, intake.money
    proof = wording.share(quality.confidence)
    accepted = (
        "The batch is accepted by itself as soon as it is certified."
        if intake.accept == "if_certified"
        else "Then you look at the labels, and accept them or send items back with a remark."
    )
    return [
        f"About {wording.many(plan.items, 'item')} are labelled: {intake.task.replace('_', ' ')},"  # noqa: ISC004
        f" with the labels {shown}.",
        f"At least {wording.share(quality.right)} of the labels are right. This is proven with {proof} confidence"  # noqa: ISC004
        " by a random sample that experts judge blind, and certified.",
        f"{_people(intake)} Each item gets {_answers(intake)}, and no more than the target needs.",
        f"It costs about {mid} ({low} to {high}): {wording.money(prices.answer, currency)} per answer and"  # noqa: ISC004
        f" {wording.money(prices.expert, currency)} per expert judgement.",
        f"It is finished about {wording.day(plan.finish.date().isoformat())}. A pilot on the first items makes"  # noqa: ISC004
        " price and date firm.",
        _limits(intake),
        accepted,
        f"You get {', '.join(intake.formats)}, with certificate, data sheet and checksums.",
    ]


def said(problem: AssayError, folder: Path) -> str:
    """Return an error's sentence without places on this machine."""
    return str(problem).replace(f"{folder}/", "").replace(str(folder), "the upload")


def _plan(received: IntakeFile, *, now: int) -> Plan:
    """Return the plan; what was rehearsed before is not rehearsed again."""
    key = (sha256(_priced(received.text).encode()), str(received.folder), now)
    with _AT_ONCE:
        if key not in _PLANS:
            _PLANS[key] = preview_plan(received, seed=SEED, now=now)
            if len(_PLANS) > MOST_PLANS:
                _PLANS.popitem(last=False)
        return _PLANS[key]


def _priced(text: str) -> str:
    """Return what of an intake the plan depends on: its name and instructions do not matter."""
    return "\n".join(
        line for line in text.splitlines() if not line.startswith(("name:", "instructions:", "accept:"))
    )


def _people(intake: Intake) -> str:
    kind = intake.workforce.kind
    if kind == "people":
        return "People of your organisation label, whoever is free."
    return f"This is a rehearsal with {kind} people; its certificate says so in red."


def _answers(intake: Intake) -> str:
    if intake.least == intake.most:
        return wording.many(intake.least, "answer")
    return f"{intake.least} to {intake.most} answers"


def _limits(intake: Intake) -> str:
    limit = intake.approved_price
    until = intake.finish_by or intake.deadline
    if limit is None and until is None:
        return "There is no limit of price or date, so you are not asked before work starts."
    parts = []
    if limit is not None:
        parts.append(f"costs at most {wording.money(limit, intake.money.currency)}")
    if until is not None:
        parts.append(f"is finished by {wording.day(until.isoformat())}")
    return f"Work starts without asking you again if it {' and '.join(parts)}; otherwise it waits for your decision."
