import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.deliveries import (
    LABELS,
    NONCE,
    certificate_of,
    differs,
    drawn,
    enough_checks,
    frozen_labels,
    verdicts_on,
)

from assay.core.ids import canonical, digest_of_labels
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.quality.betting_martingale import Outcome
from assay.core.quality.certificate import AuditVerdict, NothingToCertify, SampleNotDrawn, delivered_labels
from assay.core.quality.sample_draw import commitment

FROZEN = frozen_labels()


def test_a_clean_sample_certifies_and_the_bound_is_below_the_target():
    checks = enough_checks(200, wrong=())
    certificate = certificate_of(FROZEN, verdicts_on(FROZEN, checks=checks))
    assert certificate.certified
    assert certificate.figures.certified_bound == certificate.figures.process_error_bound <= 0.05
    assert not certificate_of(FROZEN, verdicts_on(FROZEN, checks=checks - 1)).certified


def test_errors_found_and_corrected_lower_the_bound_as_delivered_by_their_share():
    wrong = (3, 30)
    certificate = certificate_of(
        FROZEN, verdicts_on(FROZEN, wrong=wrong, checks=enough_checks(200, wrong=wrong))
    )
    figures = certificate.figures
    assert figures.errors_found == 2
    assert figures.certified_bound == pytest.approx(figures.process_error_bound - 2 / 200)
    keys = drawn(FROZEN)
    delivered = delivered_labels(FROZEN, certificate.sample)
    assert {key for key in FROZEN if delivered[key] != FROZEN[key]} == {keys[3], keys[30]}
    assert certificate.delivered_digest == digest_of_labels(delivered.items())


def test_an_error_that_is_not_corrected_stays_in_the_bound():
    verdicts = verdicts_on(FROZEN, wrong=(3,), checks=150)
    kept = [AuditVerdict(key=one.key, verdict=one.verdict) for one in verdicts]
    figures = certificate_of(FROZEN, kept).figures
    assert figures.certified_bound == figures.process_error_bound


def test_too_many_errors_cannot_be_certified():
    certificate = certificate_of(FROZEN, verdicts_on(FROZEN, wrong=tuple(range(11)), checks=60))
    assert certificate.figures.standing.outcome is Outcome.IMPOSSIBLE
    assert not certificate.certified


def test_judging_everything_leaves_nothing_uncertain():
    certificate = certificate_of(FROZEN, verdicts_on(FROZEN, wrong=(0, 1), checks=200))
    assert certificate.figures.process_error_bound == 2 / 200
    assert certificate.figures.certified_bound == 0.0


def test_a_sample_that_was_not_drawn_is_refused_with_its_position():
    verdicts = verdicts_on(FROZEN, checks=20)
    with pytest.raises(SampleNotDrawn, match="at position 4"):
        certificate_of(FROZEN, verdicts[:4] + verdicts[5:])
    with pytest.raises(SampleNotDrawn, match="drawn was 'nothing'"):
        certificate_of(FROZEN, [*verdicts_on(FROZEN, checks=200), AuditVerdict(key="more", verdict="water")])
    with pytest.raises(NothingToCertify, match="batch-1"):
        certificate_of({}, [])


def test_a_later_attempt_spends_less_risk_and_needs_more_checks():
    assert [delta_of_attempt(0.05, r) for r in (1, 2, 3)] == [0.05, 0.0125, 0.00625]
    verdicts = verdicts_on(FROZEN, checks=enough_checks(200, wrong=()))
    assert not certificate_of(FROZEN, verdicts, attempt=2).certified


def test_the_statement_says_everything_that_is_needed_to_derive_it_again():
    verdicts = verdicts_on(FROZEN, wrong=(3,), checks=150)
    statement = certificate_of(FROZEN, verdicts, workforce="simulated").statement()
    assert json.loads(canonical(statement)) == statement
    assert statement["items"] == 200
    assert statement["labels"] == list(LABELS)
    assert statement["nonce"] == NONCE.hex()
    assert statement["nonce_commitment"] == commitment(NONCE)
    assert statement["demonstration"] is True
    assert statement["sample"][3] == {
        "position": 3,
        "item": drawn(FROZEN)[3],
        "frozen": FROZEN[drawn(FROZEN)[3]],
        "verdict": verdicts[3].verdict,
        "correction": verdicts[3].verdict,
        "loss": 1.0,
        "fresh": True,
        "second": None,
    }
    assert statement["audit_agreement"] == {"twice_judged": 15, "agreed": 15, "share": 1.0}
    assert len(statement["says_not"]) == 4


def test_agreement_and_reuse_are_counted():
    first, *rest = verdicts_on(FROZEN, checks=40)
    other = "water" if first.verdict != "water" else "cola"
    verdicts = [AuditVerdict(key=first.key, verdict=first.verdict, second=other, fresh=False), *rest]
    figures = certificate_of(FROZEN, verdicts).figures
    assert (figures.twice_judged, figures.agreed, figures.reused) == (4, 3, 1)


def test_an_extreme_wealth_is_still_json():
    frozen = frozen_labels(3000)
    certificate = certificate_of(frozen, verdicts_on(frozen, checks=3000), right=0.6)
    assert json.loads(canonical(certificate.statement()))["wealth"] <= 1e300


@settings(max_examples=40, deadline=None)
@given(
    labels=st.lists(st.sampled_from(LABELS), min_size=1, max_size=60),
    wrong=st.sets(st.integers(0, 59)),
    checks=st.integers(0, 60),
)
def test_bounds_never_fall_below_what_was_seen_and_corrections_never_raise_them(labels, wrong, checks):
    frozen = {f"k{number}": label for number, label in enumerate(labels)}
    verdicts = verdicts_on(frozen, wrong=tuple(wrong), checks=checks)
    figures = certificate_of(frozen, verdicts).figures
    seen = sum(differs(frozen[one.key], one.verdict) for one in verdicts)
    assert seen / len(frozen) - 1e-12 <= figures.process_error_bound <= 1.0
    assert 0.0 <= figures.certified_bound <= figures.process_error_bound
