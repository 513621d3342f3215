"""The client: one method per thing that one wants from a server."""

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO
from urllib.parse import quote

import httpx

from assay.client.connection import Connection, NoServer, Refused
from assay.client.progress import Bar
from assay.client.values import (
    Batch,
    Delivery,
    Draft,
    Item,
    Member,
    Page,
    Project,
    ProjectLabels,
    Supplement,
    Task,
    task_of,
    value_of,
)

GROUP: Final = 40
GROUP_BYTES: Final = 16 << 20
"""So many files, or bytes, go in one upload."""
PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif")
LOOK_EVERY: Final = 1.0
QUOTE_PAUSE: Final = 0.5
ENDS: Final = ("Data delivered", "Ready for review", "Paused", "Data transfer failed")


def connect(
    url: str, *, key: str, progress: bool | None = None, transport: httpx.BaseTransport | None = None
) -> "Client":
    """Return a client of the server at `url`, acting with an API key.

    `progress` shows bars on standard error; None: where that is a terminal.
    """
    shown = sys.stderr.isatty() if progress is None else progress
    return Client(Connection(url, key=key, transport=transport), out=sys.stderr if shown else None)


class Client:
    """A server, as somebody with a key sees it. Use it in a `with` block, or close it."""

    def __init__(self, connection: Connection, *, out: TextIO | None = None) -> None:
        self.connection = connection
        self._out = out

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def me(self) -> Member:
        """Return who the key acts for."""
        return value_of(Member, self.connection.get("/me"))

    # --- requests ------------------------------------------------------------------------------------

    def file(self, intake: Path | str) -> Project:
        """File an intake with all the files that it names, and return its project; the work starts by itself.

        `intake` is a YAML file. It is checked first; then the tables and guides that it names go along, and the
        pictures that their rows name, as far as they lie in the intake's folder, and nothing else. A picture that the
        server cannot use is set aside with the reason. Filing the same again returns the same project.
        """
        path = Path(intake)
        try:
            draft = self.new_draft(path.read_text(encoding="utf-8"))
            try:
                self._bring(draft.id, path.parent)
                return self.submit_draft(draft.id)
            except (Refused, KeyboardInterrupt):
                with suppress(Refused, NoServer):  # nobody goes on with it: the next try files anew
                    self.connection.delete(f"/drafts/{draft.id}")
                raise
        except Refused as problem:
            raise problem.about(path.name) from None

    def _bring(self, draft: int, folder: Path, *, further: bool = False) -> None:
        """Upload what a draft still wants, round after round, as far as it lies in the folder.

        It is to be a project, or a `further` batch of one.
        """
        kind = {"further": "true"} if further else {}
        asked: set[str] = set()
        cursor: str | None = None
        while True:
            wanted = self.connection.get(f"/drafts/{draft}/wanted", cursor=cursor, **kind)
            names = [
                *wanted["files"],
                *(name for one in wanted["folders"] for name in pictures_in(folder, one)),
            ]
            new = [name for name in dict.fromkeys(names) if name not in asked]
            asked.update(new)
            files = [(name, path) for name in new if (path := file_in(folder, name)) is not None]
            for refused in self._upload(draft, files):
                # Of a picture, and of what lies in an archive, its row says why.
                if refused["path"] in asked and not refused["path"].lower().endswith(PICTURES):
                    raise Refused(status=422, detail=f"{refused['path']}: {refused['reason']}")
            cursor = wanted["next"]
            # A table that came along tells what its rows name, so after uploads the first page is asked for again.
            if cursor is None and not files:
                return

    def new_draft(self, intake: str = "") -> Draft:
        """Start a draft, empty or with an intake's YAML."""
        return value_of(Draft, self.connection.post("/drafts", {"intake": intake} if intake else {}))

    def upload(self, draft: int, files: Sequence[tuple[str, Path]]) -> int:
        """Upload files as (name, path) to a draft; return how many were taken.

        Raises:
            Refused: if one of them is not taken, with its name and the reason.
        """
        for one in self._upload(draft, files):
            raise Refused(status=422, detail=f"{one['path']}: {one['reason']}")
        return len(files)

    def _upload(self, draft: int, files: Sequence[tuple[str, Path]]) -> Iterator[Mapping[str, str]]:
        """Upload files as (name, path); yield those that were not taken, with `path` and `reason`."""
        with Bar(self._out, "uploading", len(files)) as bar:
            for group in _groups(files):
                with ExitStack() as opened:
                    streams = [(name, opened.enter_context(path.open("rb"))) for name, path in group]
                    said = self.connection.upload(f"/drafts/{draft}/files", streams)
                bar.move(len(group))
                yield from said["rejected"]

    def quote(self, draft: int) -> Mapping[str, Any]:
        """Return what a draft would take, as soon as a worker of the server has found it out."""
        while True:
            found: Mapping[str, Any] = self.connection.get(f"/drafts/{draft}/quote")
            if not found["waiting"]:
                return found
            time.sleep(QUOTE_PAUSE)

    def submit_draft(self, draft: int) -> Project:
        """Submit a draft and return its project."""
        found = self.connection.post(f"/drafts/{draft}/submit", {})
        return Project(name=found["project"], status=found["status"])

    # --- projects and batches ------------------------------------------------------------------------

    def projects(self, *, status: str = "", search: str = "") -> Iterator[Project]:
        """Yield projects, newest first."""
        yield from self._all(
            "/projects", "projects", lambda row: value_of(Project, row), status=status, search=search
        )

    def project(self, name: str) -> Project:
        """Return a project."""
        return value_of(Project, self.connection.get(f"/projects/{quote(name, safe='')}"))

    def add_batch(self, project: str, asked: Mapping[str, Any], folder: Path | str) -> Batch:
        """Add a further batch to a project, with the files that it names, and return it; the work starts by itself.

        `asked` says what the batch has of its own, with keys of an intake: `data`, `deadline`, `money.budget` and
        `approve`. Its paths are relative to `folder`. Everything else is its project's.
        """
        # JSON is YAML, so this is the text of a request.
        draft = self.new_draft(json.dumps({"assay": "1", **asked}))
        try:
            self._bring(draft.id, Path(folder), further=True)
            path = f"/projects/{quote(project, safe='')}/batches"
            return self.batch(str(self.connection.post(path, {"draft": draft.id})["batch"]))
        except (Refused, KeyboardInterrupt):
            with suppress(Refused, NoServer):  # nobody goes on with it
                self.connection.delete(f"/drafts/{draft.id}")
            raise

    def approve(self, project: str, batch: str | None = None) -> Project:
        """Approve a project's quote, or the one of a batch where several wait."""
        said = {} if batch is None else {"batch": batch}
        found = self.connection.post(f"/projects/{quote(project, safe='')}/approve", said)
        return Project(name=found["project"], status=found["status"])

    def labels(self, project: str) -> ProjectLabels:
        """Return a project's labels in their newest version, with its changes and the versions of its batches."""
        found = self.connection.get(f"/projects/{quote(project, safe='')}/labels")
        return value_of(ProjectLabels, found)

    def change_labels(
        self,
        project: str,
        kind: str,
        labels: Sequence[str] = (),
        names: Sequence[str] = (),
        *,
        reason: str,
        help: str = "",  # noqa: A002 - what a label's help is called everywhere
        request_id: str | None = None,
    ) -> int:
        """Rename, merge, split, add or retire labels; return the version that this makes.

        The same `request_id` again gives the same change.
        """
        body = _label_change(kind, labels, names, help)
        body |= {"reason": reason, "request_id": request_id or uuid.uuid4().hex}
        return int(self.connection.post(f"/projects/{quote(project, safe='')}/labels", body)["version"])

    def foretell_label_change(
        self,
        project: str,
        kind: str,
        labels: Sequence[str] = (),
        names: Sequence[str] = (),
        *,
        help: str = "",  # noqa: A002 - as above
    ) -> Mapping[str, Any]:
        """Say what a change of labels would do to each batch, and what that may cost; nothing is changed."""
        path = f"/projects/{quote(project, safe='')}/labels/dry-run"
        found: Mapping[str, Any] = self.connection.post(
            path, _label_change(kind, labels, names, help), once=False
        )
        return found

    def batches(self, project: str) -> list[Batch]:
        """Return a project's batches."""
        found = self.connection.get(f"/projects/{quote(project, safe='')}/summary")
        return [value_of(Batch, one) for one in found]

    def batch(self, name: str) -> Batch:
        """Return a batch."""
        return value_of(Batch, self.connection.get(f"/batches/{quote(name, safe='')}/summary"))

    def wait(self, batch: str, *, until: str | Sequence[str] = ENDS, seconds: float = 86_400) -> Batch:
        """Wait until a batch has one of these statuses, or waits for a decision; return it.

        Raises:
            TimeoutError: if that takes longer than `seconds`.
        """
        wanted = (until,) if isinstance(until, str) else tuple(until)
        end = time.monotonic() + seconds
        with Bar(self._out, batch, 0) as bar:
            while True:
                found = self.batch(batch)
                bar.show(found.completed, found.total, found.status)
                if found.status in wanted or found.waits_for:
                    return found
                if time.monotonic() > end:
                    raise TimeoutError(f"{batch} is still '{found.status}'")
                time.sleep(LOOK_EVERY)

    def items(self, batch: str, *, state: str = "settled", label: str = "") -> Iterator[Item]:
        """Yield a batch's items, the riskiest first."""
        yield from self._all(
            f"/batches/{quote(batch, safe='')}/items",
            "items",
            lambda row: value_of(Item, row),
            state=state,
            label=label,
            limit=500,
        )

    def accept(self, batch: str) -> str:
        """Accept a batch that is ready for review; return its status."""
        return str(self.connection.post(f"/batches/{quote(batch, safe='')}/accept", {})["status"])

    def reject(self, batch: str, remarks: Mapping[str, str] | str) -> str:
        """Reject a batch: with remarks by item, or one remark about all of it; return its status."""
        said: list[dict[str, str | None]] = (
            [{"item": None, "comment": remarks}]
            if isinstance(remarks, str)
            else [{"item": item, "comment": comment} for item, comment in remarks.items()]
        )
        path = f"/batches/{quote(batch, safe='')}/reject"
        return str(self.connection.post(path, {"remarks": said})["status"])

    def certificate(self, batch: str) -> Mapping[str, Any]:
        """Return a batch's certificate."""
        found: Mapping[str, Any] = self.connection.get(f"/batches/{quote(batch, safe='')}/certificate")
        return found

    def deliveries(self) -> Iterator[Delivery]:
        """Yield deliveries, newest first."""
        yield from self._all("/deliveries", "deliveries", lambda row: value_of(Delivery, row))

    def ask_for_formats(self, batch: str, formats: Sequence[str], *, seconds: float = 3_600) -> Supplement:
        """Ask for a delivered batch in further formats; return the supplement once it is delivered or refused.

        Raises:
            TimeoutError: if that takes longer than `seconds`.
        """
        path = f"/batches/{quote(batch, safe='')}/supplements"
        found = value_of(Supplement, self.connection.post(path, {"formats": list(formats)}))
        end = time.monotonic() + seconds
        while found.state == "asked for":
            if time.monotonic() > end:
                raise TimeoutError(f"supplement {found.number} of {batch} is still '{found.state}'")
            time.sleep(LOOK_EVERY)
            all_found = [value_of(Supplement, one) for one in self.connection.get(path)["supplements"]]
            found = next(one for one in all_found if one.number == found.number)
        return found

    def download(self, batch: str, to: Path | str) -> Path:
        """Download a delivery as a ZIP file and return where it lies; a half download leaves nothing."""
        target = Path(to)
        if target.is_dir():
            target /= f"{batch}.zip"
        partial = target.with_name(f".{target.name}.partial")
        path = f"/deliveries/{quote(batch, safe='')}/archive"
        with (
            self.connection.download(path) as (length, chunks),
            partial.open("wb") as out,
            Bar(self._out, "downloading", length or 0) as bar,
        ):
            for chunk in chunks:
                out.write(chunk)
                bar.move(len(chunk))
        partial.replace(target)
        return target

    # --- work ----------------------------------------------------------------------------------------

    def queues(self) -> list[Mapping[str, Any]]:
        """Return the batches that you can work on."""
        return list(self.connection.get("/work")["queues"])

    def claim(self, batch: str, *, ahead: int = 1) -> list[Task]:
        """Return the items that you hold, topped up to `ahead`."""
        found = self.connection.post(f"/work/{quote(batch, safe='')}/claim", {"ahead": ahead}, once=False)
        return [task_of(batch, one) for one in found["tasks"]]

    def submit(
        self, task: Task, label: object, *, seconds: float = 0.0, client_id: str | None = None
    ) -> Task | None:
        """Submit a label (a JSON value) and return the next item, None where nothing waits."""
        body = {
            "assignment": task.assignment,
            "client_id": client_id or uuid.uuid4().hex,
            "label": label,
            "seconds": seconds,
        }
        found = self.connection.post(f"/work/{quote(task.batch, safe='')}/submit", body, once=False)
        return None if found["next"] is None else task_of(task.batch, found["next"])

    def mend(
        self, batch: str, answer: int, label: object, *, seconds: float = 0.0, client_id: str | None = None
    ) -> int:
        """Say something else instead of one of your last answers; return the number of the new one."""
        body = {"client_id": client_id or uuid.uuid4().hex, "label": label, "seconds": seconds}
        path = f"/work/{quote(batch, safe='')}/answers/{answer}/mend"
        return int(self.connection.post(path, body, once=False)["answer"])

    def skip(self, task: Task, reason: str) -> Task | None:
        """Skip an item and return the next one."""
        body = {"assignment": task.assignment, "reason": reason}
        found = self.connection.post(f"/work/{quote(task.batch, safe='')}/skip", body, once=False)
        return None if found["next"] is None else task_of(task.batch, found["next"])

    def renew(self, task: Task) -> float:
        """Hold an item longer, while somebody is at work on it; return for how many seconds it is held now."""
        path = f"/work/{quote(task.batch, safe='')}/renew"
        found = self.connection.post(path, {"assignment": task.assignment}, once=False)
        return float(found["left"])

    def release(self, task: Task) -> None:
        """Give an item back."""
        path = f"/work/{quote(task.batch, safe='')}/release"
        self.connection.post(path, {"assignment": task.assignment}, once=False)

    def _all(
        self, path: str, rows: str, value: Callable[[Mapping[str, Any]], Any], **wanted: object
    ) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = self.connection.get(path, cursor=cursor, **{k: v for k, v in wanted.items() if v != ""})
            for row in Page(page[rows], page["next"]):
                yield value(row)
            cursor = page["next"]
            if cursor is None:
                return


def file_in(folder: Path, name: str) -> Path | None:
    """Return a file that a server asks for by its name; None where there is none within the folder.

    Hidden files stay where they are, and so does what a link leads to outside of the folder.
    """
    if any(part.startswith(".") for part in name.split("/")):
        return None
    try:
        found = (folder / name).resolve()
        return found if found.is_file() and found.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError):
        return None


def pictures_in(folder: Path, name: str) -> list[str]:
    """Return the names of the pictures below a folder within the folder, in their order."""
    start = folder / name
    found = (path.relative_to(folder).as_posix() for path in sorted(start.rglob("*")) if path.is_file())
    return [one for one in found if one.lower().endswith(PICTURES)]


def _groups(files: Sequence[tuple[str, Path]]) -> Iterator[list[tuple[str, Path]]]:
    group: list[tuple[str, Path]] = []
    size = 0
    for name, path in files:
        bytes_ = path.stat().st_size
        if group and (len(group) >= GROUP or size + bytes_ > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append((name, path))
        size += bytes_
    if group:
        yield group


def _label_change(kind: str, labels: Sequence[str], names: Sequence[str], said: str) -> dict[str, object]:
    return {"kind": kind, "labels": list(labels), "names": list(names), "help": said}
