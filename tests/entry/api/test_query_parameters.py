"""Only the parameters that an operation names are taken; others are refused by name, and nothing is guessed."""

import pytest

from assay.entry.api.query_parameters import _KNOWN

BASE = "/api/v1"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/projects?serch=x", "no parameter 'serch' here (did you mean 'search'?); known are: cursor, limit"),
        ("/projects?limit=2&tenant=7", "no parameter 'tenant' here"),
        ("/me?fields=secret", "no parameter 'fields' here; known are: none."),
        ("/work?limit=1", "no parameter 'limit' here"),
        ("/nowhere?x=1", None),
    ],
)
def test_unknown_parameters_are_refused_by_name(web, path, said):
    for client in (web.api("olga", "requester", "labeller", "operator"), web.page("olga")):
        reply = client.get(BASE + path)
        if said is None:
            assert reply.status_code == 404
            continue
        assert (reply.status_code, reply.json()["type"]) == (422, "urn:assay:error:unknown-parameter")
        assert said in reply.json()["detail"]


def test_known_parameters_are_taken_and_changes_take_none(web):
    rita = web.api("rita")
    assert rita.get(f"{BASE}/projects?limit=2&search=x").status_code == 200
    assert rita.send("POST", f"{BASE}/drafts?intake=x", {}).status_code == 422
    assert rita.get(f"{BASE}/drafts").json()["drafts"] == []


def test_the_document_takes_no_parameters(web):
    reply = web.visitor().get(f"{BASE}/openapi.json?x=1")
    assert (reply.status_code, reply.json()["type"]) == (422, "urn:assay:error:unknown-parameter")


def test_every_operation_is_known():
    assert len(_KNOWN) > 60
    assert _KNOWN[("api/v1/batches/<batch>/items", "GET")] >= {"limit", "cursor"}
