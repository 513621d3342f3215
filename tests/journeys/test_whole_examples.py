"""Every example, as a newcomer runs it."""

import csv
import json
import subprocess
import sys

import pytest

from assay.core.project import lifecycle
from assay.formats import FORMATS
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.examples import EXAMPLES
from assay.service.trail.seal_events import demonstration_key

EVERY = 3


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_a_whole_example_ends_delivered_and_verified(tmp_path, example, scale):
    if scale < 1 and EXAMPLES.index(example) % EVERY:
        pytest.skip("only every third example at less than the full scale")
    home = tmp_path / "home"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "assay.entry.cli.main",
            "demo",
            "--example",
            example.name,
            "--home",
            home,
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)
    assert summary["verified"]
    assert summary["batch_status"] == lifecycle.DATA_DELIVERED
    assert summary["failed"] == 0
    delivery = home / "deliveries" / f"{example.name}-1"
    key = demonstration_key(home)
    assert verify_certificate(delivery, trusted=key.fingerprint).result is Result.DEMONSTRATION
    with (home / example.name / "truth.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(example.content().truth)
    assert FORMATS.get("augmented_manifest").look(delivery / "labels.manifest").attribute
