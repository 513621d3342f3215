"""Whoever mistypes a name is told the right one: every registry and table of names, at the shell and below it."""

import importlib

import httpx
import pytest
from tests.support.projects import submit, write_project

from assay.client import connect
from assay.core.errors import NotFound, UnknownKey, UnknownMember
from assay.core.project.intake_keys import KEYS
from assay.entry.cli.commands import COMMANDS
from assay.entry.cli.jobs import commands_on_a_server
from assay.entry.cli.main import main, parser_of
from assay.formats import FORMATS
from assay.providers.prelabel import PRELABELLERS
from assay.providers.suggest import SUGGESTERS
from assay.service.accounts.names_and_addresses import GIVEN_ROLES
from assay.service.batches.names_alike import with_name_alike
from assay.service.examples import EXAMPLES, find_example
from assay.service.intake.data_source import FORMAT_NAMES, format_called
from assay.tasktypes import TASK_TYPES


def slipped(name):
    """Return a name as a finger that slips writes it: one letter in the middle twice."""
    middle = len(name) // 2
    return name[:middle] + name[middle] + name[middle:]


REGISTRIES = [TASK_TYPES, FORMATS, PRELABELLERS, SUGGESTERS]


@pytest.mark.parametrize(
    ("registry", "name"), [(registry, name) for registry in REGISTRIES for name in registry.names()]
)
def test_every_member_of_every_registry_is_found_again(registry, name):
    with pytest.raises(UnknownMember) as problem:
        registry.get(slipped(name))
    assert f"'{slipped(name)}' (did you mean '{name}'?); known are: " in str(problem.value)


@pytest.mark.parametrize("name", [one.name for one in EXAMPLES])
def test_every_example_is_found_again(name):
    with pytest.raises(UnknownMember, match=f"did you mean '{name}'"):
        find_example(slipped(name))


@pytest.mark.parametrize("name", sorted({*FORMAT_NAMES, *FORMATS.names()}))
def test_every_word_for_a_format_of_an_intake_is_found_again(name):
    with pytest.raises(UnknownMember, match=f"did you mean '{name}'"):
        format_called(slipped(name))


@pytest.mark.parametrize(
    ("section", "key"), [(section, key) for section, keys in KEYS.items() for key in keys]
)
def test_every_key_of_an_intake_is_found_again(section, key):
    wrong = slipped(key)
    where = f"{section}.{wrong}".lstrip(".")
    said = str(UnknownKey(where="intake.yaml, line 2", key=where, known=", ".join(KEYS[section])))
    assert f"unknown key '{where}' (did you mean '{key}'?); known are: " in said


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_and_each_of_its_options_is_found_again(command, capsys):
    assert main([*slipped(command.name).split(), "x"]) == 2
    assert f"(did you mean '{command.name}'?)" in capsys.readouterr().err
    options = parser_of(command, importlib.import_module(command.module)).options()
    assert "--help" in options
    for option in options:
        with pytest.raises(SystemExit) as ended:
            main([*command.name.split(), slipped(option)])
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert f"there is no option {slipped(option)} (did you mean '{option}'?)" in said


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_every_role_is_found_again(role, capsys):
    with pytest.raises(SystemExit):
        main(["invite", "rita@example.org", "--role", slipped(role)])
    assert f"(did you mean '{role}'?)" in capsys.readouterr().err


def test_the_value_of_an_option_and_what_follows_two_dashes_are_no_options(capsys):
    with pytest.raises(SystemExit):
        main(["accept", "--", "--hom", "x"])
    assert "there is no option" not in capsys.readouterr().err


# --- names of one's own -------------------------------------------------------------------------------


def test_a_batch_a_project_and_a_person_are_found_again_by_whoever_may_see_them(
    installation, cast, strangers, tmp_path
):
    project = submit(installation, write_project(tmp_path / "project"))
    for noun, name in (("batch", project.batch.name), ("project", project.row.name)):
        problem = NotFound(noun=noun, key=slipped(name))
        said = str(with_name_alike(cast.rita, problem))
        assert said == f"There is no {noun} '{slipped(name)}' (did you mean '{name}'?)."
        assert str(with_name_alike(strangers.rita, problem)) == str(problem)
        assert str(with_name_alike(cast.lena, problem)) == str(problem)


def test_the_name_of_a_batch_on_a_server_is_found_again(monkeypatch, capsys, tmp_path):
    def server(request):
        path = request.url.path
        if path.endswith("/projects"):
            return httpx.Response(
                200, json={"projects": [{"name": "shelf-photos", "status": "x"}], "next": None}
            )
        if path.endswith("/projects/shelf-photos/summary"):
            row = dict.fromkeys(("total", "completed", "remaining", "failed", "spent"), 0)
            return httpx.Response(
                200, json=[{**row, "batch": "shelf-photos-1", "project": "shelf-photos", "batch_status": "x"}]
            )
        return httpx.Response(
            404, json={"detail": "There is no such thing.", "type": "urn:assay:error:not-found"}
        )

    transport = httpx.MockTransport(server)
    monkeypatch.setattr(
        commands_on_a_server,
        "connect",
        lambda url, key: connect(url, key=key, progress=False, transport=transport),
    )
    monkeypatch.setenv("ASSAY_KEY", "assay_a_b")
    assert main(["accept", "shelf-photo-1", "--server", "http://assay.test"]) == 4
    assert "no such thing (did you mean 'shelf-photos-1'?)." in capsys.readouterr().err
    assert main(["approve", "shelf-photo", "--server", "http://assay.test"]) == 4
    assert "(did you mean 'shelf-photos'?)" in capsys.readouterr().err
