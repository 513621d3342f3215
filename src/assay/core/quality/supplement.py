"""A supplement: a signed statement that later files hold the labels that a certificate is about.

It proves nothing about quality by itself: whoever trusts the files trusts the certificate that it names, and its
signature, which is by the same key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assay.core.quality.certificate_statement import Finding

SUPPLEMENT_LAYOUT: Final = 1
SAYS_ONLY: Final = (
    "It says that these files hold the labels that the named certificate is about.",
    "It proves nothing about quality by itself: that is what the certificate does.",
)


@dataclass(frozen=True, slots=True)
class Supplement:
    """Everything that is signed. Digests are hex.

    Attributes that do not speak for themselves:
        number: counts the supplements of a batch, from 1.
        certificate: SHA-256 of the certificate's statement in its canonical spelling.
        delivered_digest: of the labels as delivered, as the certificate states it.
        formats: the names of the formats.
        files: (name, SHA-256) of every file beside the statement that it vouches for.
        issued_at: UTC, ISO 8601.
    """

    version: str
    project: str
    batch: str
    number: int
    certificate: str
    delivered_digest: str
    formats: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    demonstration: bool
    issued_at: str

    def statement(self) -> dict[str, object]:
        """Return what is signed, as JSON values; `core.ids.canonical` gives its one spelling."""
        return {
            "layout": SUPPLEMENT_LAYOUT,
            "kind": "supplement",
            "version": self.version,
            "project": self.project,
            "batch": self.batch,
            "number": self.number,
            "certificate": self.certificate,
            "delivered_digest": self.delivered_digest,
            "formats": list(self.formats),
            "files": dict(self.files),
            "demonstration": self.demonstration,
            "issued_at": self.issued_at,
            "says_only": list(SAYS_ONLY),
        }


def read_supplement(statement: Mapping[str, Any]) -> Supplement | list[Finding]:
    """Return what an untrusted statement says, or why it cannot be read."""
    problems = [
        Finding("supplement", f"the statement lacks '{name}', or it is of the wrong kind")
        for name, kind in _KINDS.items()
        # A bool is an int to Python, but not to a reader of the statement.
        if type(statement.get(name)) is not kind
    ]
    if problems:
        return problems
    if statement["layout"] != SUPPLEMENT_LAYOUT or statement["kind"] != "supplement":
        return [Finding("supplement", f"it is no supplement of layout {SUPPLEMENT_LAYOUT}, the only one")]
    if not all(isinstance(name, str) for name in (*statement["formats"], *statement["files"].values())):
        return [Finding("supplement", "the statement's 'formats' and 'files' are not all text")]
    return Supplement(
        formats=tuple(statement["formats"]),
        files=tuple(sorted(statement["files"].items())),
        **{name: statement[name] for name in _ALIKE},
    )


def supplement_differs(
    found: Supplement, *, number: int, certificate: str, claimed: Mapping[str, Any]
) -> list[Finding]:
    """Return everything in which a supplement contradicts the certificate beside which it lies.

    Args:
        found: what the supplement says.
        number: of the folder that it lies in.
        certificate: SHA-256 of the certificate's statement.
        claimed: the certificate's statement.
    """
    findings = [
        Finding("supplement", f"it is about another {noun}: it says '{said}', the certificate '{due}'")
        for noun, said, due in (
            ("project", found.project, claimed["project"]),
            ("batch", found.batch, claimed["batch"]),
        )
        if said != due
    ]
    if found.number != number:
        findings.append(
            Finding("supplement", f"it states the number {found.number}, but lies in folder {number}")
        )
    if found.certificate != certificate:
        findings.append(Finding("supplement", "it names another certificate than the one that lies here"))
    if found.delivered_digest != claimed["delivered_digest"]:
        findings.append(Finding("supplement", "it is about other labels than the certificate"))
    if found.demonstration != claimed["demonstration"]:
        findings.append(
            Finding("supplement", "it does not say of itself what the certificate says of a demonstration")
        )
    return findings


_KINDS: Final[Mapping[str, type]] = {
    "layout": int,
    "kind": str,
    "version": str,
    "project": str,
    "batch": str,
    "number": int,
    "certificate": str,
    "delivered_digest": str,
    "formats": list,
    "files": dict,
    "demonstration": bool,
    "issued_at": str,
}
_ALIKE: Final = tuple(name for name in _KINDS if name not in ("layout", "kind", "formats", "files"))
