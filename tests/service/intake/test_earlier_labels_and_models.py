"""Labels that are there before anybody looks: earlier labels, endpoints, and what becomes of bad ones."""

import csv
import json

import pytest
from tests.support.endpoint import endpoint
from tests.support.projects import LABELS, submit

from assay.core.errors import BadValue
from assay.service.intake.intake_file import parse_intake
from assay.service.requests.submit_intake import submit_intake
from assay.store import db
from assay.store.items import model_proposals

pytestmark = pytest.mark.one_database

INTAKE = """assay: 1
name: {name}
task: text_classification
data: {data}
labels: [cat, dog, hen]
prelabel: {prelabel}
quality: {{right: 0.9, confidence: 0.9}}
money: {{currency: EUR, answer: 4, expert: {price}}}
workforce: {{kind: simulated, people: 8, experts: 2, truth: truth.csv}}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {{to: out/, formats: [augmented_manifest, jsonl]}}
"""


def written(folder, *, items=150, wrong=0, prelabel="{kind: none}", data=None, name="pets", price=40):
    """A project of texts; with `data` it starts from a manifest whose first `wrong` labels are wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {f"text number {k} of the set": LABELS[(7 * k + k // 5) % 3] for k in range(items)}
    with (folder / "truth.csv").open("w", newline="") as out:
        csv.writer(out).writerows(
            [("item", "label"), *((f"line-{k + 1}", label) for k, label in enumerate(truth.values()))]
        )
    lines = []
    for k, (text, label) in enumerate(truth.items()):
        said = LABELS[(LABELS.index(label) + 1) % 3] if k < wrong else label
        lines.append(
            {
                "source": text,
                "first": LABELS.index(said),
                "first-metadata": {
                    "class-name": said,
                    "confidence": 0.9,
                    "type": "groundtruth/text-classification",
                    "job-name": "labeling-job/first",
                    "human-annotated": "yes",
                    "creation-date": "2026-03-02T10:15:30.123456",
                },
            }
        )
    (folder / "earlier.manifest").write_text("\n".join(map(json.dumps, lines)))
    intake = folder / "intake.yaml"
    intake.write_text(
        INTAKE.format(
            name=name,
            price=price,
            prelabel=prelabel,
            data=data or "{path: earlier.manifest, format: manifest}",
        )
    )
    return intake


def answers_per_item(project):
    rows = db.rows(
        "SELECT i.key, COUNT(*) FROM answer a JOIN item i ON i.id = a.item_id WHERE a.queue = 'label'"
        " AND NOT i.is_control GROUP BY i.key"
    )
    return dict(rows)


def events_of(verb):
    return [
        json.loads(detail)
        for (detail,) in db.rows("SELECT detail FROM event WHERE verb = %s ORDER BY id", [verb])
    ]


def test_items_whose_earlier_label_is_right_cost_one_look(installation, tmp_path):
    data = "{path: earlier.manifest, format: manifest, labels: first}"
    project = submit(installation, written(tmp_path / "again", items=500, wrong=25, data=data, price=20))
    project.run()
    assert project.batch.status == "Data delivered"
    (read,) = events_of("read earlier labels")
    assert (read["attribute"], read["kept"], read["refused"]) == ("first", 500, 0)
    counts = answers_per_item(project)
    right = [count for key, count in counts.items() if int(key.removeprefix("line-")) > 25]
    # The pilot asks three about each of its items, and one answer in five is wrong by itself.
    assert sum(count == 1 for count in right) / len(right) > 0.55
    lines = [json.loads(line) for line in (project.delivery / "labels.manifest").read_text().split("\n")]
    assert {"first", "pets"} <= lines[0].keys()
    told = [line["pets-metadata"]["adjustment-status"] for line in lines]
    assert 20 <= told.count("adjusted") <= 50
    assert list(lines[0])[-2:] == ["pets", "pets-metadata"]


@pytest.mark.one_database
def test_without_their_earlier_labels_the_same_items_cost_more(installation, tmp_path):
    project = submit(installation, written(tmp_path / "fresh", items=500, wrong=25, price=20))
    project.run()
    assert events_of("read earlier labels") == []
    counts = answers_per_item(project)
    right = [count for key, count in counts.items() if int(key.removeprefix("line-")) > 25]
    assert sum(count == 1 for count in right) / len(right) < 0.4


def test_earlier_labels_that_are_none_of_the_projects_are_left_out(installation, tmp_path):
    intake = written(tmp_path, data="{path: earlier.manifest, format: manifest, labels: first}", items=60)
    manifest = tmp_path / "earlier.manifest"
    lines = manifest.read_text().split("\n")
    changed = json.loads(lines[0])
    changed["first-metadata"]["class-name"] = "cow"
    manifest.write_text("\n".join([json.dumps(changed), *lines[1:]]))
    project = submit(installation, intake)
    project.run(most_steps=12)
    (read,) = events_of("read earlier labels")
    assert (read["kept"], read["refused"]) == (59, 1)
    assert len(model_proposals.all_suggestions(project.batch)) == 59


@pytest.mark.one_database
@pytest.mark.enable_socket
def test_an_endpoint_is_asked_once_per_item_and_its_word_is_kept(place, tmp_path):
    def reply(_, body):
        text = json.loads(body["messages"][1]["content"])["item"]
        number = int(text.split()[2])
        said = LABELS[(7 * number + number // 5) % 3] if number % 10 else "__none__"
        return {"choices": [{"message": {"content": json.dumps({"answer": said})}}]}

    with endpoint(reply) as server:
        installation = place.open(outbound_allowed=("127.0.0.1",))
        prelabel = f'{{kind: chat, url: "{server.url}", model: small}}'
        project = submit(installation, written(tmp_path, items=80, prelabel=prelabel))
        project.run()
    assert len(server.asked) == 80
    assert len(model_proposals.all_suggestions(project.batch)) == 72
    assert project.batch.status == "Data delivered"
    assert not events_of("drop the models")


@pytest.mark.one_database
@pytest.mark.enable_socket
def test_a_model_that_is_always_wrong_does_no_harm(place, tmp_path):
    def reply(_, body):
        number = int(json.loads(body["messages"][1]["content"])["item"].split()[2])
        said = (
            LABELS[(7 * number + number // 5 + 1) % 3]
            if number % 2
            else LABELS[(7 * number + number // 5 + 2) % 3]
        )
        return {"choices": [{"message": {"content": json.dumps({"answer": said})}}]}

    with endpoint(reply) as server:
        installation = place.open(outbound_allowed=("127.0.0.1",))
        prelabel = f'{{kind: chat, url: "{server.url}", model: small}}'
        project = submit(installation, written(tmp_path, prelabel=prelabel, items=120))
        project.run()
    assert project.batch.status == "Data delivered"
    # Always wrong, it tells as much as a model that is right: either it is read backwards, or it goes.
    labels = {
        json.loads(line)["item"]: json.loads(line)["label"]
        for line in (project.delivery / "labels.jsonl").read_text().splitlines()
    }
    with (tmp_path / "truth.csv").open() as truth:
        right = [
            labels[row["item"]] == row["label"] for row in csv.DictReader(truth) if row["item"] in labels
        ]
    assert sum(right) / len(right) >= 0.9


@pytest.mark.one_database
def test_a_model_that_cannot_be_asked_is_done_without(installation, tmp_path):
    prelabel = '{kind: chat, url: "http://127.0.0.1:9/v1", model: small}'
    project = submit(installation, written(tmp_path, items=60, prelabel=prelabel))
    project.run()
    assert project.batch.status == "Data delivered"
    (finished,) = events_of("finish suggesting")
    assert "ASSAY_OUTBOUND_ALLOW" in finished["reason"]


@pytest.mark.parametrize(
    ("prelabel", "problem", "sentence"),
    [
        ("{kind: chat}", BadValue, "'url' is missing"),
        ("{kind: lexicon, url: x}", BadValue, "a lexicon needs none"),
    ],
)
def test_a_model_that_cannot_be_opened_is_refused_with_the_intake(
    installation, tmp_path, prelabel, problem, sentence
):
    (tmp_path / "truth.csv").write_text("item,label\n")
    text = INTAKE.format(name="x", price=40, prelabel=prelabel, data="{path: a.csv}")
    received = parse_intake(text, source="intake.yaml", folder=tmp_path)
    with pytest.raises(problem, match=sentence):
        submit_intake(installation.owner("rita", "tests"), received=received, seed=1, home=tmp_path, now=1)


def test_a_model_must_be_able_to_look_at_the_items(installation, tmp_path):
    (tmp_path / "truth.csv").write_text("item,label\n")
    text = INTAKE.format(name="x", price=40, prelabel="{kind: lexicon}", data="{path: a.csv}")
    received = parse_intake(text.replace("text_class", "image_class"), source="i", folder=tmp_path)
    with pytest.raises(
        BadValue, match="which cannot look at images, but must be one that can: chat, image_embeddings"
    ):
        submit_intake(installation.owner("rita", "tests"), received=received, seed=1, home=tmp_path, now=1)
