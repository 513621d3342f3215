"""The commitment to a nonce: signed before labelling starts, delivered with the certificate.

It proves that the seed of the draw could not be chosen after the labels were known.
"""

import json
from typing import Any

from assay.core.ids import canonical
from assay.service.trail.signatures import SigningKey, same_fingerprint, verifies


def commit(key: SigningKey, *, project: str, batch: str, nonce_commitment: str, at: str) -> str:
    """Return a signed commitment as text; `at` is UTC, ISO 8601."""
    statement = {"project": project, "batch": batch, "nonce_commitment": nonce_commitment, "at": at}
    return json.dumps(key.signed(statement), indent=1, sort_keys=True) + "\n"


def commitment_problem(text: str, *, statement: dict[str, Any], signed_by: str | None) -> str:
    """Return in a sentence what is wrong with a commitment, an empty text where it holds.

    Args:
        text: what `commit` returned.
        statement: the certificate's statement.
        signed_by: fingerprint of the key that signed the certificate, None where its signature does not fit.
    """
    try:
        found = json.loads(text)
        said, signature = found["statement"], found["signature"]
        fits = verifies(canonical(said), public_key=signature["public_key"], value=signature["value"])
        wrong = next(
            (name for name in ("project", "batch", "nonce_commitment") if said[name] != statement[name]), ""
        )
        late = str(said["at"]) > str(statement["issued_at"])
        same_key = signed_by is None or same_fingerprint(signed_by, signature["fingerprint"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "the commitment to the nonce cannot be read"
    if not fits:
        return "the signature of the commitment to the nonce does not fit"
    if wrong:
        return f"the commitment to the nonce is about another {wrong.replace('_', ' ')}"
    if late:
        return "the nonce was committed to only after the certificate was issued"
    return "" if same_key else "the commitment to the nonce is signed by another key than the certificate"
