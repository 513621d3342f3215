"""Read the files of a delivery that nobody vouches for yet: each unreadable thing becomes a finding."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, cast

from assay.core.errors import AssayError
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.file_format import BadRow, Columns, Format, LeftOut
from assay.core.ports.task_type import TaskType
from assay.core.quality.certificate_statement import Finding
from assay.formats import FORMATS
from assay.formats.csv.reading import read_csv
from assay.service.delivery.label_files_of_a_delivery import label_file
from assay.service.delivery.synced_files import LISTING, listed_in, listing_of
from assay.service.delivery.write_delivery import (
    AUDIT,
    CERTIFICATE,
    CHECKSUMS,
    COMMITMENT,
    FROZEN,
    KEYS,
    PAGES,
    SET_ASIDE,
)

_LARGEST_CERTIFICATE = 1 << 30


@dataclass(slots=True)
class DeliveredFiles:
    """A folder with a delivery in it, and what could not be read of it so far."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)

    def certificate(self) -> Mapping[str, Any] | None:
        """Return `certificate.json`, or None with a finding."""
        return self.signed(CERTIFICATE)

    def signed(self, name: str) -> Mapping[str, Any] | None:
        """Return a file of a statement with its signature, or None with a finding."""
        path = self.folder / name
        problem = ""
        found: object = None
        try:
            if path.stat().st_size > _LARGEST_CERTIFICATE:
                problem = "it is too large to be a signed statement"
            else:
                found = json.loads(path.read_bytes(), parse_constant=_refuse)
        except OSError as error:
            problem = _why(error)
        except (ValueError, RecursionError) as error:
            problem = f"it is not JSON ({_first_line(error)})"
        if not problem and not isinstance(found, dict):
            problem = "it is not an object"
        for part in ("statement", "signature"):
            if isinstance(found, dict) and not isinstance(found.get(part), dict):
                problem = f"it holds no '{part}'"
        if problem:
            self._cannot(name, problem)
            return None
        return cast("Mapping[str, Any]", found)

    def digests(self, stated: Mapping[str, Any]) -> None:
        """Compare each file with the digest that the statement gives it, and the rest with the checksums."""
        self.stated_digests(stated, by="the certificate")
        listed = dict(listed_in(self._text(CHECKSUMS)))
        for name in (*stated, *PAGES):
            if name not in listed:
                self._say("files", f"'{CHECKSUMS}' does not list '{name}'")
        for name, sha in listed.items():
            self._digest(name, sha, f"'{CHECKSUMS}'")

    def stated_digests(self, stated: Mapping[str, Any], *, by: str) -> None:
        """Compare each file with the digest that a statement gives it, and each folder with its listing."""
        for name, sha in stated.items():
            self._digest(name, sha, by)
            if isinstance(name, str) and name.endswith(LISTING) and _inside(name):
                self._listing(name)

    def _listing(self, name: str) -> None:
        """Compare a folder with its listing: what is changed, missing or beside it is named."""
        listed = listed_in(self._text(name))
        for file, digest in listed:
            self._digest(file, digest, f"'{name}'")
        folder = self.folder / name.removesuffix(LISTING)
        present = {one.relative_to(self.folder).as_posix() for one in folder.rglob("*") if not one.is_dir()}
        for file in sorted(present - {file for file, _ in listed})[:20]:
            self._say("files", f"'{file}' is not in '{name}'")

    def frozen(self) -> dict[str, str]:
        """Return the frozen labels."""
        found: dict[str, str] = {}
        for line, value in self._values(FROZEN):
            if not _is_list(value, str, str):
                self._say("labels", f"'{FROZEN}', line {line}, is not a pair of item and label")
            elif value[0] in found:
                self._say("labels", f"'{FROZEN}', line {line}: item '{value[0]}' stands there twice")
            else:
                found[value[0]] = value[1]
        return found

    def keys(self) -> list[str]:
        """Return the ids in the order of the label files."""
        found: list[str] = []
        for line, value in self._values(KEYS):
            if _is_list(value, str, bool):
                found.append(value[0])
            else:
                self._say("files", f"'{KEYS}', line {line}, is not a pair of item and yes or no")
        return found

    def audit(self) -> list[Any]:
        """Return the audit sample as its file prints it."""
        return [value for _, value in self._values(AUDIT)]

    def commitment(self) -> str:
        """Return the commitment to the nonce as its file holds it."""
        return self._text(COMMITMENT)

    def set_aside(self) -> int:
        """Return how many rows were set aside."""
        try:
            return sum(1 for _ in read_csv(self.folder / SET_ASIDE, columns=Columns(id="key", text="reason")))
        except AssayError as error:
            self._say("files", str(error))
            return -1

    def all_labels(
        self,
        stated: Mapping[str, Any],
        *,
        task: TaskType,
        schema: LabelSchema,
        keys: list[str],
        expected: Mapping[str, str],
    ) -> dict[str, dict[str, str]]:
        """Return the label of each key in each label file that the statement names and that can be read.

        A label that a format cannot carry whole counts as the expected one where the file holds of it what
        the format carries.
        """
        layouts = {label_file(one): one for one in FORMATS.all().values() if task.produces in one.values}
        return {
            name: self._labels(name, layout, task=task, schema=schema, keys=keys, expected=expected)
            for name, layout in layouts.items()
            if (name if layout.suffix else listing_of(name)) in stated
        }

    def _labels(
        self,
        name: str,
        layout: Format,
        *,
        task: TaskType,
        schema: LabelSchema,
        keys: list[str],
        expected: Mapping[str, str],
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        count = 0
        try:
            looked = layout.look(self.folder / name)
            contents = replace(looked, kind=task.produces, schema=schema)
            rows = layout.read_labels(self.folder / name, contents=contents, left_out=LeftOut())
            for count, row in enumerate(rows, start=1):
                place = keys[count - 1] if count <= len(keys) else ""
                if isinstance(row, BadRow):
                    item = f" (item '{place}')" if place else ""
                    self._say("labels", f"'{name}', line {row.line}{item}: {row.reason}")
                    continue
                key = row.key if layout.keyed else place
                if key in found:
                    self._say("items", f"{name}: item '{key}' stands there twice")
                text, due = task.text(row.value), expected.get(key)
                if due is not None and text != due and _carries(layout, task, schema, text, due):
                    text = due
                found[key] = text
        except AssayError as error:
            self._say("files", str(error))
        if count != len(keys):
            self._say("items", f"'{name}' holds {count:,} items, but '{KEYS}' {len(keys):,}")
        return found

    def _digest(self, name: object, sha: object, source: str) -> None:
        if not isinstance(name, str) or not name.isprintable() or not _inside(name):
            self._say("files", f"{source} names a file outside the folder: {name!r}")
            return
        path = self.folder / name
        if path.is_symlink() or not path.is_file():
            self._say("files", f"'{name}' is missing")
            return
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            self._cannot(name, _why(error))
            return
        if found != sha:
            self._say("files", f"'{name}' was changed: it does not have the digest that {source} states")

    def _values(self, name: str) -> Iterator[tuple[int, Any]]:
        for line, text in enumerate(self._text(name).split("\n"), start=1):
            if not text:
                continue
            try:
                yield line, json.loads(text, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                self._say("files", f"'{name}', line {line}, is not JSON ({_first_line(error)})")

    def _text(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self._cannot(name, "it is not UTF-8")
        except OSError as error:
            self._cannot(name, _why(error))
        return ""

    def _cannot(self, name: str, reason: str) -> None:
        self._say("files", f"'{name}' cannot be read: {reason}")

    def _say(self, about: str, sentence: str) -> None:
        finding = Finding(about, sentence)
        if finding not in self.findings:
            self.findings.append(finding)


def _inside(name: str) -> bool:
    plain = PurePosixPath(name)
    return bool(name) and not plain.is_absolute() and ".." not in plain.parts and str(plain) == name


def _carries(layout: Format, task: TaskType, schema: LabelSchema, found: str, due: str) -> bool:
    """Say whether a format, which may not hold all of a label, holds what it can of the one that is due."""
    try:
        value = task.parse(due, schema=schema)
    except AssayError:
        return False
    return task.text(layout.carried(value)) == found


def _is_list(value: object, *kinds: type) -> bool:
    if not isinstance(value, list) or len(value) != len(kinds):
        return False
    return all(type(one) is kind for one, kind in zip(cast("list[object]", value), kinds, strict=True))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:200]
