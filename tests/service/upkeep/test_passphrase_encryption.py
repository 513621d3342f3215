"""Encrypted files: opened by their passphrase alone, and only where every chunk is in its place."""

import io
import itertools
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from tests.support.places import Place

from assay.core.errors import BadValue, NotReadable
from assay.service.upkeep import passphrase_encryption
from assay.service.upkeep.backup_archive import NeedsPassphrase, reading
from assay.service.upkeep.passphrase_encryption import (
    CHUNK,
    MAGIC,
    Decrypting,
    Encrypting,
    WrongPassphrase,
    is_encrypted,
    require_long,
)

pytestmark = pytest.mark.one_database

PASSPHRASE = "correct horse battery staple"
ASSAY = Path(sys.executable).with_name("assay")
HEAD = len(MAGIC) + 32
ENCRYPTED = CHUNK + 16


def encrypt(content, passphrase=PASSPHRASE):
    out = io.BytesIO()
    encrypting = Encrypting(out, passphrase)
    for start in range(0, len(content), 700_001):
        encrypting.write(content[start : start + 700_001])
    encrypting.finish()
    return out.getvalue()


def decrypt(encrypted, passphrase=PASSPHRASE):
    return Decrypting(io.BytesIO(encrypted), passphrase, path="encrypted").readall()


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_what_was_encrypted_comes_back(size):
    content = os.urandom(size)
    encrypted = encrypt(content)
    assert is_encrypted(io.BytesIO(encrypted))
    assert content[:1_000] not in encrypted or size == 1
    assert decrypt(encrypted) == content


def test_it_is_read_from_anywhere():
    content = os.urandom(2 * CHUNK + 500)
    found = io.BufferedReader(Decrypting(io.BytesIO(encrypt(content)), PASSPHRASE, path="encrypted"))
    for start in (2 * CHUNK + 400, 3, CHUNK - 5, 2 * CHUNK - 1):
        found.seek(start)
        assert found.read(10) == content[start : start + 10]
    assert found.seek(-7, os.SEEK_END) == len(content) - 7
    assert found.read() == content[-7:]


def test_another_passphrase_is_told_from_damage():
    encrypted = encrypt(b"content")
    with pytest.raises(WrongPassphrase):
        decrypt(encrypted, "correct horse battery stable")
    with pytest.raises(NotReadable, match="chunk 1"):
        decrypt(encrypted[:-1] + bytes([encrypted[-1] ^ 1]))


def chunks_of(encrypted):
    return encrypted[:HEAD], [encrypted[at : at + ENCRYPTED] for at in range(HEAD, len(encrypted), ENCRYPTED)]


def test_chunks_that_are_moved_left_out_or_cut_are_found():
    head, chunks = chunks_of(encrypt(os.urandom(2 * CHUNK + 500)))
    assert len(chunks) == 3
    for order in itertools.chain.from_iterable(itertools.permutations(range(3), count) for count in range(4)):
        if order == (0, 1, 2):
            continue
        with pytest.raises(NotReadable):
            decrypt(head + b"".join(chunks[number] for number in order))
    for more in (b"x", chunks[2], os.urandom(ENCRYPTED)):
        with pytest.raises(NotReadable):
            decrypt(head + b"".join(chunks) + more)


def test_chunks_of_another_file_with_the_same_passphrase_do_not_fit():
    (head, first), (_, second) = chunks_of(encrypt(b"one")), chunks_of(encrypt(b"two"))
    with pytest.raises(NotReadable):
        decrypt(head + second[0])
    assert decrypt(head + first[0]) == b"one"


def test_memory_stays_flat_however_large_a_file_is():
    class Away(io.RawIOBase):
        def write(self, data):
            return len(data)

    part = bytes(CHUNK)
    tracemalloc.start()
    try:
        encrypting = Encrypting(Away(), PASSPHRASE)
        tracemalloc.reset_peak()
        for _ in range(64):
            encrypting.write(part)
        encrypting.finish()
        assert tracemalloc.get_traced_memory()[1] < 8 * CHUNK
    finally:
        tracemalloc.stop()


def test_a_passphrase_that_could_be_guessed_encrypts_nothing():
    require_long("twelve chars")
    with pytest.raises(BadValue, match="12 characters"):
        require_long("eleven char")


def test_spellings_of_the_same_letters_are_the_same_passphrase():
    assert decrypt(encrypt(b"content", "Schl\u00fcsselwort"), "Schlu\u0308sselwort") == b"content"


def test_an_encrypted_backup_is_restored_by_its_passphrase_alone(installation, place, tmp_path):
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text(f"{PASSPHRASE}\nfurther lines are none of it\n")
    wrong.write_text("correct horse battery stable\n")
    file = tmp_path / "backup.encrypted"
    secret = place.home / "uploads" / "1" / "1" / "letter.txt"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(b"Between us: " * 200_000)
    picture = secret.with_name("picture")
    picture.write_bytes(os.urandom(3 * CHUNK + 5))
    code, told, _ = shell(place, "backup", file, "--passphrase-file", right)
    assert (code, "\n  encrypted\n" in told) == (0, True)
    content = file.read_bytes()
    assert content.startswith(MAGIC)
    assert b"letter.txt" not in content
    with pytest.raises(NeedsPassphrase), reading(file, passphrase=None):
        pass
    assert "\n  NOT encrypted, " in shell(place, "backup", tmp_path / "plain")[1]
    home = Place(tmp_path / "second", "")
    code, _, err = shell(home, "restore", file)
    assert (code, err.count("\n")) == (2, 1)
    assert "--passphrase-file" in err
    code, _, err = shell(home, "restore", file, "--passphrase-file", wrong)
    assert (code, err) == (3, f"assay: {WrongPassphrase(path=str(file))}\n")
    cut = tmp_path / "cut.encrypted"
    cut.write_bytes(content[: len(content) // 2])
    code, _, err = shell(home, "restore", cut, "--passphrase-file", right)
    assert (code, err.count("\n")) == (2, 1)
    assert shell(home, "restore", file, "--passphrase-file", "-", said=PASSPHRASE + "\n")[0] == 0
    for one in (secret, picture):
        assert (home.home / "uploads" / "1" / "1" / one.name).read_bytes() == one.read_bytes()


def test_the_setting_encrypts_and_opens_too(installation, place, tmp_path):
    file = tmp_path / "backup.encrypted"
    assert shell(place, "backup", file, ASSAY_BACKUP_PASSPHRASE=PASSPHRASE)[0] == 0
    assert file.read_bytes().startswith(MAGIC)
    home = Place(tmp_path / "second", "")
    assert shell(home, "restore", file, ASSAY_BACKUP_PASSPHRASE=PASSPHRASE)[0] == 0
    code, _, err = shell(place, "backup", tmp_path / "short", ASSAY_BACKUP_PASSPHRASE="short")
    assert (code, (tmp_path / "short").exists()) == (2, False)
    assert "12 characters or more" in err


def test_no_option_takes_the_passphrase_itself(capsys):
    for command in ("backup", "restore"):
        done = subprocess.run([ASSAY, command, "--help"], capture_output=True, text=True, check=True)
        assert "--passphrase-file" in done.stdout
        assert "--passphrase " not in done.stdout


def test_guessing_costs_what_the_docstring_says():
    head = encrypt(b"x")[:HEAD]
    tried = passphrase_encryption.Scrypt(
        salt=head[len(MAGIC) : len(MAGIC) + 16], length=48, n=1 << 17, r=8, p=1
    )
    assert tried.derive(PASSPHRASE.encode())[32:] == head[-16:]


def shell(place, *words, said="", **settings):
    """Run a command in a place; return its exit code and what it said."""
    done = subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=place.environment() | settings,
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
