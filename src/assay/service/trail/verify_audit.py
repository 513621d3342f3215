"""Verify the audit trail: walk the chain of blocks, compute every digest again, name the first bad entry.

What the chain alone cannot tell (a chain that was written anew, or cut at its end) the signed checkpoints
tell, which lie where the server cannot rewrite them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.ids import canonical
from assay.service.access.permissions import Actor, require
from assay.service.trail import signatures
from assay.store.trail import event_blocks

_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found.

    Attributes:
        blocks: blocks that hold.
        events: events in them.
        unsealed: events at the tail that no block holds yet.
        checkpoints: signed checkpoints that agree with the chain.
        first_bad: one sentence on the first entry that does not hold; empty where all do.
    """

    blocks: int
    events: int
    unsealed: int
    checkpoints: int
    first_bad: str

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.first_bad


def verify_audit(actor: Actor, *, checkpoints: Path | None, now: int) -> AuditReport:
    """Verify every block and event and, where a folder is given, the checkpoints that were exported to it.

    Raises:
        NotPermitted: if the actor may not verify the audit trail.
    """
    require(actor, "verify the audit trail", now=now)
    sealed, heads, previous, bad = 0, {0: event_blocks.GENESIS}, event_blocks.GENESIS, ""
    for block in event_blocks.blocks():
        bad = _bad_link(block, number=len(heads), previous=previous) or _bad_events(block)
        if bad:
            break
        sealed += block.count
        heads[block.id] = previous = block.hash
    bad = bad or _bad_end(last=len(heads) - 1)
    agreed = 0
    for path in sorted(checkpoints.glob("checkpoint-*.json")) if checkpoints is not None and not bad else ():
        bad = _bad_checkpoint(path, heads)
        if bad:
            break
        agreed += 1
    return AuditReport(
        blocks=len(heads) - 1,
        events=sealed,
        unsealed=event_blocks.unsealed(),
        checkpoints=agreed,
        first_bad=bad,
    )


def _bad_link(block: event_blocks.BlockRow, *, number: int, previous: str) -> str:
    if block.id != number:
        return f"block {number} is missing: the next one is block {block.id}"
    if block.previous != previous:
        return f"block {block.id} does not follow on the block before it: the link was changed"
    if len(block.ids) != 8 * block.count or len(block.digests) != _DIGEST * block.count:
        return f"block {block.id} does not hold the {block.count:,} events that it counts"
    found = event_blocks.block_hash(
        number=block.id, at=block.at, ids=block.ids, digests=block.digests, previous=block.previous
    )
    return "" if found == block.hash else f"block {block.id} was changed: its hash is not that of its content"


def _bad_events(block: event_blocks.BlockRow) -> str:
    """Compare the events that say they belong to a block with those that it holds."""
    held = event_blocks.unpack_ids(block.ids)
    found = event_blocks.events_of_block(block.id)
    if [event.id for event in found] != held:
        added = sorted({event.id for event in found} - set(held))
        if added:
            return f"event {added[0]} says it belongs to block {block.id}, which does not hold it"
        lost = sorted(set(held) - {event.id for event in found})
        if lost:
            return f"event {lost[0]} was removed from block {block.id}"
        return f"block {block.id} holds an event twice"
    for place, event in enumerate(found):
        if event_blocks.event_digest(event) != block.digests[place * _DIGEST : (place + 1) * _DIGEST]:
            return f"event {event.id} (in block {block.id}) was changed"
    return ""


def _bad_end(*, last: int) -> str:
    stray = event_blocks.first_event_beyond(last)
    return "" if stray is None else f"event {stray} says it belongs to a block after {last}, the last one"


def _bad_checkpoint(path: Path, heads: dict[int, str]) -> str:
    try:
        document = json.loads(path.read_bytes())
        statement, signature = document["statement"], document["signature"]
        number, head = int(statement["block"]), str(statement["hash"])
        key, value = str(signature["public_key"]), str(signature["value"])
        data = canonical(statement)
    except (OSError, ValueError, KeyError, TypeError):
        return f"the checkpoint {path.name} cannot be read"
    if not signatures.verifies(data, public_key=key, value=value):
        return f"the checkpoint {path.name} was changed: its signature does not fit"
    if heads.get(number) != head:
        return f"block {number} is not the one that the checkpoint {path.name} signed"
    return ""
