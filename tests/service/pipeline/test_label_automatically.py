"""Items that models label without people: which, who may say no, and what becomes of them later."""

import csv
import json
import math
import os
from dataclasses import replace

import pytest
from tests.support.faults import Crash, give_keys, make_keys
from tests.support.invariants import check_invariants
from tests.support.places import forget
from tests.support.projects import LABELS, NOW, contents, submit, truth_of

from assay.core.chance import pick
from assay.core.project import lifecycle
from assay.core.quality.logistic_calibration import Trust
from assay.service.batches.batch_summary import batch_summary
from assay.service.pipeline import label_automatically, learn_people_anew
from assay.service.working_set import batch_at_hand
from assay.service.working_set.batch_at_hand import Work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.projects import batches

SOUNDS = {"cat": ("purrs", "hisses"), "dog": ("barks", "growls"), "hen": ("clucks", "cackles")}
WORDS = [
    first + middle + last for first in "bdfgk" for middle in "aeiou" for last in ("lm", "rt", "nd", "sk")
]

INTAKE = """assay: 1
name: sounds
task: text_classification
data: {data}
labels: [cat, dog, hen]
known: {{path: known.csv, use: control}}
prelabel: {prelabel}
quality: {{right: 0.9, confidence: 0.9}}
redundancy: {redundancy}
money: {{currency: EUR, answer: 4, expert: 20}}
workforce: {{kind: simulated, people: 8, experts: 3, truth: truth.csv}}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {{to: out/, formats: [augmented_manifest, jsonl]}}
"""
LEARNT = "{path: items.csv, format: csv, id: id, text: text}"
EARLIER = "{path: items.csv, format: csv, id: id, text: text, labels: label}"


def sounds(
    folder,
    *,
    count=400,
    right=0.97,
    data=EARLIER,
    prelabel="{kind: none, automatic: true}",
    redundancy="{min: 1, max: 5}",
):
    """A project of texts that come with labels, `right` of which are; a word tells the label where it is right."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = truth_of(count)
    with (folder / "items.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("id", "text", "label"))
        for key, label in truth.items():
            told = (
                label
                if pick(3, "told", key, below=100) < 100 * right
                else LABELS[pick(3, "else", key, below=3)]
            )
            around = [WORDS[pick(5, str(place), key, below=len(WORDS))] for place in range(12)]
            sound = SOUNDS[told][pick(4, "sound", key, below=2)]
            rows.writerow((key, " ".join([*around[:6], sound, *around[6:]]), told))
    with (folder / "truth.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("item", "label"), *truth.items()])
    with (folder / "known.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("item", "label"), *list(truth.items())[::5]])
    intake = folder / "intake.yaml"
    intake.write_text(INTAKE.format(data=data, prelabel=prelabel, redundancy=redundancy))
    return intake


def automatic(project):
    return [row for row in items.all_items(project.batch) if row.decided_by == items.MODEL]


def events_of(verb):
    return [
        json.loads(detail)
        for (detail,) in db.rows("SELECT detail FROM event WHERE verb = %s ORDER BY id", [verb])
    ]


def asked():
    return {item for (item,) in db.rows("SELECT item_id FROM answer WHERE queue IN ('label', 'peer')")}


def check_automatic(project, *, least):
    """What must hold of a delivered batch with automatic labels."""
    check_invariants(project)
    assert project.batch.status == lifecycle.DATA_DELIVERED
    found = automatic(project)
    assert len(found) >= least
    assert not any(row.is_control or row.is_pilot for row in found)
    assert not asked() & {row.id for row in found}
    truth = truth_of(400)
    every = [row for row in items.all_items(project.batch) if not row.is_control]
    assert sum(row.label == truth[row.key] for row in every) / len(every) >= 0.9
    told = events_of("label automatically")
    assert told
    assert all(one["rule"] and one["items"] > 0 for one in told)
    lines = [json.loads(line) for line in (project.delivery / "labels.manifest").read_text().splitlines()]
    machine = [line for line in lines if line["sounds-metadata"]["human-annotated"] == "no"]
    assert len(machine) == len(found)
    summary = batch_summary(project.installation.owner("rita", "tests"), batch=project.batch.name, now=0)
    assert summary.automatic == len(found)


def test_what_models_are_sure_of_is_labelled_without_people_and_certified(installation, tmp_path):
    project = submit(installation, sounds(tmp_path / "sounds"))
    project.run()
    check_automatic(project, least=200)


@pytest.mark.one_database
def test_a_model_that_learns_labels_what_it_is_sure_of(installation, tmp_path):
    project = submit(installation, sounds(tmp_path / "sounds", data=LEARNT, prelabel="{kind: auto}"))
    project.run()
    check_automatic(project, least=30)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "said",
    [{"prelabel": "{kind: none, automatic: false}"}, {"prelabel": "{kind: none}"}],
)
def test_whoever_wants_people_to_look_gets_people(installation, tmp_path, said):
    project = submit(installation, sounds(tmp_path / "sounds", **said))
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert automatic(project) == []
    assert events_of("label automatically") == []
    assert {row.id for row in items.all_items(project.batch) if not row.is_control} <= asked()


@pytest.mark.one_database
def test_a_model_that_is_no_good_on_known_items_labels_nothing(installation, tmp_path):
    project = submit(installation, sounds(tmp_path / "sounds", right=0.5))
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert automatic(project) == []


def test_models_that_are_no_longer_heard_leave_their_items_to_people(installation, tmp_path, monkeypatch):
    project = submit(installation, sounds(tmp_path / "sounds"))
    project.run_until(automatic)
    before = {row.id for row in automatic(project)}
    learn = learn_people_anew.learn
    monkeypatch.setattr(learn_people_anew, "learn", lambda **given: replace(learn(**given), alone=None))
    batches.set_batch(installation.scope, project.batch_id, refit_at=batch_at_hand.AT_ONCE)
    project.run_until(lambda project: not automatic(project))
    project.run_until(lambda project: not items.has_dirty(project.batch_id, states=(lifecycle.LABELLING,)))
    again = [row for row in items.items_by_id(sorted(before)) if row.state == lifecycle.LABELLING]
    assert len(again) == len(before)
    assert all(row.decided_by == "" for row in again)
    assert set(wanted_answers.open_counts(project.batch_id, sorted(before))) == before
    monkeypatch.undo()
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    check_invariants(project)


@pytest.mark.one_database
def test_the_answer_or_skip_of_somebody_who_was_at_it_counts(installation, tmp_path, monkeypatch):
    """Two at once: a person takes an item between the look and the commit that labels it automatically."""
    project = submit(installation, sounds(tmp_path / "sounds"))
    with monkeypatch.context() as blind:
        blind.setattr(label_automatically, "_untouched", set)
        project.run_until(automatic)
    ours = {row.id for row in automatic(project)}
    held = ours & {item for (item,) in db.rows("SELECT item_id FROM assignment WHERE state = 'leased'")}
    assert held, "nobody held an item: this test needs another seed"
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    check_invariants(project)
    skipped = {item for (item,) in db.rows("SELECT item_id FROM assignment WHERE state = 'skipped'")}
    assert held & skipped, "nobody skipped what they held: this test needs another seed"
    assert held - skipped
    for row in items.items_by_id(sorted(held)):
        assert row.answers >= 1 or row.judged
        assert row.decided_by not in {items.MODEL, ""}


@pytest.mark.one_database
def test_a_crash_while_items_are_labelled_automatically_changes_nothing(templates, tmp_path, monkeypatch):
    intake = sounds(tmp_path / "sounds")
    keys = make_keys(tmp_path / "keyring")
    delivered = []
    for crashes in (0, 2):
        with templates.place(tmp_path / str(crashes)) as place:
            give_keys(keys, place.home)
            project = replace(submit(place.open(), intake), out=tmp_path / f"out-{crashes}")
            for _ in range(crashes):
                with monkeypatch.context() as faulty:
                    faulty.setattr(Work, "record", crash_at("label automatically"))
                    with pytest.raises(Crash):
                        project.run()
                assert automatic(project) == []
                forget()
            project.run(clock=lambda: NOW + 30_000_000)
            assert automatic(project)
            check_invariants(project)
            delivered.append(contents(project.delivery))
    assert delivered[0] == delivered[1]


@pytest.mark.slow
@pytest.mark.one_database
def test_an_overconfident_model_does_not_make_certificates_false(templates, tmp_path, monkeypatch):
    """Models are believed whatever known items say, and label a batch worse than its target: the audit finds it.

    A batch is certified falsely where its frozen labels, before the audit's corrections, are worse than allowed.
    """
    learn = learn_people_anew.learn
    blind = Trust(shift=6.0, slope=1.0)
    monkeypatch.setattr(
        learn_people_anew, "learn", lambda **given: replace(learn(**given), models=True, alone=blind)
    )
    runs, false, worse = max(8, int(80 * float(os.environ.get("SCALE", "1")))), 0, 0
    for seed in range(runs):
        folder = tmp_path / str(seed)
        with templates.place(folder / "home") as place:
            intake = sounds(folder / "sounds", count=300, right=0.78)
            project = submit(place.open(), intake, seed=seed)
            project.run()
            assert project.batch.status == lifecycle.DATA_DELIVERED
            assert events_of("label automatically")
            truth = truth_of(300)
            frozen = items.frozen_labels(project.batch)
            wrong = sum(label != truth[key] for key, label in frozen.items()) / len(frozen)
            false += wrong > 0.1
            worse += bool(events_of("fail to certify"))
    assert worse > 0, "no batch was bad enough to fail: this test shows nothing"
    assert false / runs <= 0.1 + 3.0 * math.sqrt(0.1 * 0.9 / runs)


def crash_at(verb):
    """Record as always, but die in the middle of the transaction that records this."""
    usual = Work.record

    def record(work, said, **detail):
        if said == verb:
            raise Crash
        usual(work, said, **detail)

    return record
