"""Live progress: on a terminal a table that redraws itself, elsewhere a line now and then."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from assay.service.batches.stage_progress import StageProgress, stage_progress
from assay.service.working_set.batch_at_hand import Work

EVERY: Final = 0.5
EVERY_PLAIN: Final = 3.0


class Progress:
    """Watches the steps of a batch and shows how far each stage has come."""

    def __init__(self, *, quiet: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """Choose how to show it; `quiet` shows nothing."""
        self.console = Console(stderr=True)
        self.quiet = quiet
        self.clock = clock
        self.live: Live | None = None
        self.shown = 0.0
        self.headline = ""

    def __enter__(self) -> Self:
        """Start to draw."""
        if not self.quiet and self.console.is_terminal:
            self.live = Live(console=self.console, auto_refresh=False, transient=False)
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        if self.live is not None:
            self.live.stop()

    def watch(self, work: Work, stage: str) -> None:
        """Be told of a step; draw if it is time to."""
        if self.quiet:
            return
        now = self.clock()
        headline = f"{work.project.name}: {work.project.status} · batch {work.batch.status}"
        due = EVERY if self.live is not None else EVERY_PLAIN
        if headline == self.headline and now - self.shown < due:
            return
        self.shown, self.headline = now, headline
        found = stage_progress(work)
        if self.live is not None:
            self.live.update(_table(headline, found, active=stage), refresh=True)
            return
        parts = ", ".join(f"{line.name} {line.done:,}" for line in found if line.done)
        sys.stderr.write(f"{headline}{' - ' + parts if parts else ''}\n")
        sys.stderr.flush()


def _table(headline: str, found: tuple[StageProgress, ...], *, active: str) -> Table:
    table = Table(title=headline, title_justify="left", box=None, show_header=False, pad_edge=False)
    for line in found:
        mark = "[bold cyan]>[/]" if line.name == active else " "
        total = max(line.total, line.done, 1)
        table.add_row(
            mark,
            line.name,
            ProgressBar(total=total, completed=line.done, width=30),
            f"{line.done:,} of {line.total:,}" if line.total else f"{line.done:,}",
            line.note,
        )
    return table
