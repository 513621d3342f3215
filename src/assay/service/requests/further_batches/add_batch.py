"""Add a further batch to a project: new data, a deadline and limits of its own; everything else is its project's."""

import hmac
import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from assay.core import chance
from assay.core.errors import BadValue, InputError, raise_all
from assay.core.ids import canonical, digest_of
from assay.core.project import lifecycle
from assay.core.project.further_intake import intake_of_further, read_further
from assay.core.project.intake import Intake
from assay.core.quality.sample_draw import commitment
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_to_file_own_work
from assay.service.intake.data_source import PREPARED, open_source, place_of_source
from assay.service.intake.intake_file import parse_yaml
from assay.service.intake.named_files import missing_files
from assay.service.intake.unprotected_data import refuse_unprotected
from assay.service.requests.draft_form.draft_text import Tree, text_of
from assay.service.stored_times import iso, micros
from assay.service.trail.nonce_commitment import commit
from assay.service.trail.seal_events import certificate_key
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.projects import batches, projects
from assay.store.projects.batches import BatchRow, batch_by_id, list_batches
from assay.store.projects.further_batches import Asked, add_further, batch_asking, hold_project
from assay.store.projects.projects import ProjectRow

VERB: Final = "add a batch"
_SEEDS: Final = 2**52
_COLUMNS: Final = ("id", "media", "text", "labels")


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a further batch asks for, as keys of an intake, and the folder that its paths are relative to.

    `same` names it where files have other names at every upload; "": its data do.
    """

    tree: Tree
    folder: Path
    same: str = ""


def add_batch(
    actor: Actor, *, project: str, asked: BatchRequest, home: Path, now: int
) -> tuple[ProjectRow, BatchRow]:
    """Return the further batch and the project as it sees it; the same data asked for again give the same batch.

    `home` holds the key that signs the commitment to the batch's nonce.

    Raises:
        NotPermitted: if the actor may not add batches.
        NotFound: if there is no such project in the actor's scope.
        OwnWork: if the actor labels in the project.
        ProjectsKey: if it says what is its project's to say.
        InputError: if what it says, or its data, cannot be used.
    """
    require(actor, VERB, now=now)
    whole = projects.project_by_name(actor.scope, project)
    refuse_to_file_own_work(actor, project=whole.id, verb=VERB, now=now)
    base = intake_of(whole)
    text = text_of(with_usual_columns(asked.tree, base))
    document = parse_yaml(text, source=f"further batch of {project}")
    further = read_further(document)
    received = intake_of_further(base, further, folder=str(asked.folder), start=base.start)
    _check(received, base, folder=Path(whole.folder))
    kept = Asked(
        text=text,
        digest=_digest(whole, asked, received),
        folder=str(asked.folder),
        own_limit=further.has_limit,
        filed_by=actor.member,
    )
    found = _add(actor, whole.id, received, asked=kept, home=home, now=now)
    return projects.project_of_batch(actor.scope, found), batch_by_id(actor.scope, found)


def with_usual_columns(tree: Tree, base: Intake) -> Tree:
    """Return what is asked for with the columns that its project named, where a table of the same kind names none."""
    data = tree.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("path"), str):
        return tree
    before = Path(base.data.path)
    same = Path(str(data["path"])).suffixes == before.suffixes and before.suffix
    if not same or before.name.startswith(PREPARED) or any(data.get(key) for key in _COLUMNS):
        return tree
    usual = base.data.columns
    named = {"id": usual.id, "media": usual.media, "text": usual.text, "labels": usual.label}
    form = {} if data.get("format") or base.data.format is None else {"format": base.data.format}
    return {**tree, "data": {**data, **form, **{key: value for key, value in named.items() if value}}}


def _check(received: Intake, base: Intake, *, folder: Path) -> None:
    """Refuse what cannot be carried out, before anything is stored; the first row is read, the rest is received later."""
    refuse_unprotected(received)
    problems: list[InputError] = list(missing_files(received, folder=folder))
    if (received.data.labels is None) != (base.data.labels is None):
        problems.append(
            BadValue(
                where="the batch",
                key="data.labels",
                found="not given" if received.data.labels is None else f"'{received.data.labels}'",
                expected="labels to look at again in all batches of a project or in none",
            )
        )
    raise_all(problems, where="the batch")
    next(iter(open_source(received.data, folder=folder, skip=0)), None)


def _digest(whole: ProjectRow, asked: BatchRequest, received: Intake) -> str:
    """Return what names a further batch: what its project and it ask for, and its data. Where they lie does not matter."""
    if asked.same:
        return digest_of([whole.intake_digest, asked.same])
    tree = asked.tree
    place = place_of_source(received.data, folder=Path(whole.folder))
    named = {**tree, "data": {**tree["data"], "path": place.name}}
    return digest_of([whole.intake_digest, named, _content(place)])


def _content(place: Path) -> str:
    """Return a digest of a file's content, or of a folder's names and sizes."""
    whole = sha256()
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.is_file():
                whole.update(canonical([path.relative_to(place).as_posix(), path.stat().st_size]))
        return whole.hexdigest()
    with place.open("rb") as data:
        while chunk := data.read(1 << 20):
            whole.update(chunk)
    return whole.hexdigest()


def _add(actor: Actor, number: int, received: Intake, *, asked: Asked, home: Path, now: int) -> int:
    """Insert the batch; whoever asks for the same gets the same, but for one whose data could not be received."""
    key = certificate_key(home, workforce=received.workforce.kind)
    with db.transaction():
        hold_project(actor.scope, number)
        whole = projects.project_by_id(actor.scope, number)
        earlier = {one.id: one for one in list_batches(actor.scope, number)}
        while (found := batch_asking(actor.scope, number, digest=asked.digest)) is not None:
            if earlier[found].status != lifecycle.DATA_TRANSFER_FAILED:
                return found
            asked = replace(asked, digest=digest_of([asked.digest, "again"]))
        name = f"{whole.name}-{len(earlier) + 1}"
        seed = chance.pick(whole.seed, "further batch", name, below=_SEEDS)
        logical = received.workforce.kind != "people"
        # Simulated and recorded people go on where they were.
        start = max([micros(received.start), *(one.clock for one in earlier.values())]) if logical else now
        nonce = _nonce(seed, asked.digest) if logical else secrets.token_bytes(32)
        committed = commitment(nonce)
        batch = batches.add_batch(
            actor.scope,
            project=whole.id,
            name=name,
            clock=start,
            nonce=nonce.hex(),
            commitment=commit(key, project=whole.name, batch=name, nonce_commitment=committed, at=iso(start)),
        )
        if actor.member is not None and actor.member not in projects.filers_of(actor.scope, whole.id):
            projects.keep_filers_out(actor.scope, whole.id)
        add_further(actor.scope, project=whole.id, batch=batch, asked=asked, seed=seed)
        if whole.status == lifecycle.PRODUCTION_COMPLETE:
            projects.move_project(actor.scope, whole, VERB)
        record(
            actor,
            now=start,
            verb=VERB,
            subject=f"project {whole.name}",
            after=asked.digest,
            detail=canonical({"batch": name, "nonce_commitment": committed, "seed": seed}).decode(),
        )
    return batch


def _nonce(seed: int, digest: str) -> bytes:
    """Return the nonce of a simulated or recorded run: the same data and seed give the same draw."""
    return hmac.new(f"assay {seed}".encode(), digest.encode(), sha256).digest()
