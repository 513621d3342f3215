"""What a server tells, as frozen values. Fields that a newer server adds are left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Member:
    """Who the key acts for."""

    name: str
    email: str
    roles: Sequence[str]
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project; money in cents."""

    name: str
    status: str
    task: str = ""
    sentence: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    waits_for: str = ""

    @property
    def batch(self) -> str:
        """The name of its first batch."""
        return f"{self.name}-1"


@dataclass(frozen=True, slots=True)
class ProjectLabels:
    """A project's labels in their newest version (`number`, `name`, `help`), its changes, and its batches' versions."""

    project: str
    version: int
    labels: Sequence[Mapping[str, Any]] = ()
    changes: Sequence[Mapping[str, Any]] = ()
    batches: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: its counts, cost in cents and what is proven (rates from 0 to 1)."""

    batch: str
    project: str
    batch_status: str
    project_status: str = ""
    task: str = ""
    workforce: str = ""
    received: int = 0
    total: int = 0
    completed: int = 0
    remaining: int = 0
    failed: int = 0
    control_items: int = 0
    automatic: int = 0
    answers: int = 0
    expert_judgements: int = 0
    currency: str = ""
    spent: int = 0
    price_low: float | None = None
    price_high: float | None = None
    certified: bool = False
    certified_bound: float | None = None
    attempt: int = 0
    reason: str = ""
    waits_for: str = ""

    @property
    def status(self) -> str:
        """Where it stands, in Ground Truth Plus's words."""
        return self.batch_status


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its label as a JSON value; `risk` is the expected loss of the label."""

    key: str
    state: str
    label: Any = None
    text: str | None = None
    risk: float | None = None
    answers: int = 0
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is being written."""

    id: int
    name: str
    version: int
    intake: str = ""
    project: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivered batch."""

    batch: str
    project: str
    version: int
    items: int
    bytes: int
    formats: Sequence[str] = ()
    certified: bool = False


@dataclass(frozen=True, slots=True)
class Supplement:
    """Further formats of a delivered batch; `folder` lies within the delivery, `reason` says why it was refused."""

    number: int
    formats: Sequence[str]
    state: str
    reason: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """An item in your hands, for `left` seconds unless you renew it: answer it with `Client.submit`, or give it back."""

    batch: str
    assignment: int
    queue: str
    key: str
    text: str | None
    media: str | None
    extra: Mapping[str, Any] = field(default_factory=dict)
    suggestion: Any = None
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class Page(Generic[V]):
    """Some rows of a list, and the cursor behind them; None: it ends here."""

    rows: Sequence[V]
    next: str | None

    def __iter__(self) -> Iterator[V]:
        """Yield the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)


def value_of(kind: type[V], found: Mapping[str, Any], **more: Any) -> V:
    """Return a value from what a server said; raises KeyError where it lacks what there must be."""
    known: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        if one.name in more:
            known[one.name] = more[one.name]
        elif one.name in found:
            known[one.name] = found[one.name]
        elif one.default is MISSING and one.default_factory is MISSING:
            raise KeyError(one.name)
    return kind(**known)


def task_of(batch: str, found: Mapping[str, Any]) -> Task:
    """Return a task from what a server said."""
    item = found["item"]
    media = item.get("media")
    return Task(
        batch=batch,
        assignment=int(found["assignment"]),
        queue=str(found["queue"]),
        key=str(item["key"]),
        text=item.get("text"),
        media=None if media is None else str(media["url"]),
        extra=item.get("extra") or {},
        suggestion=found.get("suggestion"),
        left=float(found.get("left") or 0.0),
    )
