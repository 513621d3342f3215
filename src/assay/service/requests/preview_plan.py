"""The plan of an intake that nobody has filed yet: the data are counted, nothing is stored."""

from assay.core.planning.plan import Assumptions, Plan
from assay.core.ports.file_format import BadRow
from assay.service.intake.answer_files import read_truth
from assay.service.intake.data_source import open_source
from assay.service.intake.earlier_labels_and_models import learner_of
from assay.service.intake.intake_file import IntakeFile
from assay.service.quality.plan_and_quote import plan_intake
from assay.service.requests.submit_intake import check_intake
from assay.service.stored_times import moment_of


def preview_plan(received: IntakeFile, *, seed: int, now: int | None = None) -> Plan:
    """Return the plan; real people would start `now`.

    Raises:
        InputError: if the intake or its data cannot be used.
    """
    intake = received.intake
    check_intake(received)
    rows = open_source(intake.data, folder=received.folder, skip=0)
    count = sum(not isinstance(row, BadRow) for row in rows)
    known = 0 if intake.known is None else len(read_truth(received.folder / intake.known))
    model = learner_of(intake)
    return plan_intake(
        intake,
        items=count,
        known=min(known, max(0, count - 1)),
        seed=seed,
        models=() if model is None else (model.name,),
        assumptions=Assumptions(),
        now=None if now is None else moment_of(now),
    )
