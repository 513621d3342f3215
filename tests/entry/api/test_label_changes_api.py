"""Labels change over the API: with the client and with the command on a server, once for each request."""

import json

import httpx
import pytest
from tests.support.labelling import answer, at_work

from assay.client import Refused, connect
from assay.conf.wsgi import application
from assay.entry.cli import main
from assay.entry.cli.jobs import commands_on_a_server

pytestmark = pytest.mark.database


@pytest.fixture
def client(web):
    """Rita's client; it speaks to the site in this very process."""
    transport = httpx.WSGITransport(app=application)
    with connect("http://testserver", key=web.key("rita"), progress=False, transport=transport) as found:
        yield found


@pytest.fixture
def pets(web, tmp_path):
    """A project of three people with some answers."""
    project = at_work(web, tmp_path, crew=("lena", "luis", "eva"))
    for name in ("lena", "luis"):
        answer(web, project, name, label="cat")
    return project


def test_labels_are_renamed_once_for_each_request_and_shown_with_their_ids(client, pets):
    told = client.foretell_label_change("pets", "rename", ["cat"], ["kitten"])
    assert told["sentence"] == "'cat' is called 'kitten'"
    assert told["batches"][0] | {"renamed": 0} == {
        "batch": "pets-1",
        "follows": True,
        "renamed": 0,
        "reopened": 0,
        "controls": 0,
        "least": 0,
        "most": 0,
    }
    for _ in range(2):
        made = client.change_labels("pets", "rename", ["cat"], ["kitten"], reason="why", request_id="r-1")
        assert made == 2
    found = client.labels("pets")
    assert [(one["number"], one["name"]) for one in found.labels] == [(0, "kitten"), (1, "dog"), (2, "hen")]
    assert [(one["version"], one["sentence"]) for one in found.changes] == [(2, told["sentence"])]
    assert found.batches == [{"batch": "pets-1", "version": 1}], "until a worker comes to it"
    pets.run(most_steps=1)
    assert client.labels("pets").batches == [{"batch": "pets-1", "version": 2}]
    with pytest.raises(Refused, match="'cat' is called 'kitten' now"):
        client.change_labels("pets", "retire", ["cat"], reason="why")


def test_the_command_changes_labels_on_a_server(web, client, pets, monkeypatch, capsys):
    monkeypatch.setattr(commands_on_a_server, "_client", lambda _: connect_again(web))
    at = ("--server", "http://testserver")
    why = ("--reason", "the guide says so")
    assert (
        main.main(["labels", "pets", "split", "cat", "--as", "kitten", "--as", "tom", "--dry-run", *at]) == 0
    )
    assert "'cat' was split into 'kitten', 'tom'; nothing is changed yet" in capsys.readouterr().out
    assert main.main(["labels", "pets", "add", "cow", "--help-text", "says moo", *why, *at]) == 0
    assert main.main(["labels", "pets", "merge", "dog", "hen", "--as", "hen", *why, *at]) == 0
    assert "pets: version 3 of its labels" in capsys.readouterr().out
    assert main.main(["labels", "pets", "--json", *at]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [(one["number"], one["name"], one["help"]) for one in shown["labels"]] == [
        (0, "cat", ""),
        (2, "hen", ""),
        (3, "cow", "says moo"),
    ]


def connect_again(web):
    transport = httpx.WSGITransport(app=application)
    return connect("http://testserver", key=web.key("rita"), progress=False, transport=transport)
