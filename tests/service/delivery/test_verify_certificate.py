import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.deliveries import deliver, differs

from assay.core.ids import canonical
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.trail.signatures import load_or_create_key


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return deliver(tmp_path_factory.mktemp("original"))


@pytest.fixture
def folder(original, tmp_path):
    return shutil.copytree(original.folder, tmp_path / "delivery")


def sentences(folder, trusted=None):
    found = verify_certificate(folder, trusted=trusted)
    assert found.result is Result.FAILED
    return [finding.sentence for finding in found.findings]


def said(findings, *parts):
    assert any(all(part in finding for part in parts) for finding in findings), findings


def restate(folder, change, key=None):
    """Change the certificate; signed again with a key, or not at all."""
    path = folder / "certificate.json"
    whole = json.loads(path.read_bytes())
    change(whole["statement"])
    if key is not None:
        signature = key.sign(canonical(whole["statement"]))
        whole["signature"] |= {
            "public_key": signature.public_key,
            "fingerprint": signature.fingerprint,
            "value": signature.value,
        }
    path.write_text(json.dumps(whole))


def test_a_delivery_is_verified_with_a_trusted_key_and_known_as_unknown_without(original):
    trusted = verify_certificate(original.folder, trusted=original.key.fingerprint)
    assert (trusted.result, trusted.findings, trusted.certified) == (Result.VERIFIED, (), True)
    unknown = verify_certificate(original.folder, trusted=None, loss=differs)
    assert (unknown.result, unknown.ok, unknown.trusted) == (Result.UNKNOWN_KEY, True, False)
    assert unknown.signed_by == original.key.fingerprint


def test_a_simulated_workforce_is_a_demonstration_whoever_is_trusted(tmp_path):
    delivery = deliver(tmp_path, workforce="simulated")
    found = verify_certificate(delivery.folder, trusted=delivery.key.fingerprint)
    assert (found.result, found.ok, found.demonstration) == (Result.DEMONSTRATION, True, True)


@pytest.mark.parametrize("name", ["labels.csv", "labels.jsonl"])
def test_one_changed_label_is_named_with_its_item(folder, name):
    path = folder / name
    lines = path.read_text().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if "shelf-0150" in line)
    lines[place] = lines[place].replace("cola", "water")
    path.write_text("".join(lines))
    found = sentences(folder)
    said(found, f"'{name}' was changed")
    said(found, f"{name}: item 'shelf-0150' is 'water', but 'cola' was frozen")


@pytest.mark.parametrize("whole", [True, False])
def test_one_changed_label_in_a_manifest_is_named_with_its_item(folder, whole):
    path = folder / "labels.manifest"
    lines = path.read_text().split("\n")
    lines[150] = lines[150].replace('"shelf-photos":0', '"shelf-photos":1')
    if whole:
        lines[150] = lines[150].replace('"cola"', '"water"')
    path.write_text("\n".join(lines))
    said(sentences(folder), "labels.manifest", "item 'shelf-0150'")


def test_a_statement_changed_without_signing_it_again_is_named(folder, original):
    restate(folder, lambda statement: statement.update(items=400))
    found = sentences(folder, original.key.fingerprint)
    said(found, "the signature does not fit")
    said(found, "N is stated as 400")


def test_another_key_is_named_where_one_is_trusted(folder, original, tmp_path):
    other = load_or_create_key(tmp_path / "other.pem")
    restate(folder, lambda statement: None, other)
    said(sentences(folder, original.key.fingerprint), other.fingerprint, "not by the trusted key")
    said(sentences(folder), "commitment", "another key than the certificate")


def test_a_swapped_key_without_signing_again_is_named(folder, tmp_path):
    other = load_or_create_key(tmp_path / "other.pem")
    path = folder / "certificate.json"
    whole = json.loads(path.read_bytes())
    whole["signature"]["public_key"] = other.public.hex()
    path.write_text(json.dumps(whole))
    said(sentences(folder), "the signature does not fit")
    whole = json.loads(path.read_bytes())
    restate(folder, lambda statement: None, other)
    whole = json.loads(path.read_bytes())
    whole["signature"]["fingerprint"] = "0000-0000"
    path.write_text(json.dumps(whole))
    said(sentences(folder), "not 0000-0000 as stated")


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (lambda s: s.update(items=400), ("N is stated as 400",)),
        (lambda s: s.update(seed="ab" * 32), ("the seed is stated as abab",)),
        (lambda s: s.update(attempt=3), ("attempt 3", "risk of 0.00625")),
        (lambda s: s.pop("loss"), ("the statement lacks 'loss'",)),
        (
            lambda s: s["loss"].update(version="2"),
            ("the statement's 'loss': 'version' is of the wrong kind",),
        ),
        (lambda s: s["loss"].update(version=9), ("'one_label', version 9", "verify with a later one")),
        (lambda s: s["loss"].update(name="edits"), ("'edits', version 2", "does not know")),
        (lambda s: s["loss"]["parameters"].update(branch=3), ("branch = 3", "a number from 0 to 1")),
        (lambda s: s["loss"]["parameters"].update(branch="x"), ("its parameters are not all numbers",)),
        (lambda s: s["loss"]["parameters"].update(depth=1), ("depth = 1", "one of branch")),
        (lambda s: s.update(errors_found=0), ("number of errors found",)),
        (lambda s: s["sample"].pop(3), ("position 4: a judgement was left out",)),
        (lambda s: s["sample"][3].update(verdict=s["sample"][3]["frozen"]), ("(position 3)", "loss of 0")),
        (lambda s: s.update(set_aside=0), ("0 rows are stated as set aside, but 'set_aside.csv' has 1",)),
        (lambda s: s["files"].pop("frozen.jsonl"), ("does not vouch for 'frozen.jsonl'",)),
        (lambda s: s["files"].update({"../up": "00"}), ("outside the folder",)),
        (lambda s: s["files"].update({"labels.csv": "00"}), ("'labels.csv' was changed",)),
        (lambda s: s.update(task="nothing"), ("cannot be compared again", "no task type 'nothing'")),
        (lambda s: s.update(labels=["cola"]), ("is not a label of this project",)),
        (lambda s: s.update(items="many"), ("'items' is of the wrong kind",)),
        (lambda s: s.clear(), ("lacks 'layout'",)),
    ],
)
def test_a_false_statement_is_found_even_where_it_is_signed_again(folder, original, change, parts):
    restate(folder, change, original.key)
    said(sentences(folder, original.key.fingerprint), *parts)


def test_a_changed_audit_line_is_named(folder):
    path = folder / "audit.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2] + lines[3:]))
    said(sentences(folder), "'audit.jsonl' and the statement differ", "position 2")


@pytest.mark.parametrize(
    "name",
    [
        "certificate.json",
        "frozen.jsonl",
        "audit.jsonl",
        "keys.jsonl",
        "set_aside.csv",
        "labels.csv",
        "report.html",
        "checksums.sha256",
    ],
)
def test_a_missing_emptied_or_garbled_file_is_named_and_never_a_traceback(folder, name):
    path = folder / name
    for data in (b"\xff\xfe\x00{]", b"[" * 100_000, b'{"statement":{},"signature":{}}'):
        path.write_bytes(data)
        said(sentences(folder), "")
    said(sentences(folder), name if name != "certificate.json" else "incomplete")
    path.unlink()
    said(sentences(folder), f"'{name}'")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), byte=st.integers(1, 255), which=st.integers(0, 30))
def test_any_single_changed_byte_in_any_file_is_found(folder, place, byte, which):
    names = sorted(path.name for path in folder.iterdir() if path.name != "certificate.json")
    path = folder / names[which % len(names)]
    before = path.read_bytes()
    data = bytearray(before)
    data[place % len(data)] ^= byte
    path.write_bytes(bytes(data))
    try:
        assert verify_certificate(folder, trusted=None).findings
    finally:
        path.write_bytes(before)


def test_a_commitment_to_another_nonce_is_named(folder, original):
    path = folder / "commitment.json"
    document = json.loads(path.read_text())
    document["statement"]["nonce_commitment"] = "0" * 64
    path.write_text(json.dumps(document))
    said(sentences(folder, original.key.fingerprint), "signature of the commitment to the nonce does not fit")
    signature = original.key.sign(canonical(document["statement"]))
    document["signature"]["value"] = signature.value
    path.write_text(json.dumps(document))
    said(sentences(folder, original.key.fingerprint), "about another nonce commitment")
