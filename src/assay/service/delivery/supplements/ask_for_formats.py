"""Ask for a delivered batch in further formats; a supplement to its delivery holds them, signed by the same key."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import BadValue, InputError, NotAllowed, raise_all
from assay.core.ids import canonical
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.delivery.delivery_folder import delivered
from assay.service.delivery.label_files_of_a_delivery import refuse_unable
from assay.service.delivery.supplements.further_formats import Supplement, shown_supplement
from assay.service.delivery.supplements.write_supplement import delivered_statement
from assay.service.installation import Installation
from assay.service.trail.seal_events import certificate_key
from assay.service.working_set.stored_project import work_constants
from assay.store import db
from assay.store.projects import supplements
from assay.store.projects.batches import batch_by_name
from assay.store.projects.projects import project_of_batch
from assay.store.projects.supplements import SupplementRow


@dataclass(eq=False, kw_only=True)
class DeliveredAlready(InputError):
    """The format '{format}' of the batch {batch} is there already: {where}."""

    format: str
    batch: str
    where: str


def ask_for_formats(
    installation: Installation, actor: Actor, *, batch: str, formats: Sequence[str], now: int
) -> Supplement:
    """Return the supplement that holds, or will hold, these formats of a delivered batch.

    Formats that one supplement holds already, or was asked for, are that supplement.

    Raises:
        NotAllowed: if the batch is not delivered.
        NotFound: if there is no such batch, or its delivery is gone.
        BadValue: if no format is named.
        UnknownMember: if there is no such format.
        WritesNoLabels: if a format cannot hold the labels.
        DeliveredAlready: if one of several formats is there already.
        CertificateGone, OtherKey: if the key that has signed the certificate cannot sign for more.
    """
    require(actor, "ask for formats", now=now)
    row = batch_by_name(actor.scope, batch)
    if row.status != lifecycle.DATA_DELIVERED:
        raise NotAllowed(
            noun="batch", state=row.status, verb="be had in further formats", possible="be delivered first"
        )
    delivered(actor, batch)
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    wanted = tuple(dict.fromkeys(formats))
    if not wanted:
        raise BadValue(where="the request", key="formats", found="empty", expected="one format or more")
    raise_all(refuse_unable(wanted, task), where="the request")
    key = certificate_key(installation.home, workforce=intake.workforce.kind)
    delivered_statement(Path(row.folder), batch=batch, key=key)
    with db.transaction():
        supplements.take_turn(actor.scope, row)
        there = supplements.list_supplements(actor.scope, row)
        known = _known(wanted, there)
        if known is not None:
            return shown_supplement(known)
        _refuse_delivered(wanted, batch=batch, first=intake.formats, there=there)
        made = supplements.add_supplement(actor.scope, row, formats=wanted, now=now)
        record(
            actor,
            now=now,
            verb="ask for formats",
            subject=f"batch {batch}",
            detail=canonical({"formats": list(wanted), "number": made.number}).decode(),
        )
    return shown_supplement(made)


def _known(wanted: Sequence[str], there: Sequence[SupplementRow]) -> SupplementRow | None:
    """Return the supplement that holds all of the formats, or will."""
    return next(
        (one for one in there if one.state != lifecycle.REFUSED and set(wanted) <= set(one.formats)), None
    )


def _refuse_delivered(
    wanted: Sequence[str], *, batch: str, first: Sequence[str], there: Sequence[SupplementRow]
) -> None:
    places = {
        name: f"supplement {one.number}"
        for one in there
        if one.state != lifecycle.REFUSED
        for name in one.formats
    }
    places |= dict.fromkeys(first, "the delivery holds it")
    raise_all(
        [DeliveredAlready(format=name, batch=batch, where=places[name]) for name in wanted if name in places],
        where="the request",
    )
