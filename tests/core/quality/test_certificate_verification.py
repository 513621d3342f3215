import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.deliveries import certificate_of, differs, drawn, enough_checks, frozen_labels, verdicts_on

from assay.core.quality.certificate import delivered_labels
from assay.core.quality.certificate_statement import read_claims
from assay.core.quality.certificate_verification import verify_statement

FROZEN = frozen_labels()
WRONG = (3, 30)
CERTIFICATE = certificate_of(FROZEN, verdicts_on(FROZEN, wrong=WRONG, checks=enough_checks(200, wrong=WRONG)))
STATEMENT = CERTIFICATE.statement()
CONTROL = {"control-0": "water", "control-1": "cola"}
DELIVERED = delivered_labels(FROZEN, CERTIFICATE.sample) | CONTROL


def verify(statement=STATEMENT, frozen=FROZEN, delivered=None):
    files = {"labels.csv": DELIVERED} if delivered is None else delivered
    found = verify_statement(statement=statement, frozen=frozen, delivered=files, loss=differs)
    return [f"{one.about}: {one.sentence}" for one in found]


def changed(**values):
    return {**copy.deepcopy(STATEMENT), **values}


def with_line(place, /, **values):
    statement = copy.deepcopy(STATEMENT)
    statement["sample"][place].update(values)
    return statement


def said(findings, *parts):
    assert any(all(part in finding for part in parts) for finding in findings), findings


def test_an_honest_certificate_has_no_finding():
    assert verify() == []


def test_one_changed_delivered_label_is_named_with_its_item_and_file():
    key = drawn(FROZEN)[150]
    label = DELIVERED[key]
    other = "water" if label != "water" else "cola"
    found = verify(delivered={"labels.csv": DELIVERED, "labels.jsonl": DELIVERED | {key: other}})
    assert found == [
        f"labels: labels.jsonl: item '{key}' is '{other}', but '{label}' was frozen and no correction explains the change"
    ]


def test_a_correction_that_was_not_delivered_is_named():
    key = drawn(FROZEN)[3]
    said(
        verify(delivered={"labels.csv": DELIVERED | {key: FROZEN[key]}}),
        "labels.csv",
        key,
        "the audit corrected it",
    )


def test_a_changed_frozen_label_is_named():
    key = drawn(FROZEN)[190]
    found = verify(frozen=FROZEN | {key: "=juice" if FROZEN[key] != "=juice" else "cola"})
    said(found, "one of them was changed")
    said(found, key, "no correction explains")


def test_a_changed_verdict_is_named_whether_or_not_its_loss_was_changed_too():
    wrong = drawn(FROZEN)[3]
    said(
        verify(with_line(3, verdict=FROZEN[wrong])),
        f"item '{wrong}' (position 3)",
        "is a loss of 0, but 1 is stated",
    )
    hidden = with_line(3, verdict=FROZEN[wrong], correction=None, loss=0.0)
    found = verify(hidden)
    said(found, "the number of errors found is stated as 2, but the sample gives 1")
    said(found, "the certified bound is stated")
    said(found, f"item '{wrong}'", "no correction explains")


def test_an_omitted_error_is_named_by_its_position():
    statement = copy.deepcopy(STATEMENT)
    del statement["sample"][3]
    said(verify(statement), "sample line 3 states position 4: a judgement was left out")
    for place, line in enumerate(statement["sample"]):
        line["position"] = place
    said(verify(statement), "position 3 of the sample", f"'{drawn(FROZEN)[3]}' was drawn")


def test_another_n_is_named():
    said(verify(changed(items=400)), "N is stated as 400, but there are 200 frozen labels")
    fewer = {key: label for key, label in FROZEN.items() if key != drawn(FROZEN)[199]}
    said(verify(frozen=fewer), "N is stated as 200, but there are 199")


def test_another_seed_nonce_or_commitment_is_named():
    said(verify(changed(seed="00" * 32)), "the seed is stated as 0000")
    said(verify(changed(nonce="08" * 16)), "not the one that was committed to")
    said(verify(changed(nonce="zz")), "not hexadecimal")
    chosen = certificate_of(FROZEN, verdicts_on(FROZEN, checks=80)).statement() | {
        "nonce_commitment": "00" * 32
    }
    said(verify(chosen), "not the one that was committed to")


def test_another_attempt_is_named_even_with_its_own_risk():
    said(verify(changed(attempt=2)), "attempt 2", "may spend a risk of 0.0125, but 0.05 is stated")
    found = verify(changed(attempt=2, delta_spent=0.0125))
    said(found, "the certified bound")
    said(found, "the outcome is stated as 'certified', but it is 'open'")
    said(verify(changed(attempt=1, delta_spent=0.2)), "may spend a risk of 0.05")


@pytest.mark.parametrize(
    ("name", "value", "noun"),
    [
        ("certified_bound", 0.001, "the certified bound is stated as 0.001"),
        ("process_error_bound", 0.001, "the bound before correction"),
        ("wealth", 99.0, "the wealth"),
        ("errors_found", 0, "the number of errors found"),
        ("loss_found", 0.0, "the loss found"),
        ("outcome", "open", "the outcome"),
        ("certified", False, "the batch is certified by its sample"),
        ("allowed", 0.2, "0.95 right allows 0.05 errors, not 0.2"),
        ("delivered_digest", "00", "with their corrections do not have the stated digest"),
        ("labels_digest", "00", "do not have the stated digest"),
        ("judgements_reused", 9, "judgements used again"),
        ("audit_agreement", {"twice_judged": 3, "agreed": 0, "share": 0.0}, "judged twice"),
        ("control_items", 0, "2 items beside the batch, but 0 control items"),
        ("demonstration", True, "which 'demonstration' contradicts"),
        ("workforce", "simulated", "which 'demonstration' contradicts"),
    ],
)
def test_any_other_changed_figure_is_named(name, value, noun):
    said(verify(changed(**{name: value})), noun)


def test_missing_and_added_items_are_named():
    key = drawn(FROZEN)[100]
    fewer = {one: label for one, label in DELIVERED.items() if one != key}
    said(verify(delivered={"labels.csv": fewer}), f"labels.csv: item '{key}' is missing")
    said(
        verify(delivered={"labels.csv": DELIVERED | {"sneaked": "cola"}}),
        "item 'sneaked' is not of the batch",
    )


def test_many_differences_are_named_in_part_and_counted():
    found = verify(delivered={"labels.csv": dict.fromkeys(DELIVERED, "nothing")})
    assert 20 < len(found) < 30
    said(found, "more labels differ")


def test_a_label_that_cannot_be_compared_is_named():
    def strict(a, b):
        if "???" in (a, b):
            raise ValueError("'???' is no label")
        return differs(a, b)

    found = verify_statement(
        statement=with_line(5, verdict="???"), frozen=FROZEN, delivered={"x": DELIVERED}, loss=strict
    )
    assert [one.about for one in found] == ["label"]
    assert "position 5" in found[0].sentence


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.none(), max_size=2)
)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(STATEMENT)), value=JUNK)
def test_whatever_stands_in_a_statement_is_answered_with_findings(name, value):
    found = verify(changed(**{name: value}))
    informal = (
        "version",
        "project",
        "batch",
        "task",
        "method",
        "files",
        "issued_at",
        "says_not",
        "auditors",
        "labels",
        "set_aside",
    )
    # Who answered is in nothing that is delivered: the signature vouches for it.
    independence = name == "independent" and isinstance(value, bool)
    assert found or value == STATEMENT[name] or name in informal or independence


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(STATEMENT["sample"][0])), place=st.integers(0, 79), value=JUNK)
def test_whatever_stands_in_a_sample_line_is_answered_with_findings(name, place, value):
    found = verify(with_line(place, **{name: value}))
    assert found or value == STATEMENT["sample"][place][name] or name in ("fresh", "second")


def test_a_statement_from_before_says_that_more_than_one_person_looked():
    before = {key: value for key, value in STATEMENT.items() if key != "independent"}
    assert verify(before) == []
    claims = read_claims(before)
    assert claims.independent
    said(verify(changed(independent="yes")), "'independent' is of the wrong kind")


@pytest.mark.parametrize("name", sorted(set(STATEMENT) - {"independent"}))
def test_a_statement_that_lacks_something_is_refused(name):
    said(verify({key: value for key, value in STATEMENT.items() if key != name}), f"lacks '{name}'")
