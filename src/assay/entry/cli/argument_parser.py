"""The parser of a command's arguments: a word that is none is told with the one that may be meant."""

import argparse
import re
from collections.abc import Sequence
from typing import Final, NoReturn

from assay.core.did_you_mean import did_you_mean

_CHOICE: Final = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
_QUOTED: Final = re.compile(r"'([^']*)'")


class CommandParser(argparse.ArgumentParser):
    """Parses as `argparse` does, without abbreviations, and says of an unknown option which one is like it."""

    def options(self) -> tuple[str, ...]:
        """Return every option, as it is written in full."""
        return tuple(name for name in self._option_string_actions if name.startswith("--"))

    def check_options(self, words: Sequence[str]) -> None:
        """End with an error for the first option that there is not.

        It comes before anything else is looked at: without it `argparse` complains of what the option would have said.
        """
        for word in words:
            if word == "--":
                return
            name = word.partition("=")[0]
            if name.startswith("--") and name not in self._option_string_actions:
                self.error(f"there is no option {name}{did_you_mean(name, self.options())}")

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error with what may be meant, and end with exit code 2."""
        choice = _CHOICE.search(message)
        hint = did_you_mean(choice[1], _QUOTED.findall(choice[2])) if choice else ""
        super().error(message + hint)
