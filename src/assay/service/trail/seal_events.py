"""Sealing the audit trail, and signed checkpoints of it in a place that the server cannot rewrite."""

import json
import os
from pathlib import Path
from typing import Final

from assay.service.private_home import hand_over, make_folder
from assay.service.stored_times import iso
from assay.service.trail.signatures import SigningKey, load_or_create_key
from assay.store import db
from assay.store.trail.event_blocks import chain_head, seal_block

INSTALLATION_KEY: Final = "keys/installation.key"
DEMONSTRATION_KEY: Final = "keys/demonstration.key"


def installation_key(home: Path) -> SigningKey:
    """Return the key that signs checkpoints and the certificates of real people's work; made at first use."""
    return load_or_create_key(home / INSTALLATION_KEY)


def demonstration_key(home: Path) -> SigningKey:
    """Return the key that signs certificates of simulated or recorded work, never the installation's."""
    return load_or_create_key(home / DEMONSTRATION_KEY, demonstration=True)


def certificate_key(home: Path, *, workforce: str) -> SigningKey:
    """Return the key that signs a certificate of this kind of workforce."""
    return installation_key(home) if workforce == "people" else demonstration_key(home)


def seal(*, now: int) -> int:
    """Seal everything that is unsealed, block by block; return how many blocks."""
    sealed = 0
    while True:
        with db.transaction():
            if not seal_block(now=now):
                return sealed
        sealed += 1


def checkpoint(*, home: Path, folder: Path, now: int) -> Path | None:
    """Seal, sign the chain's head and export it; return the file, or None where nothing is new."""
    seal(now=now)
    number, head = chain_head()
    target = folder / f"checkpoint-{number:08d}.json"
    if number == 0 or target.exists():
        return None
    key = installation_key(home)
    statement = {"block": number, "hash": head, "at": iso(now)}
    document = key.signed(statement)
    make_folder(folder, home=home)
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    hand_over(partial, home=home)
    os.replace(partial, target)  # noqa: PTH105 - atomic on every system
    return target
