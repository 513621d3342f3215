"""Say something about an item, or about a region of it."""

from collections.abc import Mapping
from typing import Any, Final

from assay.core.errors import BadValue, NotFound
from assay.core.ids import canonical
from assay.service.permissions import EXPERT, OPERATOR, REQUESTER, Actor, record, require
from assay.store import db, items
from assay.store.batches import batch_by_name
from assay.store.feedback import RemarkRow, add_remarks

LONGEST: Final = 2_000
LARGEST_REGION: Final = 2_000


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
    if found is None or found.is_control:
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
