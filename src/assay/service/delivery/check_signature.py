"""Whether a signature fits the statement beside it, for files that nobody vouches for yet."""

from collections.abc import Mapping
from typing import Any

from assay.core.ids import canonical
from assay.core.quality.certificate_statement import Finding
from assay.service.trail import signatures


def check_signature(
    statement: Mapping[str, Any], signature: Mapping[str, Any]
) -> tuple[list[Finding], str | None]:
    """Return what is wrong with the signature, and the fingerprint of the key if it fits."""
    parts = [signature.get(name) for name in ("algorithm", "public_key", "value", "fingerprint")]
    if not all(isinstance(part, str) for part in parts):
        return [Finding("signature", "the signature is incomplete")], None
    algorithm, public_key, value, stated = (str(part) for part in parts)
    if algorithm != signatures.ALGORITHM:
        return [
            Finding("signature", f"the signature's algorithm is '{algorithm}', not {signatures.ALGORITHM}")
        ], None
    try:
        data = canonical(statement)
    except (ValueError, RecursionError) as error:
        return [Finding("signature", f"the statement has no canonical form: {error}")], None
    if not signatures.verifies(data, public_key=public_key, value=value):
        return [
            Finding("signature", f"the signature does not fit: statement or key {stated} were changed")
        ], None
    found = signatures.fingerprint(bytes.fromhex(public_key))
    if not signatures.same_fingerprint(found, stated):
        return [Finding("key", f"the signing key's fingerprint is {found}, not {stated} as stated")], found
    return [], found
