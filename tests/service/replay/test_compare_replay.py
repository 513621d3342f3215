"""The replay beside plain ways on the same answers, and its picture."""

import xml.etree.ElementTree as ET

import pytest
from tests.service.replay.test_replay_answers import TARGET, files

from assay.core.planning.baselines_of_a_replay import Way
from assay.service.replay.compare_replay import TARGETS, at_other_targets, baselines
from assay.service.replay.recorded_answers import NothingToReplay
from assay.service.replay.replay_answers import replay_answers
from assay.service.replay.replay_picture import Stop, replay_picture, tick_values

SVG = "{http://www.w3.org/2000/svg}"


def test_the_plain_ways_are_counted_on_every_item_with_a_truth(tmp_path):
    given = files(tmp_path)  # 200 items, six answers each
    margin, needed, everything, majority = baselines(**given, expert_price=5.0, seed=1)
    assert needed.cost_per_item == 5.0 * 190 / 200
    assert everything.cost_per_item == 5.0
    assert majority.cost_per_item == 6.0
    assert 0.9 < majority.accuracy < 1.0
    assert 3.0 < margin.cost_per_item < 8.0
    assert [way.proven for way in (margin, needed, everything, majority)] == [True, True, True, False]


def test_answers_to_items_without_a_truth_cost_the_plain_ways_nothing(tmp_path):
    given = files(tmp_path)
    before = baselines(**given, seed=1)
    with given["answers"].open("a") as answers:
        answers.write("unknown,w1,y\nunknown,w2,n\n")
    assert baselines(**given, seed=1)[3] == before[3]


def test_ours_at_the_asked_target_is_the_replay_itself(tmp_path):
    given = files(tmp_path)
    found = dict(at_other_targets(**given, seed=3))
    done = replay_answers(**given, seed=3)
    assert sorted(found) == sorted(TARGETS)
    assert found[TARGET.right] == Way("Assay", done.cost_per_item, done.accuracy, proven=True)
    assert found[0.8].cost_per_item < found[0.99].cost_per_item


def test_nothing_in_common_is_refused(tmp_path):
    given = files(tmp_path)
    given["truth"].write_text("item,label\nother,y\n")
    with pytest.raises(NothingToReplay):
        baselines(**given)


def picture(others, *, ours=((0.9, 2.0, 0.93), (0.95, 3.0, 0.96))):
    curve = [
        Stop(f"at {right}", Way("Assay", cost, accuracy, proven=right > 0.9), asked=right == 0.95)
        for right, cost, accuracy in ours
    ]
    drawn = replay_picture(
        name='a <b> & "c"', ours=curve, others=others, level=0.95, dashed="what was asked for"
    )
    return ET.fromstring(drawn)


def test_the_picture_shows_every_way_where_it_belongs_and_says_it_in_words():
    root = picture([Way("experts", 5.0, 1.0, proven=True), Way("majority", 3.0, 0.9, proven=False)])
    spots = {
        next(iter(spot.itertext())): circle.get("class")
        for circle, spot in zip(
            root.iter(f"{SVG}circle"), root.findall(f"{SVG}text[@class='label']"), strict=True
        )
    }
    assert spots == {
        "at 0.95": "ours", "at 0.9": "ours unproven", "experts": "other", "majority": "other unproven",
    }  # fmt: skip
    assert root.findtext(f"{SVG}desc") == (
        "Assay: 3.00 an item, 96 % right; experts: 5.00 an item, 100 % right; majority: 3.00 an item, 90 % right"
    )
    assert any("Dashed: what was asked for." in text for text in root.itertext())
    by_class = {c.get("class"): (float(c.get("cx")), float(c.get("cy"))) for c in root.iter(f"{SVG}circle")}
    assert by_class["other"][0] > by_class["other unproven"][0]  # dearer is further right
    assert by_class["other"][1] < by_class["other unproven"][1]  # more often right is higher


def test_what_is_far_dearer_stands_at_the_end_with_an_arrow():
    root = picture([Way("experts", 5.0, 1.0, proven=True), Way("majority", 39.0, 0.76, proven=False)])
    right = max(float(circle.get("cx")) for circle in root.iter(f"{SVG}circle"))
    assert right == 760 - 24
    assert any(
        "39.00 an item" in (span.text or "") and "\N{RIGHTWARDS ARROW}" in span.text
        for span in root.iter(f"{SVG}tspan")
    )


def test_no_label_covers_another_where_many_points_lie_close_together():
    ours = [(right, 5.0 + right / 10, 0.99 + right / 200) for right in (0.8, 0.9, 0.95, 0.98, 0.99)]
    root = picture([Way(f"way {n}", 5.0 + n / 20, 0.995, proven=True) for n in range(4)], ours=ours)
    boxes = []
    for label in root.findall(f"{SVG}text[@class='label']"):
        lines = list(label.itertext())
        wide, x, y = max(map(len, lines)) * 6.4, float(label.get("x")), float(label.get("y")) - 12
        left = {"start": x, "end": x - wide, "middle": x - wide / 2}[label.get("text-anchor")]
        boxes.append((left, y, left + wide, y + 15 * len(lines)))
    for number, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[2] <= 760
        for other in boxes[number + 1 :]:
            apart = (
                one[2] <= other[0] + 0.2
                or other[2] <= one[0] + 0.2
                or one[3] <= other[1] + 0.2
                or other[3] <= one[1] + 0.2
            )
            assert apart


@pytest.mark.parametrize(("low", "high", "expected"), [(0, 4.9, [0, 1, 2, 3, 4, 5]), (0.93, 1.0, [0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0]), (0, 39, [0, 5, 10, 15, 20, 25, 30, 35, 40])])  # fmt: skip
def test_ticks_are_round(low, high, expected):
    assert tick_values(low, high) == pytest.approx(expected)
