import copy
import json

import pytest
from tests.support.data import ROOT

from assay.core.errors import NotReadable
from assay.formats.augmented_manifest.check import check_manifest

META = {
    "job-name": "labeling-job/x",
    "human-annotated": "yes",
    "creation-date": "2026-03-02T10:15:30.123456",
}
ONE = {
    "source-ref": "s3://b/1.jpg",
    "x": 1,
    "x-metadata": {
        "class-name": "ripe",
        "confidence": 0.9,
        "type": "groundtruth/image-classification",
        **META,
    },
}
MANY = {
    "source": "text",
    "x": [0, 3],
    "x-metadata": {
        "type": "groundtruth/text-classification-multilabel",
        "class-map": {"0": "a", "3": "b"},
        "confidence-map": {"0": 0.9, "3": 0.4},
        **META,
    },
}
BOXES = {
    "source-ref": "s3://b/1.jpg",
    "x": {
        "image_size": [{"width": 100, "height": 50, "depth": 3}],
        "annotations": [{"class_id": 0, "left": 10, "top": 10, "width": 20, "height": 20}],
    },
    "x-metadata": {
        "objects": [{"confidence": 0.9}],
        "class-map": {"0": "pallet"},
        "type": "groundtruth/object-detection",
        **META,
    },
}
SPANS = {
    "source": "Ada moved",
    "x": {
        "annotations": {
            "labels": [{"label": "P"}],
            "entities": [{"label": "P", "startOffset": 0, "endOffset": 3}],
        }
    },
    "x-metadata": {"type": "groundtruth/text-span", "entities": [{"confidence": 0.9}], **META},
}
PAIR = {
    "source": "prompt",
    "x": {"winner": "first"},
    "x-metadata": {"type": "groundtruth/custom", "worker-response-ref": "s3://b/0.json", **META},
}
MASK = {
    "source-ref": "s3://b/1.png",
    "x-ref": "s3://b/o.png",
    "x-ref-metadata": {
        "internal-color-map": {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.8}},
        "type": "groundtruth/semantic-segmentation",
        **META,
    },
}
TRACK = {
    "source-ref": "s3://b/1.json",
    "x-ref": "s3://b/SeqLabel.json",
    "x-ref-metadata": {"class-map": {"0": "cart"}, "type": "groundtruth/video-object-tracking", **META},
}


def problems(tmp_path, *lines, end=""):
    path = tmp_path / "output.manifest"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + end)
    return list(check_manifest(path))


def changed(line, where, value):
    """Return the line with one value replaced; DROP takes it away."""
    line = copy.deepcopy(line)
    *path, last = where
    place = line
    for step in path:
        place = place[step]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return line


DROP = object()


@pytest.mark.parametrize("line", [ONE, MANY, BOXES, SPANS, MASK, TRACK, {"source-ref": "s3://b/9.jpg"}])
def test_a_sound_line_has_no_problem(tmp_path, line):
    assert problems(tmp_path, line) == []


def test_every_example_of_ground_truths_output_passes(tmp_path):
    examples = ROOT.parent / "shared" / "reference" / "output_manifest_examples.jsonl"
    if not examples.exists():
        pytest.skip("the examples of Ground Truth's output are not on this machine")
    lines = [json.loads(line)["manifest_line"] for line in examples.read_text().splitlines()]
    assert len(lines) == 19
    for line in lines:
        assert problems(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "where", "value", "key", "said"),
    [
        (ONE, ["x"], 1.5, "x", "must be a whole number from 0"),
        (ONE, ["x"], True, "x", "must be a whole number from 0"),
        (ONE, ["x-metadata"], DROP, "x", "there is no 'x-metadata'"),
        (ONE, ["x"], DROP, "x-metadata", "describes 'x', which is not there"),
        (ONE, ["x-metadata"], "ripe", "x-metadata", "not an object"),
        (ONE, ["x-metadata", "confidence"], 1.2, "x-metadata", "the confidence is 1.2, outside 0 to 1"),
        (ONE, ["x-metadata", "confidence"], DROP, "x-metadata", "the confidence is missing"),
        (ONE, ["x-metadata", "class-name"], DROP, "x-metadata", "'class-name' is missing"),
        (ONE, ["x-metadata", "class-map"], {"0": "raw"}, "x-metadata", "class id 1 is not in 'class-map'"),
        (ONE, ["x-metadata", "job-name"], 7, "x-metadata", "'job-name' is not text"),
        (ONE, ["x-metadata", "type"], DROP, "x-metadata", "'type' is missing"),
        (ONE, ["x-metadata", "human-annotated"], True, "x-metadata", "must be 'yes' or 'no'"),
        (ONE, ["x-metadata", "human-annotated"], ["yes"], "x-metadata", "must be 'yes' or 'no'"),
        (ONE, ["x-metadata", "creation-date"], "2026-03-02 10:15:30", "x-metadata", "must look like"),
        (ONE, ["x-metadata", "creation-date"], "2026-13-02T10:15:30.123456", "x-metadata", "must look like"),
        (ONE, ["x-metadata", "creation-date"], "2026-03-02T10:15:30.123456Z", "x-metadata", "without a zone"),
        (ONE, ["source"], "both", "source", "both 'source-ref' and 'source'"),
        (ONE, ["source-ref"], DROP, "", "neither 'source-ref' nor 'source'"),
        (ONE, ["$x"], 1, "$x", "reserved"),
        (ONE, ["shop"], "x" * 20_001, "shop", "longer than 20,000"),
        (ONE, ["shop"], "last", "shop", "the last key is 'shop'"),
        (MANY, ["x"], 3, "x", "not a list of class ids"),
        (MANY, ["x"], [0, 0], "x", "stands twice"),
        (MANY, ["x"], [0, 5], "x-metadata", "class id 5 is not in 'class-map'"),
        (MANY, ["x-metadata", "confidence-map", "3"], -0.1, "x-metadata", "outside 0 to 1"),
        (MANY, ["x-metadata", "confidence-map", "3"], DROP, "x-metadata", "not in 'confidence-map'"),
        (BOXES, ["x", "image_size"], [], "x", "'image_size'"),
        (BOXES, ["x", "annotations", 0, "left"], 90, "x", "box 0 lies outside the image"),
        (BOXES, ["x", "annotations", 0, "width"], 0, "x", "box 0 has no area"),
        (BOXES, ["x", "annotations", 0, "top"], DROP, "x", "box 0 has no 'left'"),
        (BOXES, ["x", "annotations", 0, "class_id"], 4, "x-metadata", "class id 4 is not in 'class-map'"),
        (BOXES, ["x-metadata", "objects"], [], "x-metadata", "0 confidences for 1 boxes"),
        (BOXES, ["x-metadata", "objects", 0, "confidence"], 2, "x-metadata", "of objects 0 is 2"),
        (SPANS, ["x", "annotations", "entities", 0, "endOffset"], 30, "x", "ends behind the text"),
        (SPANS, ["x", "annotations", "entities", 0, "startOffset"], 3, "x", "does not start before it ends"),
        (SPANS, ["x", "annotations", "entities", 0, "label"], "Q", "x", "'labels' does not list"),
        (MASK, ["x-ref-metadata", "internal-color-map"], DROP, "x-ref-metadata", "is missing"),
        (
            MASK,
            ["x-ref-metadata", "internal-color-map", "0", "hex-color"],
            "white",
            "x-ref-metadata",
            "hex-color",
        ),
        (MASK, ["x-ref"], 4, "x-ref", "does not name a file"),
        (ONE, ["x-metadata", "adjustment-status"], "changed", "x-metadata", "'adjusted' or 'unadjusted'"),
        (PAIR, ["x-metadata", "worker-response-ref"], 7, "x-metadata", "'worker-response-ref' is not text"),
        (PAIR, ["x-metadata", "worker-response-ref"], "a/0.json", "x-metadata", "'a/0.json' are not beside"),
        (PAIR, ["x-metadata", "worker-response-ref"], "a" * 5000, "x-metadata", "not beside the manifest"),
        (PAIR, ["x", "winner"], "third", "x", "must be first, second or tie"),
        (TRACK, ["x-ref-metadata", "class-map"], DROP, "x-ref-metadata", "'class-map' is missing"),
    ],
)
def test_one_broken_thing_is_found_with_its_line_and_key(tmp_path, line, where, value, key, said):
    found = problems(tmp_path, ONE if line is not ONE else {"source": "before"}, changed(line, where, value))
    assert any(p.line == 2 and p.key == key and said in p.sentence and p.reader for p in found), found
    assert all(p.line == 2 for p in found)


def test_metadata_before_its_attribute_stumbles_readers_by_position(tmp_path):
    turned = {"source-ref": "s3://b/1.jpg", "x-metadata": ONE["x-metadata"], "x": 1}
    found = problems(tmp_path, turned)
    assert {p.key for p in found} == {"x-metadata", "x"}
    assert all("position" in p.reader for p in found)


def test_a_class_id_that_changes_its_name_is_found_with_the_earlier_line(tmp_path):
    (found,) = problems(tmp_path, ONE, changed(ONE, ["x-metadata", "class-name"], "raw"))
    assert (found.line, found.key) == (2, "x")
    assert found.sentence == "class id 1 is 'raw' here, but was 'ripe' on line 1"


def test_a_label_that_lost_its_metadata_on_one_line_only_is_found(tmp_path):
    (found,) = problems(tmp_path, {"source": "a", "x": "ripe", "y": 2.5}, {**ONE})
    assert (found.line, found.key) == (1, "x")


def test_blank_lines_and_a_newline_at_the_end_stumble_readers_that_count(tmp_path):
    assert [p.line for p in problems(tmp_path, ONE, "", ONE)] == [2]
    (found,) = problems(tmp_path, ONE, end="\n")
    assert "newline follows the last line" in found.sentence


def test_an_object_that_stands_twice_with_two_labels_is_found_with_the_earlier_line(tmp_path):
    other = changed(changed(ONE, ["x"], 0), ["x-metadata", "class-name"], "raw")
    (found,) = problems(tmp_path, ONE, changed(ONE, ["source-ref"], "s3://b/2.jpg"), other)
    assert (found.line, found.key) == (3, "x")
    assert found.sentence == "it is the same object as on line 1, with another label"
    assert problems(tmp_path, ONE, ONE) == []


def test_lines_that_are_no_objects_are_found_and_the_rest_is_checked(tmp_path):
    found = problems(
        tmp_path, "{", "[1]", '{"source":"a","source":"b"}', changed(ONE, ["x"], -1), "[" * 100_000
    )
    assert [p.line for p in found] == [1, 2, 3, 4, 5]
    assert "stands twice" in found[2].sentence


def test_a_missing_manifest_is_said(tmp_path):
    with pytest.raises(NotReadable):
        list(check_manifest(tmp_path / "none.manifest"))


def test_one_text_with_two_labels_is_told_and_so_is_what_json_has_no_number_for(tmp_path):
    path = tmp_path / "labels.manifest"
    one = {"source": "so it is", "x": 1, "x-metadata": ONE["x-metadata"]}
    other = {
        **one,
        "x": 2,
        "x-metadata": {**ONE["x-metadata"], "class-name": "raw", "confidence": float("nan")},
    }
    path.write_text(f"{json.dumps(one)}\n{json.dumps(other)}\n{json.dumps({**one, 'source': 'other'})}")
    told = {(found.line, found.sentence) for found in check_manifest(path)}
    assert (2, "it is the same text as on line 1, with another label") in told
    assert (2, "the line holds NaN, which is no number in JSON") in told
    assert not any(line == 3 for line, _ in told)
