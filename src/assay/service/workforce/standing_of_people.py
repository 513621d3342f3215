"""What people have shown: on control items, and by all their answers together; and what follows from it.

Nothing follows twice for somebody whom an operator let go on: what is found is told, and no check pauses or links them.
"""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assay.core.labels.label_values import Choice
from assay.core.ports.answers import AnswerTable
from assay.core.quality.label_loss import loss_of
from assay.core.workforce.findings_about_people import ALIKE, Finding, Findings, look_at_people
from assay.core.workforce.skill_and_pausing import BetaSkill, should_pause
from assay.service.working_set.batch_at_hand import Work
from assay.store.accounts.sessions_and_second_factors import on_one_device
from assay.store.items import items
from assay.store.labelling.project_people import EXCLUDED, PAUSED, PersonRow, save_findings, save_standing

PEER_SKILL: Final = 0.8
"""The rate that a peer reviewer's own must exceed with 90 % probability."""
RULES: Final = {
    "careless": "answers follow a habit and not the items, 5 % false findings",
    "automated": "no person takes such times, 5 % false findings",
    ALIKE: "more answers alike than the items explain, 5 % false findings",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """People whose standing changes, as (before, after), and what was found about everybody, by person's id."""

    changed: Sequence[tuple[PersonRow, PersonRow]]
    found: Sequence[tuple[int, str]]
    why: dict[int, Finding]


def standing_of(
    work: Work,
    everybody: Sequence[PersonRow],
    rows: Sequence[items.ItemRow],
    *,
    table: AnswerTable,
    answers: Sequence[tuple[int, int, str, float]],
    reserve: AbstractSet[int] | None = None,
    elsewhere: Sequence[items.ItemRow] = (),
) -> Standing:
    """Return what everybody has shown by now; `table` is what is heard, `answers` everything that was said.

    `elsewhere` are known items of other batches, which stand behind the batch's own in the table: their control items count
    as well. Findings are about this batch; what others found of somebody who has not answered here stays.

    `reserve` are the ids of those whose answers tell so much less that others go first; None: as it was.
    """
    found = _looked_at(work, everybody, rows, answers)
    heard = {answer[1] for answer in answers} if elsewhere else {person.id for person in everybody}
    after = {person.id: person for person in everybody}
    why: dict[int, Finding] = {}
    for one in found.findings:
        person = after[everybody[one.person].id]
        if one.pauses and person.state == "active" and not person.cleared:
            after[person.id] = replace(person, state=PAUSED, reason=one.sentence)
        if one.kind in RULES:
            why.setdefault(person.id, one)
    for group in found.groups:
        _link([everybody[place] for place in group], after)
    _on_control_items(work, everybody, [*rows, *elsewhere], table, after)
    if reserve is not None:
        after = {key: replace(person, reserve=key in reserve) for key, person in after.items()}
    return Standing(
        changed=[(person, after[person.id]) for person in everybody if after[person.id] != person],
        found=_texts(found, [person for person in everybody if person.id in heard], everybody),
        why=why,
    )


def save(work: Work, standing: Standing) -> None:
    """Keep it, and record what follows for whom by which rule; inside the step's transaction."""
    save_standing(work.scope, [after for _, after in standing.changed])
    save_findings(work.scope, standing.found)
    for before, after in standing.changed:
        found = standing.why.get(after.id)
        if after.state != before.state:
            rule = RULES[found.kind] if found and found.sentence == after.reason else "control items"
            work.record("pause a person", rule=rule, person=after.code, why=after.reason)
        if after.reserve != before.reserve:
            verb = "put into the reserve" if after.reserve else "call out of the reserve"
            work.record(verb, rule="what an answer tells, against the best", person=after.code)
        if after.link != before.link:
            said = found.sentence if found else "they are alike to one of them"
            work.record("link people", rule=RULES[ALIKE], person=after.code, link=after.link, why=said)


def findings_to_text(found: Sequence[tuple[str, str, str]]) -> str:
    """Return findings, as (kind, sentence, the other's code), as they are stored."""
    return json.dumps([list(one) for one in found]) if found else ""


def findings_from_text(text: str) -> list[tuple[str, str, str]]:
    """Read back what `findings_to_text` gave."""
    return [(str(kind), str(said), str(other)) for kind, said, other in json.loads(text)] if text else []


def _looked_at(
    work: Work,
    everybody: Sequence[PersonRow],
    rows: Sequence[items.ItemRow],
    answers: Sequence[tuple[int, int, str, float]],
) -> Findings:
    item = {row.id: position for position, row in enumerate(rows)}
    who = {person.id: place for place, person in enumerate(everybody) if person.state != EXCLUDED}
    kept = [one for one in answers if one[0] in item and one[1] in who]
    return look_at_people(
        AnswerTable(
            item=np.fromiter((item[one[0]] for one in kept), np.int64, len(kept)),
            person=np.fromiter((who[one[1]] for one in kept), np.int64, len(kept)),
            value=[one[2] for one in kept],
            items=len(rows),
            people=len(everybody),
        ),
        seconds=np.fromiter((one[3] for one in kept), np.float64, len(kept)),
        known=[row.label if row.judged and row.label else None for row in rows],
        quoted=work.task.produces is Choice,
        suspected=_on_one_device(work, everybody),
    )


def _on_one_device(work: Work, everybody: Sequence[PersonRow]) -> list[tuple[int, int]]:
    place = {person.member: place for place, person in enumerate(everybody) if person.member is not None}
    if not place:
        return []
    pairs = [
        sorted((place[one], place[other]))
        for one, other in on_one_device(work.scope)
        if one in place and other in place
    ]
    return [(one, other) for one, other in pairs]


def _link(group: Sequence[PersonRow], after: dict[int, PersonRow]) -> None:
    """Make a group, and whoever was linked with one of it before, one voice."""
    open_to = [person for person in group if not person.cleared]
    if len(open_to) < 2:
        return
    links = {person.link for person in open_to if person.link}
    members = {person.id for person in open_to} | {one.id for one in after.values() if one.link in links}
    first = min(members)
    for member in members:
        after[member] = replace(after[member], link=first)


def _on_control_items(
    work: Work,
    everybody: Sequence[PersonRow],
    rows: Sequence[items.ItemRow],
    table: AnswerTable,
    after: dict[int, PersonRow],
) -> None:
    """Count right and wrong answers to control items, and see who may review as a peer, or guesses."""
    loss = loss_of(work.task, work.intake.schema)
    right = np.zeros(table.people)
    seen = np.zeros(table.people, dtype=np.int64)
    known = [row.label if row.is_control else "" for row in rows]
    for item, person, value in zip(table.item.tolist(), table.person.tolist(), table.value, strict=True):
        if known[item]:
            seen[person] += 1
            right[person] += 1.0 - loss(value, known[item])
    for position, person in enumerate(everybody):
        now = after[person.id]
        if now.state == EXCLUDED:
            continue
        place = len(table.models) + position
        ok = round(float(right[place]))
        wrong = int(seen[place]) - ok
        guesses = should_pause(right=ok, wrong=wrong, classes=work.task.ways(work.intake.schema))
        pause = guesses and not person.cleared
        after[person.id] = replace(
            now,
            right=ok,
            wrong=wrong,
            is_peer=not person.is_expert and not guesses and BetaSkill(ok, wrong).lower(0.1) > PEER_SKILL,
            state=PAUSED if pause else now.state,
            reason=f"{ok} of {ok + wrong} control items right" if pause else now.reason,
        )


def _texts(
    found: Findings, told: Sequence[PersonRow], everybody: Sequence[PersonRow]
) -> list[tuple[int, str]]:
    said: dict[int, list[tuple[str, str, str]]] = {person.id: [] for person in told}
    for one in found.findings:
        other = everybody[one.other].code if one.other >= 0 else ""
        said[everybody[one.person].id].append((one.kind, one.sentence, other))
    return [(person, findings_to_text(lines)) for person, lines in said.items()]
