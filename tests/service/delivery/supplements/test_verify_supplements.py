"""A supplement is checked with its certificate: whatever does not hold of it is named, with the folder it lies in."""

import json
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.deliveries import deliver

from assay.core.labels.label_values import Choice
from assay.core.quality.supplement import Supplement
from assay.service.delivery.supplements.write_supplement import (
    delivered_statement,
    name_of_statement,
    write_supplement,
)
from assay.service.delivery.verify_certificate import CheckedSupplement, Result, verify_certificate
from assay.service.trail.signatures import load_or_create_key

PLACE = "supplements/1"


def add_supplement(folder, delivery, *, formats=("parquet", "label_studio"), items=None, key=None, **changes):
    """Write a supplement beside a delivery, as the pipeline does, or with something that is not as it does it."""
    statement = delivered_statement(folder, batch="batch-1", key=delivery.key)
    said = Supplement(
        version="0.1.0",
        project=statement["project"],
        batch=statement["batch"],
        number=1,
        certificate=name_of_statement(statement),
        delivered_digest=statement["delivered_digest"],
        formats=formats,
        files=(),
        demonstration=statement["demonstration"],
        issued_at="2026-11-25T08:00:00",
    )
    (folder / "supplements").mkdir(exist_ok=True)
    write_supplement(
        folder=folder / "supplements" / str(changes.pop("place", 1)),
        supplement=replace(said, **changes),
        labelled=delivery.content.items if items is None else items,
        naming=delivery.content.naming,
        items=statement["items"],
        control_items=statement["control_items"],
        key=key or delivery.key,
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return deliver(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def original(bare, tmp_path_factory):
    folder = shutil.copytree(bare.folder, tmp_path_factory.mktemp("original") / "delivery")
    add_supplement(folder, bare)
    return replace(bare, folder=folder)


@pytest.fixture
def folder(original, tmp_path):
    return shutil.copytree(original.folder, tmp_path / "delivery")


@pytest.fixture
def alone(bare, tmp_path):
    """A delivery without a supplement."""
    return shutil.copytree(bare.folder, tmp_path / "delivery")


def sentences(folder, trusted=None):
    found = verify_certificate(folder, trusted=trusted)
    assert found.result is Result.FAILED
    return [finding.sentence for finding in found.findings]


def said(findings, *parts):
    assert any(all(part in finding for part in parts) for finding in findings), findings


def test_certificate_and_supplements_are_verified_together(folder, original):
    add_supplement(folder, original, formats=("augmented_manifest",), number=2, place=2)
    found = verify_certificate(folder, trusted=original.key.fingerprint)
    assert (found.result, found.findings) == (Result.VERIFIED, ())
    assert found.supplements == (
        CheckedSupplement(1, ("parquet", "label_studio")),
        CheckedSupplement(2, ("augmented_manifest",)),
    )


def test_the_supplement_of_a_demonstration_is_signed_by_the_demonstration_key(tmp_path):
    delivery = deliver(tmp_path, workforce="simulated")
    add_supplement(delivery.folder, delivery)
    found = verify_certificate(delivery.folder, trusted=delivery.key.fingerprint)
    assert (found.result, found.findings) == (Result.DEMONSTRATION, ())


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"batch": "batch-2"}, ("it is about another batch", "'batch-2'")),
        ({"project": "others"}, ("it is about another project",)),
        ({"certificate": "ab" * 32}, ("it names another certificate",)),
        ({"delivered_digest": "ab" * 32}, ("it is about other labels",)),
        ({"demonstration": True}, ("a demonstration",)),
        ({"number": 2}, ("states the number 2, but lies in folder 1",)),
        ({"formats": ("parquet",), "number": 7}, ("states the number 7",)),
    ],
)
def test_a_signed_statement_about_something_else_is_named(alone, bare, changes, parts):
    add_supplement(alone, bare, **changes)
    said(sentences(alone), f"{PLACE}: ", *parts)


def test_another_key_than_the_certificates_is_named(alone, bare, tmp_path):
    other = load_or_create_key(tmp_path / "other.pem")
    add_supplement(alone, bare, key=other)
    said(sentences(alone, bare.key.fingerprint), f"{PLACE}: it is signed by the key {other.fingerprint}")


def test_a_statement_changed_without_signing_it_again_is_named(folder):
    path = folder / PLACE / "supplement.json"
    whole = json.loads(path.read_bytes())
    whole["statement"]["issued_at"] = "2026-11-26T08:00:00"
    path.write_text(json.dumps(whole))
    said(sentences(folder), f"{PLACE}: the signature does not fit")


def test_labels_that_are_not_the_delivered_ones_are_named_though_signed(alone, bare):
    items = list(bare.content.items)
    place = next(n for n, item in enumerate(items) if item.key == "shelf-0150")
    items[place] = replace(items[place], value=Choice("water"))
    add_supplement(alone, bare, items=items)
    found = sentences(alone)
    for name in ("labels.parquet", "labels.label_studio.json"):
        said(found, f"{PLACE}: {name}: item 'shelf-0150' is 'water', but 'cola' was frozen")


def test_a_changed_missing_or_added_file_is_named(folder):
    place = folder / PLACE
    (place / "labels.parquet").write_bytes((place / "labels.parquet").read_bytes() + b"\n")
    next(place.glob("labels.label*")).unlink()
    (place / "more.csv").write_text("item,label\n")
    found = sentences(folder)
    said(found, f"{PLACE}: 'labels.parquet' was changed", "the supplement states")
    said(found, f"{PLACE}: ", "is missing")
    said(found, f"{PLACE}: the supplement does not vouch for 'more.csv'")


def test_a_format_without_a_file_is_named(alone, bare):
    add_supplement(alone, bare, formats=("parquet",))
    path = alone / PLACE / "supplement.json"
    statement = json.loads(path.read_bytes())["statement"] | {"formats": ["parquet", "csv", "of tomorrow"]}
    path.write_text(json.dumps(bare.key.signed(statement)))
    found = sentences(alone)
    said(found, "it names the format csv, but holds no 'labels.csv'")
    said(found, "this version knows no format 'of tomorrow'")


@pytest.mark.parametrize("name", ["0", "01", "one", "٣"])
def test_what_is_no_supplement_has_no_place_among_them(folder, name):
    (folder / "supplements" / name).mkdir()
    said(sentences(folder), f"'supplements/{name}' is no folder of a supplement")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is not JSON"),
        ("[]", "it is not an object"),
        ('{"statement": {}}', "it holds no 'signature'"),
        ('{"statement": {}, "signature": {}}', "the statement lacks 'layout'"),
    ],
)
def test_a_statement_that_cannot_be_read_is_named(folder, text, part):
    (folder / PLACE / "supplement.json").write_text(text)
    said(sentences(folder), f"{PLACE}: ", part)


def test_the_certificate_itself_does_not_vouch_for_supplements(folder, original):
    shutil.rmtree(folder / "supplements")
    found = verify_certificate(folder, trusted=original.key.fingerprint)
    assert (found.result, found.supplements) == (Result.VERIFIED, ())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), mask=st.integers(1, 255), which=st.integers(0, 1))
def test_one_changed_byte_of_a_label_file_is_always_found(folder, place, mask, which):
    path = sorted((folder / PLACE).glob("labels.*"))[which]
    whole = path.read_bytes()
    where = place % len(whole)
    path.write_bytes(whole[:where] + bytes([whole[where] ^ mask]) + whole[where + 1 :])
    try:
        found = sentences(folder)
    finally:
        path.write_bytes(whole)
    said(found, f"{PLACE}: '{path.name}' was changed")
