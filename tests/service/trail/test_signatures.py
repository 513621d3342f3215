import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assay.service.trail.signatures import (
    BadKeyFile,
    fingerprint,
    load_or_create_key,
    same_fingerprint,
    verifies,
)


def test_a_key_is_made_once_for_its_owner_only_and_loaded_afterwards(tmp_path):
    path = tmp_path / "keys" / "signing.pem"
    first, second = load_or_create_key(path), load_or_create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.public == second.public
    assert list(path.parent.iterdir()) == [path]
    assert load_or_create_key(tmp_path / "other.pem").public != first.public


def test_a_signature_fits_its_bytes_and_key_alone(tmp_path):
    key, other = load_or_create_key(tmp_path / "a"), load_or_create_key(tmp_path / "b")
    signature = key.sign(b"data")
    assert signature == key.sign(b"data")
    assert verifies(b"data", public_key=signature.public_key, value=signature.value)
    assert not verifies(b"date", public_key=signature.public_key, value=signature.value)
    assert not verifies(b"data", public_key=other.public.hex(), value=signature.value)
    assert not verifies(b"data", public_key="zz", value="")


def test_fingerprints_are_compared_however_they_are_grouped(tmp_path):
    key = load_or_create_key(tmp_path / "a")
    assert len(key.fingerprint) == 39
    assert key.fingerprint == fingerprint(key.public) == key.sign(b"").fingerprint
    assert same_fingerprint(key.fingerprint, key.fingerprint.replace("-", " ").upper())
    assert not same_fingerprint(key.fingerprint, key.fingerprint[:-1])


def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path):
    path = tmp_path / "a"
    load_or_create_key(path)
    path.chmod(0o644)
    with pytest.raises(BadKeyFile, match="mode must be 0600"):
        load_or_create_key(path)
    path.chmod(0o600)
    path.write_text("nothing")
    with pytest.raises(BadKeyFile, match="cannot be used"):
        load_or_create_key(path)
    pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem)
    with pytest.raises(BadKeyFile, match="no Ed25519"):
        load_or_create_key(path)
