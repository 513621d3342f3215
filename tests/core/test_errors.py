import dataclasses
import string

import pytest
from tools.reference import error_classes

from assay.core.errors import (
    AssayError,
    BadLine,
    InputError,
    NotAllowed,
    NotFound,
    NotPermitted,
    UnknownMember,
)

EVERY = error_classes()


def sentence(error: type[AssayError]) -> str:
    return " ".join((error.__doc__ or "").split("\n\n", maxsplit=1)[0].split())


def fields(error: type[AssayError]) -> dict[str, dataclasses.Field]:
    known = dataclasses.fields(error) if dataclasses.is_dataclass(error) else ()
    return {field.name: field for field in known}


def made(error: type[AssayError]) -> AssayError:
    return error(**{name: f"<{name}>" for name in fields(error)})


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_every_error_is_a_sentence_made_of_its_own_facts(error):
    assert error.__doc__ is not None
    assert "__doc__" in vars(error)
    assert sentence(error).endswith(".")
    facts = {
        name.split(".")[0].split("[")[0]
        for _, name, _, _ in string.Formatter().parse(sentence(error))
        if name
    }
    assert facts <= set(fields(error)), f"{error.__name__} has no fields {facts - set(fields(error))}"


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_every_error_can_be_told_and_is_spelled_out_completely(error):
    told = str(made(error))
    assert told
    assert "{" not in told
    assert "\n" not in told


@pytest.mark.parametrize("error", EVERY, ids=lambda error: error.__name__)
def test_every_error_has_an_exit_code_of_the_command_line(error):
    assert error.exit_code in range(1, 10)
    if issubclass(error, InputError):
        assert error.exit_code == 2


def test_no_two_errors_share_a_name():
    names = [error.__name__ for error in EVERY]
    assert len(names) == len(set(names))


def test_the_facts_stand_in_the_sentence():
    assert str(NotFound(noun="batch", key="7")) == "There is no batch '7'."
    assert str(BadLine(path="a.csv", line=3, reason="no id")) == "a.csv, line 3: no id."
    assert (
        str(UnknownMember(kind="format", name="xls", known="csv, jsonl"))
        == "There is no format 'xls'; known are: csv, jsonl."
    )
    assert (
        str(NotAllowed(noun="batch", state="Accepted", verb="pause", possible="prepare the delivery"))
        == "A batch that is 'Accepted' cannot pause; from there it can: prepare the delivery."
    )
    assert str(NotPermitted(actor="ada", roles="labeller", verb="accept")) == "ada (labeller) may not accept."


def test_facts_with_braces_are_taken_literally():
    assert str(NotFound(noun="item", key="{0} {noun} %s")) == "There is no item '{0} {noun} %s'."
