"""The page of people at work: what was found about them, in plain words, and what an operator does about it."""

from dataclasses import replace

import pytest
from tests.support.labelling import at_work, person

from assay.entry.web.administration import operation_pages
from assay.service.workforce.standing_of_people import findings_to_text
from assay.store import db
from assay.store.accounts import sessions_and_second_factors
from assay.store.labelling import project_people

SEEN = "97% of 140 answers are 'cat', whatever the item"
STAMP = "2026-11-20 10:00:00"
ALIKE = "on 40 items of both, 38 answers were the same"


def text(response):
    return response.content.decode()


@pytest.fixture
def project(web, tmp_path):
    """A project in which Lena was found careless, and alike with Luis."""
    found = at_work(web, tmp_path / "pets", items=20)
    lena, luis = person(web, found, "lena"), person(web, found, "luis")
    with db.transaction():
        project_people.save_standing(
            web.installation.scope, [replace(one, link=lena.id) for one in (lena, luis)]
        )
        project_people.save_findings(
            web.installation.scope,
            [
                (lena.id, findings_to_text([("careless", SEEN, ""), ("alike", ALIKE, luis.code)])),
                (luis.id, findings_to_text([("alike", ALIKE, lena.code)])),
            ],
        )
    return found


def test_an_operator_reads_what_was_found_about_whom(web, project):
    lena, luis = person(web, project, "lena"), person(web, project, "luis")
    shown = text(web.page("otto").get("/workforce/"))
    assert "<strong>Careless</strong>: 97% of 140 answers are &#x27;cat&#x27;, whatever the item." in shown
    assert f"<strong>Alike with {luis.code}</strong>: {ALIKE}." in shown
    assert f"Believed to be one person with {lena.code}" in shown
    assert shown.count("Take as themselves") == 2
    assert shown.count(f'formaction="/workforce/{lena.id}/exclude"') == 1


def test_experts_are_not_excluded_and_auditors_only_look(web, project):
    eva = person(web, project, "eva")
    assert f"/workforce/{eva.id}/exclude" not in text(web.page("otto").get("/workforce/"))
    seen = text(web.page("ada").get("/workforce/"))
    assert "<strong>Careless</strong>" in seen
    assert "<form" not in seen.partition("<tbody>")[2].partition("</tbody>")[0]


def test_excluding_says_how_many_answers_are_no_longer_heard_and_the_person_reads_why(web, project):
    lena = person(web, project, "lena")
    otto = web.page("otto")
    said = otto.post(f"/workforce/{lena.id}/exclude", {"reason": "one label for everything"}, follow=True)
    assert "Their 0 answers are no longer heard" in text(said)
    assert person(web, project, "lena").state == "excluded"
    own = text(web.page("lena").get("/my-work/"))
    assert "You are excluded from pets" in own
    assert "one label for everything" in own
    assert "Send the appeal" in own
    back = otto.post(f"/workforce/{lena.id}/resume", follow=True)
    assert back.status_code == 200
    assert (person(web, project, "lena").state, person(web, project, "lena").link) == ("active", 0)


def test_the_api_tells_the_same(web, project):
    lena, luis = person(web, project, "lena"), person(web, project, "luis")
    otto = web.api("otto")
    shown = {one["code"]: one for one in otto.get("/api/v1/workforce").json()["people"]}
    assert shown[lena.code]["findings"][0] == {"kind": "careless", "sentence": SEEN, "other": ""}
    assert shown[lena.code]["linked"] == [luis.code]
    done = otto.send("POST", f"/api/v1/workforce/{lena.id}/exclude", {"reason": "copies"})
    assert (done.status_code, done.json()) == (200, {"answers": 0})
    again = otto.send("POST", f"/api/v1/workforce/{lena.id}/exclude", {"reason": "copies"})
    assert again.status_code == 409
    assert (
        web.api("ada").send("POST", f"/api/v1/workforce/{luis.id}/exclude", {"reason": "x"}).status_code
        == 403
    )


def test_people_at_one_address_with_one_browser_are_named_beside_each_other(web, project):
    with db.transaction():
        for name, address in (("lena", "192.0.2.7"), ("luis", "192.0.2.7"), ("eva", "192.0.2.8")):
            db.execute(
                "INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [web.member(name).user, STAMP, address, STAMP, f"session-of-{name}", "Browser/1", "{}"],
            )
    assert sessions_and_second_factors.on_one_device(web.installation.scope) == [
        (web.member("lena").id, web.member("luis").id)
    ]
    shown = {one["code"]: one for one in web.api("otto").get("/api/v1/workforce").json()["people"]}
    luis = person(web, project, "luis").code
    assert shown[person(web, project, "lena").code]["same_device"] == [luis]
    assert shown[person(web, project, "eva").code]["same_device"] == []
    assert f"Same address and browser as {luis}" in text(web.page("otto").get("/workforce/"))


@pytest.mark.usefixtures("project")
def test_people_come_some_at_a_time_and_those_of_demonstrations_apart(web, monkeypatch):
    monkeypatch.setattr(operation_pages, "PEOPLE_SHOWN", 1)
    otto = web.page("otto")
    first = text(otto.get("/workforce/"))
    assert first.count("<form") <= 4
    assert ("?from=1" in first, "First page" in first) == (True, False)
    second = text(otto.get("/workforce/", {"from": "1"}))
    assert ('?from=1"' in second, "First page" in second) == (False, True)
    for odd in ("99999999999", "-1", "x", ""):
        assert otto.get("/workforce/", {"from": odd}).status_code == 200
    assert "Real people at work" in text(otto.get("/workforce/?simulated"))
