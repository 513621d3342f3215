"""Say something about an item, or about a region of it."""

from collections.abc import Mapping
from typing import Any, Final

from assay.core.errors import BadValue, NotFound
from assay.core.ids import canonical
from assay.core.limits import REGION, REMARK
from assay.service.access.permissions import EXPERT, OPERATOR, REQUESTER, Actor, record, require
from assay.service.access.refuse_own_work import person_in
from assay.store import db
from assay.store.items import items
from assay.store.items.item_remarks import RemarkRow, add_remarks
from assay.store.labelling.task_leases import has_touched
from assay.store.projects.batches import batch_by_name

LONGEST: Final = REMARK.most
LARGEST_REGION: Final = REGION.most


def comment_item(
    actor: Actor, *, batch: str, key: str, comment: str, region: Mapping[str, Any] | None = None, now: int
) -> None:
    """Keep a remark about an item; it changes nothing but what reviewers and experts read.

    Raises:
        NotFound: if there is no such item in a batch of the scope.
        BadValue: if nothing is said, or too much.
    """
    require(actor, "comment on an item", now=now)
    row = batch_by_name(actor.scope, batch)
    found = items.items_by_key(row.id, [key]).get(key)
    person = person_in(actor, project=row.project_id)
    # Whoever works on the batch speaks of what they were shown, and learns of nothing else whether it is there.
    known = found is not None and (
        not found.is_control if person is None else has_touched(item=found.id, person=person.id)
    )
    if found is None or not known:
        raise NotFound(noun="item", key=key[:200])
    text = comment.strip()
    if not text or len(text) > LONGEST:
        raise BadValue(
            where="remark",
            key="comment",
            found=f"{len(text):,} characters",
            expected=f"1 to {LONGEST:,} characters",
        )
    place = "" if region is None else canonical(dict(region)).decode()
    if len(place) > LARGEST_REGION:
        raise BadValue(where="remark", key="region", found="too large", expected="one rectangle or stretch")
    role = next((one for one in (REQUESTER, OPERATOR, EXPERT) if one in actor.roles), REQUESTER)
    with db.transaction():
        add_remarks(row.id, [RemarkRow(found.id, text, place, role, actor.name, now)])
        record(
            actor,
            now=now,
            verb="comment on an item",
            subject=f"item {batch}/{key}",
            detail=canonical({"batch": batch}).decode(),
        )
