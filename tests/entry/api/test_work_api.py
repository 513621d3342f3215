"""The label loop over HTTP: one effect per answer, refusals in problem documents, media in a sandbox."""

import json
import re
from contextlib import closing

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.support.labelling import SIMULATED, ask_expert, at_work, person
from tests.support.projects import NOW, draw_picture, truth_of, write_boxes
from tests.support.webpages import web_of

from assay.service.access.permissions import EXPERT, LABELLER
from assay.service.labelling import label_loop
from assay.service.workforce.pause_person import pause_person
from assay.store import db
from assay.store.labelling import task_leases
from assay.store.labelling.answers_and_pay_ledger import answers_of

PROBLEM = "application/problem+json"


@pytest.fixture
def project(web, tmp_path):
    """A batch in work; item pictures lie in its folder."""
    folder = tmp_path / "pets"
    (folder / "photos").mkdir(parents=True)
    for key in truth_of(20):
        draw_picture(folder / "photos" / f"{key}.jpg", label="cat", key=key)
    return at_work(web, folder, truth=truth_of(20))


@pytest.fixture
def lena(web, project):
    return web.api("lena")


def call(client, path, body, batch="pets-1", **headers):
    return client.send("POST", f"/api/v1/work/{batch}/{path}", body, **headers)


def hold(client, batch="pets-1", **more):
    reply = call(client, "claim", {"ahead": 1, **more}, batch=batch)
    assert reply.status_code == 200, reply.content
    return reply.json()["tasks"][0]


def answer(task, **more):
    return {
        "assignment": task["assignment"],
        "client_id": f"client-{task['assignment']}",
        "label": "cat",
        **more,
    }


def refused(reply, status, name):
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, PROBLEM), reply.content
    assert reply.json()["type"] == f"urn:assay:error:{name}"
    return reply.json()["detail"]


# --- claim -------------------------------------------------------------------------------------------


def test_claiming_again_gives_the_same_items_and_more_only_up_to_what_is_asked_for(lena):
    first = call(lena, "claim", {"ahead": 2}).json()["tasks"]
    assert len(first) == 2
    again = call(lena, "claim", {"ahead": 2}).json()["tasks"]
    assert [one["assignment"] for one in again] == [one["assignment"] for one in first]
    more = call(lena, "claim", {"ahead": 3}).json()["tasks"]
    assert [one["assignment"] for one in more][:2] == [one["assignment"] for one in first]
    assert len(more) == 3
    assert task_leases.has_lease(db.row("SELECT id FROM batch")[0])
    assert db.row("SELECT COUNT(*) FROM assignment")[0] == 3


@pytest.mark.parametrize("ahead", [0, 4, -1, "many", None, 1.5])
def test_nobody_holds_more_than_three_or_fewer_than_one(lena, ahead):
    said = refused(call(lena, "claim", {"ahead": ahead}), 422, "invalid-request")
    assert "ahead" in said
    assert db.row("SELECT COUNT(*) FROM assignment")[0] == 0


def test_an_expert_takes_the_item_that_they_name(web, project):
    ask_expert(project, "item-013")
    assert hold(web.api("eva"), item="item-013")["item"]["key"] == "item-013"


# --- submit ------------------------------------------------------------------------------------------


def test_a_submit_stores_pays_and_brings_the_next_item(lena):
    task = hold(lena)
    reply = call(lena, "submit", answer(task, seconds=2.5))
    assert reply.status_code == 200
    assert reply.json()["cents"] == 4
    assert reply.json()["next"]["assignment"] != task["assignment"]
    assert db.row("SELECT value, seconds FROM answer") == ("cat", 2.5)
    assert db.row("SELECT SUM(cents) FROM ledger_entry")[0] == 4


def test_the_same_client_id_has_one_effect_and_the_same_reply(lena):
    task = hold(lena)
    first = call(lena, "submit", answer(task))
    for _ in range(2):
        again = call(lena, "submit", answer(task))
        assert again.status_code == 200
        assert steady(again.json()) == steady(first.json())
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 1
    assert db.row("SELECT COUNT(*) FROM ledger_entry")[0] == 1
    assert db.row("SELECT COUNT(*) FROM assignment")[0] == 2


def steady(receipt):
    """A receipt without its media link, which names the minute, and without the time that is left."""
    task = receipt["next"]
    return receipt | {"next": task | {"left": None, "item": task["item"] | {"media": None}}}


def test_a_client_id_of_another_submit_is_refused(web, lena):
    task = hold(lena)
    call(lena, "submit", answer(task))
    following = hold(lena)
    wrong = answer(following, client_id=f"client-{task['assignment']}")
    assert "belongs to another submit" in refused(call(lena, "submit", wrong), 409, "client-id-taken")
    luis = web.api("luis")
    stolen = answer(hold(luis), client_id=f"client-{task['assignment']}")
    refused(call(luis, "submit", stolen), 409, "client-id-taken")
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 1


@pytest.fixture
def pictures(web, tmp_path):
    """A batch of pictures in which people draw boxes."""
    intake = write_boxes(tmp_path / "boxes", items=12)
    text = intake.read_text().replace(SIMULATED, "workforce: {kind: people}")
    intake.write_text(text.replace("start: 2026-11-23T09:00:00Z\n", ""))
    return at_work(web, tmp_path / "boxes", crew=("lena", "eva"), intake=intake)


def crowd(boxes):
    """Return so many boxes within a picture of 120 x 90."""
    return {
        "boxes": [
            {"label": "cat", "left": n % 100, "top": (n // 100) % 80, "width": 5 + n / 10_000, "height": 6}
            for n in range(boxes)
        ]
    }


def test_twenty_thousand_boxes_in_one_picture_are_one_answer(web, pictures):
    lena = web.api("lena")
    task = hold(lena, "boxes-1")
    said = answer(task, label=crowd(20_000), next=False)
    assert len(json.dumps(said)) > 1 << 20
    first = call(lena, "submit", said, batch="boxes-1")
    assert first.status_code == 200, first.content
    assert call(lena, "submit", said, batch="boxes-1").json() == first.json()
    (stored,) = answers_of([pictures.batch.first_item + n for n in range(12)], queues=("label",))
    assert len(json.loads(stored.value)["boxes"]) == 20_000
    assert len(db.row("SELECT value FROM answer")[0]) < 100


def test_an_answer_that_is_too_large_is_refused_by_a_sentence_that_names_the_limit(web, pictures):
    lena = web.api("lena")
    task = hold(lena, "boxes-1")
    said = refused(
        call(lena, "submit", answer(task, label=crowd(160_000)), batch="boxes-1"), 413, "answer-too-large"
    )
    assert re.fullmatch(
        r"The answer has [89],[\d,]+ bytes, and at most 8,388,608 are taken; nothing was saved\.", said
    )
    reply = call(lena, "submit", answer(task, label="x" * (12 << 20)), batch="boxes-1")
    assert reply.status_code == 413
    assert reply.json()["detail"] == "The request has more than 12,582,912 bytes; at most so many are read."
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 0
    assert hold(lena, "boxes-1")["assignment"] == task["assignment"], "the item is still held"


def run_out(web):
    """Let the time of all that is held be over, and put it back."""
    with db.transaction():
        db.execute("UPDATE assignment SET leased_until = 1 WHERE state = 'leased'")
        label_loop.expire(web.installation.system("worker"), batch=db.row("SELECT id FROM batch")[0], now=NOW)


def test_a_late_answer_is_taken_and_paid_where_nobody_else_has_the_item(web, lena):
    task = hold(lena)
    run_out(web)
    for _ in range(2):
        reply = call(lena, "submit", answer(task))
        assert (reply.status_code, reply.json()["cents"]) == (200, 4)
    assert db.row("SELECT COUNT(*), SUM(cents) FROM ledger_entry") == (1, 4)


def test_a_late_answer_is_refused_with_what_became_of_the_item(web, lena):
    task = hold(lena)
    run_out(web)
    with db.transaction():
        db.execute("UPDATE task SET is_open = FALSE WHERE item_id = (SELECT item_id FROM assignment)")
    assert refused(call(lena, "submit", answer(task)), 409, "too-late") == (
        "The time for this item ran out, and it has its answers."
    )
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 0


def test_an_item_is_held_longer_by_its_holder_alone(web, lena):
    task = hold(lena)
    assert task["left"] == pytest.approx(1800, abs=5)
    with db.transaction():
        db.execute("UPDATE assignment SET leased_until = leased_until - 900000000")
    assert hold(lena)["left"] == pytest.approx(900, abs=5)
    reply = call(lena, "renew", {"assignment": task["assignment"]})
    assert reply.status_code == 200, reply.content
    assert reply.json()["assignment"] == task["assignment"]
    assert reply.json()["left"] == pytest.approx(1800, abs=5)
    assert hold(lena)["until"] == reply.json()["until"]
    refused(call(web.api("luis"), "renew", {"assignment": task["assignment"]}), 409, "assignment-gone")
    refused(call(lena, "renew", {"assignment": 10**9}), 409, "assignment-gone")
    refused(call(lena, "renew", {"assignment": 0}), 422, "invalid-request")
    refused(call(lena, "renew", {}), 422, "invalid-request")
    with db.transaction():
        db.execute("UPDATE assignment SET served_at = 1")
    refused(call(lena, "renew", {"assignment": task["assignment"]}), 409, "not-renewed")
    call(lena, "submit", answer(task))
    refused(call(lena, "renew", {"assignment": task["assignment"]}), 409, "assignment-gone")


def test_a_lease_that_is_over_is_neither_skipped_nor_given_back(web, lena):
    task = hold(lena)
    refused(call(web.api("luis"), "submit", answer(task)), 409, "assignment-gone")
    run_out(web)
    refused(
        call(lena, "skip", {"assignment": task["assignment"], "reason": "blurred"}), 409, "assignment-gone"
    )
    refused(call(lena, "release", {"assignment": task["assignment"]}), 409, "assignment-gone")
    refused(call(lena, "submit", answer(task, assignment=10**9)), 409, "assignment-gone")
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 0


@pytest.mark.parametrize("label", ["horse", "", "CAT", 7, None, ["cat"], {"choice": "cat"}, True])
def test_a_label_that_is_none_of_the_project_s_is_refused_and_the_lease_stays(lena, label):
    task = hold(lena)
    refused(call(lena, "submit", answer(task, label=label)), 422, "invalid-label")
    assert hold(lena)["assignment"] == task["assignment"]
    assert call(lena, "submit", answer(task)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "short"},
        {"client_id": "x" * 101},
        {"assignment": 0},
        {"assignment": 2**63},
        {"seconds": -1},
        {"seconds": 86_401},
        {"reason": "x" * 2_001},
        {"reason": "zero \x00 byte"},
        {"unknown": 1},
        {"remarks": [{"comment": ""}]},
        {"remarks": [{"comment": "x", "region": {"left": float("nan")}}]},
    ],
    ids=lambda changes: "-".join(f"{key}" for key in changes),
)
def test_odd_requests_are_refused_with_the_field_s_name(lena, changes):
    task = hold(lena)
    reply = call(lena, "submit", answer(task) | changes)
    refused(reply, 422, "invalid-request")
    assert db.row("SELECT COUNT(*) FROM answer")[0] == 0


def test_a_body_that_is_no_json_is_refused(lena):
    for body in (b"", b"{", b"[1]", b'"claim"', b"\xff"):
        reply = lena.generic("POST", "/api/v1/work/pets-1/claim", body, content_type="application/json")
        assert reply.status_code in (400, 422), body
        assert reply.headers["Content-Type"] == PROBLEM


def test_an_answer_is_mended_once_and_paid_once(web, lena):
    stored = call(lena, "submit", answer(hold(lena), next=False)).json()["answer"]
    (last,) = lena.get("/api/v1/work/pets-1/answers").json()["answers"]
    assert (last["answer"], last["label"]) == (stored, "cat")
    said = {"client_id": "mended-1", "label": "dog", "seconds": 2.5}
    replies = [call(lena, f"answers/{stored}/mend", said) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].json() == replies[1].json() == {"answer": stored + 1, "supersedes": stored}
    assert db.rows("SELECT answer_id, cents FROM ledger_entry") == [(stored, 4)]
    assert [one["label"] for one in lena.get("/api/v1/work/pets-1/answers").json()["answers"]] == ["dog"]
    again = call(lena, f"answers/{stored}/mend", {**said, "client_id": "mended-2"})
    assert "a newer one of yours supersedes it" in refused(again, 409, "answer-stands")
    refused(
        call(lena, f"answers/{stored + 1}/mend", {**said, "label": "wombat", "client_id": "mended-3"}),
        422,
        "invalid-label",
    )
    refused(
        call(web.api("luis"), f"answers/{stored}/mend", {**said, "client_id": "mended-4"}), 404, "not-found"
    )
    for odd in ({"label": "dog"}, {**said, "seconds": -1}, {**said, "in_place": True}):
        assert call(lena, f"answers/{stored + 1}/mend", odd).status_code == 422
    assert call(lena, f"answers/{2**70}/mend", said).status_code == 422


def test_an_expert_s_reason_and_remarks_are_kept_with_the_item_once(web, project):
    item = ask_expert(project, "item-013")
    eva = web.api("eva")
    said = answer(
        hold(eva, item="item-013"),
        reason="ears",
        remarks=[{"comment": "here", "region": {"left": 1, "top": 2, "width": 3, "height": 4}}],
    )
    for _ in range(2):
        assert call(eva, "submit", said).status_code == 200
    kept = db.rows("SELECT item_id, comment, region, role FROM feedback ORDER BY id")
    assert [(one[0], one[1], one[3]) for one in kept] == [(item, "ears", "expert"), (item, "here", "expert")]
    assert json.loads(kept[1][2]) == {"left": 1, "top": 2, "width": 3, "height": 4}


# --- skip and release --------------------------------------------------------------------------------


def test_a_skipped_item_is_followed_by_another_one_and_pays_nothing(lena):
    task = hold(lena)
    reply = call(lena, "skip", {"assignment": task["assignment"], "reason": "blurred"})
    assert reply.json()["next"]["item"]["key"] != task["item"]["key"]
    assert db.row("SELECT state, reason FROM assignment ORDER BY id")[:2] == ("skipped", "blurred")
    assert db.row("SELECT COUNT(*) FROM ledger_entry")[0] == 0
    refused(call(lena, "skip", {"assignment": task["assignment"], "reason": ""}), 422, "invalid-request")


def test_a_released_item_waits_again_and_needs_no_answer(lena):
    task = hold(lena)
    reply = call(lena, "release", {"assignment": task["assignment"]})
    assert (reply.status_code, reply.content) == (204, b"")
    assert db.row("SELECT state FROM assignment")[0] == "released"
    refused(call(lena, "release", {"assignment": task["assignment"]}), 409, "assignment-gone")


# --- who ---------------------------------------------------------------------------------------------


def test_a_batch_of_somebody_else_is_as_missing_as_none(place, web, lena):
    missing = refused(call(lena, "claim", {"ahead": 1}, batch="none-1"), 404, "not-found")
    with web_of(place, tenant="elsewhere") as elsewhere:
        stranger = elsewhere.api("sam", LABELLER, EXPERT)
    with web_of(place):
        theirs = refused(call(stranger, "claim", {"ahead": 1}), 404, "not-found")
    assert theirs == missing.replace("none-1", "pets-1")


def test_somebody_who_is_paused_gets_nothing_and_what_they_hold_is_taken(web, project, lena):
    task = hold(lena)
    pause_person(web.actor("otto"), person=person(web, project, "lena").id, reason="too fast", now=NOW)
    assert call(lena, "claim", {"ahead": 1}).json() == {"tasks": []}
    assert call(lena, "submit", answer(task)).json()["next"] is None
    found = lena.get("/api/v1/work/pets-1").json()
    assert (found["state"], found["reason"], found["done"]) == ("paused", "too fast", 1)


def test_a_browser_s_session_needs_the_token_of_the_page(web, project):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(get_user_model().objects.get(pk=web.member("lena").user))
    page = browser.get("/work/pets-1/")
    assert page.status_code == 200
    body, where = json.dumps({"ahead": 1}), "/api/v1/work/pets-1/claim"
    bare = browser.post(where, body, content_type="application/json")
    assert bare.status_code == 403, bare.content
    assert db.row("SELECT COUNT(*) FROM assignment")[0] == 0
    token = str(page.context["csrf_token"])
    wrong = browser.post(where, body, content_type="application/json", headers={"X-CSRFToken": "x" * 64})
    assert wrong.status_code == 403
    reply = browser.post(where, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert reply.status_code == 200
    assert len(reply.json()["tasks"]) == 1
    assert browser.get("/api/v1/work").status_code == 200  # reading needs none


def test_a_key_needs_no_token_and_a_session_beside_a_wrong_key_does_not_count(web, project):
    key = web.key("lena")
    strict = Client(enforce_csrf_checks=True)
    claim = {"data": b'{"ahead": 1}', "content_type": "application/json"}
    reply = strict.post("/api/v1/work/pets-1/claim", **claim, headers={"Authorization": f"Bearer {key}"})
    assert reply.status_code == 200
    reply = strict.post("/api/v1/work/pets-1/claim", **claim, headers={"Authorization": f"Bearer {key}x"})
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"


# --- media -------------------------------------------------------------------------------------------


def test_media_are_served_sandboxed_with_the_type_of_their_content(web, lena):
    url = hold(lena)["item"]["media"]["url"]
    reply = lena.get(url)
    assert reply.status_code == 200
    assert b"".join(reply.streaming_content).startswith(b"\x89PNG")
    assert reply.headers["Content-Type"] == "image/png"  # though it is called .jpg
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "private, max-age=600, immutable"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Content-Disposition"].startswith("inline")


def test_what_is_no_picture_is_only_ever_saved(web, project, lena):
    task = hold(lena)
    path = project.folder / "photos" / f"{task['item']['key']}.jpg"
    path.write_bytes(b"<html><script>alert(1)</script></html>")
    reply = lena.get(task["item"]["media"]["url"])
    assert b"".join(reply.streaming_content).startswith(b"<html>")
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_a_link_opens_for_its_member_only(web, lena):
    url = hold(lena)["item"]["media"]["url"]
    for other in (web.api("luis"), web.page("otto"), web.visitor()):
        assert other.get(url).status_code == 404
    with closing(web.page("lena").get(url)) as reply:
        assert reply.status_code == 200
    assert lena.get(url[:-2] + "xx").status_code == 404
    assert lena.get("/media/..%2F..%2Fetc%2Fpasswd").status_code == 404
