import json
import subprocess
from dataclasses import replace

import pytest
from tests.support.deliveries import certificate_of, content_of, deliver, frozen_labels, verdicts_on

from assay.core.errors import UnknownMember
from assay.core.ids import canonical
from assay.formats.folder.layout import FolderHoldsNoLabels
from assay.service.delivery.label_files_of_a_delivery import WrongCount
from assay.service.delivery.write_delivery import FolderExists, WrongKey, write_delivery
from assay.service.trail.signatures import load_or_create_key, verifies


def test_a_delivery_holds_its_files_and_sha256sum_agrees(tmp_path):
    delivery = deliver(tmp_path)
    names = sorted(path.name for path in delivery.folder.iterdir())
    assert names == [
        "audit.jsonl",
        "certificate.html",
        "certificate.json",
        "checksums.sha256",
        "commitment.json",
        "datasheet.md",
        "frozen.jsonl",
        "keys.jsonl",
        "labels.csv",
        "labels.jsonl",
        "labels.manifest",
        "report.html",
        "set_aside.csv",
    ]
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.sha256"],
        cwd=delivery.folder,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0
    assert checked.stdout.count(b": OK") == len(names) - 1


def test_the_certificate_vouches_for_labels_evidence_and_data_sheet_and_is_signed(tmp_path):
    delivery = deliver(tmp_path)
    whole = json.loads((delivery.folder / "certificate.json").read_bytes())
    assert set(whole["statement"]["files"]) == {
        "labels.manifest",
        "labels.csv",
        "labels.jsonl",
        "frozen.jsonl",
        "keys.jsonl",
        "audit.jsonl",
        "commitment.json",
        "set_aside.csv",
        "datasheet.md",
    }
    signature = whole["signature"]
    assert signature["algorithm"] == "Ed25519"
    assert verifies(
        canonical(whole["statement"]), public_key=signature["public_key"], value=signature["value"]
    )
    assert delivery.written.signature.value == signature["value"]


def test_the_same_content_and_key_give_the_same_bytes(tmp_path):
    delivery = deliver(tmp_path)
    again = write_delivery(folder=tmp_path / "again", content=delivery.content, key=delivery.key)
    assert again == delivery.written
    for path in delivery.folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_set_aside_rows_cannot_start_a_formula(tmp_path):
    text = (deliver(tmp_path).folder / "set_aside.csv").read_text()
    assert text == "line,key,reason\n17,'=broken,The picture cannot be decoded.\n"


def test_what_does_not_fit_is_refused(tmp_path):
    frozen = frozen_labels(30)
    key = load_or_create_key(tmp_path / "key")
    content = content_of(certificate_of(frozen, verdicts_on(frozen, checks=30)), frozen, key)
    demonstration = load_or_create_key(tmp_path / "key", demonstration=True)
    with pytest.raises(WrongKey, match="demonstrations have their own"):
        write_delivery(folder=tmp_path / "a", content=content, key=demonstration)
    simulated = certificate_of(frozen, verdicts_on(frozen, checks=30), workforce="simulated")
    with pytest.raises(WrongKey, match="simulated"):
        write_delivery(folder=tmp_path / "a", content=replace(content, certificate=simulated), key=key)
    assert not (tmp_path / "a").exists()
    with pytest.raises(FolderHoldsNoLabels):
        write_delivery(folder=tmp_path / "b", content=replace(content, formats=("folder",)), key=key)
    with pytest.raises(UnknownMember, match="'excel'"):
        write_delivery(folder=tmp_path / "c", content=replace(content, formats=("excel",)), key=key)
    with pytest.raises(WrongCount, match="hold 31 items, but the certificate covers 30 items and 2 control"):
        write_delivery(
            folder=tmp_path / "d", content=replace(content, items=list(content.items)[1:]), key=key
        )
    with pytest.raises(FolderExists):
        write_delivery(folder=tmp_path / "d", content=content, key=key)
