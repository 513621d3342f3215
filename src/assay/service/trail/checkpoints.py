"""The newest links of the chain, and the signed checkpoints that lie where the server cannot rewrite them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.store.trail import event_blocks

NEWEST: Final = 12


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed word on the chain's head: which block, its hash, when, and the file that holds it."""

    file: str
    block: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """What the chain looks like now; blocks are (number, time, events, hash), newest first."""

    sealed: int
    unsealed: int
    blocks: tuple[tuple[int, int, int, str], ...]
    checkpoints: tuple[Checkpoint, ...]
    folder: str


def see_chain(installation: Installation, actor: Actor, *, now: int) -> Chain:
    """Return the newest blocks and checkpoints.

    Raises:
        NotPermitted: if the actor may not verify the audit trail.
    """
    require(actor, "verify the audit trail", now=now)
    files = sorted(installation.checkpoint_dir.glob("checkpoint-*.json"), reverse=True)[:NEWEST]
    found = [_read(file.name, file.read_text(encoding="utf-8", errors="replace")) for file in files]
    return Chain(
        sealed=event_blocks.count_sealed(),
        unsealed=event_blocks.unsealed(),
        blocks=tuple(event_blocks.newest_blocks(NEWEST)),
        checkpoints=tuple(one for one in found if one is not None),
        folder=str(installation.checkpoint_dir),
    )


def _read(name: str, text: str) -> Checkpoint | None:
    try:
        said = json.loads(text)["statement"]
        return Checkpoint(
            file=name,
            block=int(said["block"]),
            hash=str(said["hash"]),
            at=datetime.fromisoformat(str(said["at"])).replace(tzinfo=UTC),
        )
    except (ValueError, KeyError, TypeError):
        return None
