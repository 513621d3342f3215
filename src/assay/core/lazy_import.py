"""Libraries that take long to load and are seldom needed: named at the top, loaded when they are first used.

A command answers and a server listens the sooner for it. Python's own `importlib.util.LazyLoader` would do the
same, but lets two threads see a module that is half loaded (CPython issue 114763, mended after 3.11.7).
"""

import importlib
from typing import Any, Final


class Late:
    """A module that is loaded when somebody first asks it for something."""

    def __init__(self, name: str) -> None:
        """Name the module; nothing is loaded."""
        self._name: Final = name

    def __getattr__(self, name: str) -> Any:
        """Return what the module has by that name."""
        return getattr(importlib.import_module(self._name), name)
