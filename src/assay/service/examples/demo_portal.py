"""The demo's portal: a login per role, a batch to review, and one that real people have half labelled.

The half-labelled batch is worked on by members of the demo through the very actions that the bench calls;
they know the truth about four times in five.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core import chance
from assay.core.project import lifecycle
from assay.service.access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    EXPERT,
    LABELLER,
    OPERATOR,
    REQUESTER,
    Actor,
)
from assay.service.batches.queue_again import queue_again
from assay.service.examples import find_example
from assay.service.examples.data_sets import digits
from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.installation import Installation
from assay.service.intake.intake_file import read_intake_file
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.release_task import release_task
from assay.service.labelling.submit_answer import submit_answer
from assay.service.pipeline.run_batch import Clock, run_batch
from assay.service.requests.submit_intake import submit_intake
from assay.service.workforce.tasks_nobody_can_take import resolve_standstill
from assay.store import db
from assay.store.accounts.account_members import add_member, add_user, member_by_email
from assay.store.items import items
from assay.store.projects.batches import BatchRow, batch_by_id

CAST: Final = (
    ("rita", "Rita Reyes", REQUESTER, "files requests, reviews and accepts"),
    ("lena", "Lena Lindt", LABELLER, "labels"),
    ("eva", "Eva Ekberg", EXPERT, "judges what needs judgement"),
    ("otto", "Otto Osei", OPERATOR, "keeps everything running"),
    ("ada", "Ada Abara", AUDITOR, "proves it"),
    ("adam", "Adam Ames", ADMINISTRATOR, "looks after people and access"),
)
"""Who can sign in: one for each role, the same people as in the tests."""
CROWD: Final = (
    *((f"labeller{number}", f"Labeller {number}", LABELLER) for number in range(1, 7)),
    *((f"expert{number}", f"Expert {number}", EXPERT) for number in range(1, 3)),
)
"""Who has worked already; nobody knows their passwords."""
SKILL: Final = 0.82
EXPERT_SKILL: Final = 0.99
ITEMS: Final = 240
KNOWN: Final = 24
SHOWN: Final = 5
HALF: Final = 0.5
MOST_ROUNDS: Final = 60
DOUBTED: Final = 12


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody of the demo signs in."""

    name: str
    email: str
    password: str
    role: str
    does: str


def make_logins(installation: Installation, *, now: int) -> list[Login]:
    """Make an account for each role, with passwords that are made now and told once (SEC-6)."""
    found = []
    for short, name, role, does in CAST:
        email, password = f"{short}@example.org", "-".join(secrets.token_hex(2) for _ in range(4))
        _add(installation, email=email, name=name, role=role, password=password, now=now)
        found.append(Login(name=name, email=email, password=password, role=role, does=does))
    for short, name, role in CROWD:
        _add(installation, email=f"{short}@example.org", name=name, role=role, password=None, now=now)
    return found


def offer_one(installation: Installation, *, home: Path, clock: Clock, seed: int) -> BatchRow:
    """Take an example with simulated people up to `Ready for review`."""
    example = find_example("shelves")
    intake = example.write(home / "shelves-to-review")
    intake.write_text(
        intake.read_text(encoding="utf-8")
        .replace("accept: if_certified", "accept: by_hand")
        .replace("name: shelves\n", "name: shelves-to-review\n"),
        encoding="utf-8",
    )
    return _run(installation, intake, home=home, clock=clock, seed=seed)


def half_label_one(installation: Installation, *, home: Path, clock: Clock, seed: int) -> BatchRow:
    """Let the demo's people label about half of a batch; the rest waits for whoever signs in."""
    intake = HANDWRITING.write(home / HANDWRITING.name)
    truth = dict(_content().truth)
    batch = _run(installation, intake, home=home, clock=clock, seed=seed)
    crowd = [(_actor(installation, short), role == EXPERT) for short, _, role in CROWD]
    for _ in range(MOST_ROUNDS):
        for actor, is_expert in crowd:
            if is_expert and batch.pilot == "done":
                continue  # what experts are asked for from here on waits for whoever signs in
            _answer_some(installation, actor, batch, truth, is_expert=is_expert, clock=clock, seed=seed)
        resolve_standstill(
            installation.system("demo"),
            project=batch.project_id,
            batch=batch.id,
            quiet=installation.standstill_micros,
            now=clock(),
        )
        _work(installation, batch, home=home, clock=clock)
        batch = batch_by_id(installation.scope, batch.id)
        states = items.count_by_state(batch)
        produced = batch.pilot == "done"
        if produced and states.get(lifecycle.SETTLED, 0) >= HALF * sum(states.values()):
            break
        if batch.status not in (lifecycle.IN_PROGRESS, lifecycle.DATA_RECEIVED):
            break
    _doubt(installation, batch, now=clock())
    return batch


def _doubt(installation: Installation, batch: BatchRow, *, now: int) -> None:
    """Let the operator send the riskiest settled items to an expert, so that there is something to review."""
    settled = [
        row
        for row in items.all_items(batch)
        if row.state == lifecycle.SETTLED and not row.is_control and not row.judged and row.answers > 1
    ]
    otto = _actor(installation, "otto")
    for row in sorted(settled, key=lambda one: (one.chance, one.id))[:DOUBTED]:
        queue_again(otto, batch=batch.name, key=row.key, now=now)


def _run(installation: Installation, intake: Path, *, home: Path, clock: Clock, seed: int) -> BatchRow:
    owner = installation.owner("demo", "demo")
    received = read_intake_file(intake)
    _, batch = submit_intake(owner, received=received, seed=seed, home=installation.home, now=clock())
    _work(installation, batch, home=home, clock=clock)
    return batch_by_id(installation.scope, batch.id)


def _work(installation: Installation, batch: BatchRow, *, home: Path, clock: Clock) -> None:
    run_batch(installation, batch=batch.id, out=home / "deliveries", clock=clock)


def _answer_some(
    installation: Installation,
    actor: Actor,
    batch: BatchRow,
    truth: dict[str, str],
    *,
    is_expert: bool,
    clock: Clock,
    seed: int,
) -> None:
    """Answer what one person finds, a few items at a time."""
    held = claim_tasks(installation, actor, batch=batch.name, ahead=1, now=clock())
    served = held[0] if held else None
    for _ in range(8):
        if served is None:
            return
        said = _said(
            truth[served.key],
            actor=actor.name,
            key=served.key,
            skill=EXPERT_SKILL if is_expert else SKILL,
            seed=seed,
        )
        served = submit_answer(
            installation,
            actor,
            batch=batch.name,
            assignment=served.assignment,
            client_id=f"demo/{actor.name}/{served.assignment}",
            value=said,
            seconds=3.0 + 4.0 * chance.uniform(seed, "seconds", f"{actor.name}/{served.key}"),
            now=clock(),
        ).served
    if served is not None:
        release_task(installation, actor, batch=batch.name, assignment=served.assignment, now=clock())


def _said(true: str, *, actor: str, key: str, skill: float, seed: int) -> str:
    if chance.uniform(seed, "right", f"{actor}/{key}") < skill:
        return true
    return digits.NAMES[chance.pick(seed, "wrong", f"{actor}/{key}", below=len(digits.NAMES))]


def _add(
    installation: Installation, *, email: str, name: str, role: str, password: str | None, now: int
) -> None:
    if member_by_email(installation.scope, email) is not None:
        return
    with db.transaction():
        user = add_user(email=email, password=password)
        add_member(installation.scope, user=user, name=name, email=email, roles=[role], now=now)


def _actor(installation: Installation, short: str) -> Actor:
    member = member_by_email(installation.scope, f"{short}@example.org")
    assert member is not None
    return Actor(
        scope=installation.scope, name=member.email, roles=member.roles, source="demo", member=member.id
    )


def _content() -> Content:
    whole = digits.EXAMPLE.content()
    rows = whole.rows[:: len(whole.rows) // ITEMS][:ITEMS]
    keys = {row[0] for row in rows}
    truth = [(key, label) for key, label in whole.truth if key in keys]
    known, shown = truth[:KNOWN], truth[KNOWN : KNOWN + SHOWN]
    why = dict(zip(digits.NAMES, digits.HELP, strict=True))
    files: list[tuple[str, bytes]] = [(path, data) for path, data in whole.files if Path(path).stem in keys]
    files.append(("known.csv", _lines("item,label", [f"{key},{label}" for key, label in known])))
    files.append(
        ("examples.csv", _lines("item,label,why", [f'{key},{label},"{why[label]}"' for key, label in shown]))
    )
    return Content(header=whole.header, rows=rows, truth=truth, files=files)


def _lines(header: str, lines: Sequence[str]) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def _intake() -> str:
    return (
        intake_text(
            name="handwriting",
            task="image_classification",
            data="path: items.csv, format: csv, id: id, media: file",
            labels=listed(zip(digits.NAMES, digits.HELP, strict=True)),
            right=0.95,
            formats=("augmented_manifest", "csv", "jsonl"),
        )
        .replace(
            "workforce: {kind: simulated, people: 30, truth: truth.csv}\n", "workforce: {kind: people}\n"
        )
        .replace("accept: if_certified\n", "accept: by_hand\n")
        .replace(
            "start: 2026-11-23T09:00:00Z\n",
            "known: {path: known.csv, use: control}\nexamples: {path: examples.csv}\n",
        )
    )


HANDWRITING: Final = Example(
    name="handwriting",
    sentence="240 handwritten digits that people of the demo have half labelled",
    look_at="the bench, and what waits for an expert",
    intake=_intake(),
    guide=digits.GUIDE,
    content=_content,
    licence=digits.LICENCE,
)
