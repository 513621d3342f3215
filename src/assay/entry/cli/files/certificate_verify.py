"""`assay certificate verify`: everything that an outsider can check about a delivery and its supplements."""

import argparse
import json
import sys
from pathlib import Path

from assay.entry.cli.shared_arguments import json_argument
from assay.entry.cli.sign_of_life import working
from assay.service.delivery.verify_certificate import Result, verify_certificate

EXIT = {
    Result.VERIFIED: 0,
    Result.FAILED: 3,
    Result.UNKNOWN_KEY: 7,
    Result.DEMONSTRATION: 8,
    Result.NOT_INDEPENDENT: 9,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the delivery's folder")
    parser.add_argument("--key", metavar="FINGERPRINT", help="the key that you trust")
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Verify and say what was found."""
    with working("verifying", quiet=given.json):
        found = verify_certificate(given.folder, trusted=given.key)
    if given.json:
        document = {
            "result": found.result.value,
            "signed_by": found.signed_by,
            "trusted": found.trusted,
            "certified": found.certified and found.ok,
            "supplements": [
                {"number": one.number, "formats": list(one.formats)} for one in found.supplements
            ],
            "findings": [
                {"about": finding.about, "sentence": finding.sentence} for finding in found.findings
            ],
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return EXIT[found.result]
    for finding in found.findings:
        sys.stdout.write(f"- {finding.sentence}\n")
    for one in found.supplements if found.ok else ():
        sys.stdout.write(
            f"Supplement {one.number} holds: the same labels as {', '.join(one.formats)}, signed by the same key.\n"
        )
    sys.stdout.write(_conclusion(found.result, signed_by=found.signed_by, trusted=found.trusted))
    return EXIT[found.result]


def _conclusion(result: Result, *, signed_by: str | None, trusted: bool) -> str:
    if result is Result.FAILED:
        return "NOT VERIFIED: do not rely on this certificate.\n"
    key = f"the key you trust, {signed_by}" if trusted else f"an unknown key, {signed_by}"
    lines = f"Everything holds. Signed by {key}.\n"
    if result is Result.DEMONSTRATION:
        lines += "DEMONSTRATION: the people behind it were simulated or recorded.\n"
    if result is Result.NOT_INDEPENDENT:
        lines += "NOT INDEPENDENT: labels and judgements are by the same person.\n"
    if not trusted and result is not Result.DEMONSTRATION:
        lines += "Name the key that you trust with --key to know who vouches for it.\n"
    return lines
