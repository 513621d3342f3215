"""Pictures of quality as places in an SVG, and the page's fragment that draws them."""

import numpy as np
import pytest
from tests.support.projects import submit, write_project

from assay.core.quality.reliability_diagram import reliability
from assay.entry.web.requester.calibration_chart import reliability_chart
from assay.entry.web.requester.proof_chart import proof_chart
from assay.entry.web.requester.who_said_what_table import confusion_table
from assay.service.batches.batch_quality import Calibrated, ProofSoFar, WhoSaidWhat


def proof(**changes):
    given = {
        "state": "proven", "attempt": 1, "items": 1_000, "allowed": 0.05, "goal": 20.0,
        "path": [2.0, 1.0, 5.0, 21.0], "losses": [0.0, 1.0, 0.0, 0.0], "drawn": 4, "expected": None,
    } | changes  # fmt: skip
    return proof_chart(ProofSoFar(**given))


def places(text):
    return [tuple(map(float, pair.split(","))) for pair in text.split()]


def test_the_path_of_a_proof_rises_to_its_goal_and_shows_its_errors():
    found = proof()
    path = places(found.path)
    assert len(path) == 5
    assert [x for x, _ in path] == sorted(x for x, _ in path)
    assert path[-1][1] < float(found.goal.at) < path[3][1]  # higher is further up
    assert [tuple(map(float, one)) for one in found.errors] == [path[2]]
    assert found.title == "The proof took 4 judged items"
    assert "1 error found" in found.said
    assert "chance of 5 % at most" in found.said
    assert found.rows[-1] == ("4", "1", "21")


def test_a_proof_in_work_says_how_many_checks_would_prove_it():
    found = proof(state="in work", expected=60.0, further=(41, 62, 1_083, None))
    assert found.further == "41 more checks without an error prove 95 %; with one error 62."
    assert found.ahead == [
        ("no error", "41"), ("one error", "62"), ("two errors", "1,083"), ("three errors", "not in this attempt"),
    ]  # fmt: skip
    later = proof(state="to come", expected=60.0, path=[], losses=[], further=(59, None, None, None))
    assert later.further == "59 checks without an error prove 95 %; with one error this attempt cannot."
    last = proof(state="in work", expected=5.0, further=(1, 2, 3, 4))
    assert last.further == "1 more check without an error proves 95 %; with one error 2."
    assert proof(state="in work", expected=5.0, further=(None,) * 4).further == (
        "This attempt can no longer prove 95 %."
    )
    assert (proof().further, proof().ahead) == ("", [])


def test_a_proof_in_work_and_one_to_come_say_what_is_expected():
    assert proof(state="in work", expected=120.4).title == "The proof is in work: 4 of about 120 items judged"
    later = proof(state="to come", expected=120.4, path=[], losses=[])
    assert later.title == "The proof will take about 120 judged items"
    assert "believed" in later.said


def test_evidence_beyond_all_bounds_stays_in_the_picture():
    found = proof(path=[1e-12, 0.0, 1e200, float("inf")])
    assert all(12.0 <= y <= 214.0 for _, y in places(found.path))


def test_a_long_proof_is_drawn_with_few_points():
    found = proof(path=[1.0] * 50_000, losses=[0.0] * 50_000)
    assert len(places(found.path)) < 900
    assert len(found.rows) <= 15


def test_the_diagram_stands_on_its_line_where_belief_is_true():
    found = reliability_chart(Calibrated(30, 12, reliability_of([0.5, 0.9], [0.5, 0.9], each=20), error=0.0))
    low, high = found.dots
    (left, bottom), (right, top) = places(found.line)
    for dot in (low, high):
        share = (float(dot.x) - left) / (right - left)
        assert (bottom - float(dot.y)) / (bottom - top) == pytest.approx(share, abs=0.01)
        assert float(dot.top) < float(dot.y) < float(dot.bottom)
    assert found.title == "Calibration: off by 0.0 points on average"
    assert found.said.startswith(
        "Known items: 30 control items (which taught the calibration too) and 12 items"
    )
    assert found.rows[0][:2] == ("50 %", "50 %")


def reliability_of(believed, shares, *, each):
    rows = [
        (p, float(n < share * each)) for p, share in zip(believed, shares, strict=True) for n in range(each)
    ]
    return reliability(*(np.array(column) for column in zip(*rows, strict=True)))


def test_too_few_known_items_are_said_and_not_drawn():
    found = reliability_chart(Calibrated(7, 0, (), error=0.0))
    assert found.dots == ()
    assert "too few" in found.said


def test_the_table_is_shaded_by_the_shares_of_each_row():
    found = confusion_table(WhoSaidWhat(("cat", "dog"), ((90, 10), (0, 5)), people=6, all_counted=True))
    (cat, (right, wrong), total), (dog, (never, always), _) = found.rows
    assert (cat, total, dog) == ("cat", "100", "dog")
    assert (right.count, right.share, right.shade, right.right) == ("90", "90 %", 5, True)
    assert (wrong.shade, wrong.right, never.shade, always.shade) == (1, False, 0, 5)
    assert found.title == "Who said what: 90.5 % as it was decided"
    assert "Most often 'cat' was called 'dog'." in found.said


def test_the_page_shows_proof_calibration_and_who_said_what(web, tmp_path):
    project = submit(web.installation, write_project(tmp_path / "pets", items=120, accept="by_hand"))
    project.run()
    page = web.page("rita").get("/batches/pets-1/charts/").content.decode()
    for words in ("The proof took", "Calibration", "Who said what", "as-path", "as-agrees-"):
        assert words in page
    assert "style=" not in page
