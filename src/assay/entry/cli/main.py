"""`assay`: find the command in the table, import its module, run it, and turn errors into sentences."""

import argparse
import importlib
import sys
import textwrap
from collections.abc import Sequence

from assay import __version__
from assay.core.errors import AssayError
from assay.entry.cli.arguments import server_arguments
from assay.entry.cli.commands import COMMANDS, COMMON_EXITS, Command

REMOTE = "assay.entry.cli.remote"
"""Where commands go that are told `--server`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(overview())
        return 0
    if words[0] == "--version":
        sys.stdout.write(f"assay {__version__}\n")
        return 0
    command = find(words)
    if command is None:
        sys.stderr.write(f"assay: there is no command '{' '.join(words[:2])}'; `assay --help` lists them.\n")
        return 2
    return run(command, words[len(command.name.split()) :])


def find(words: Sequence[str]) -> Command | None:
    """Return the command that the words start with."""
    for command in COMMANDS:
        parts = command.name.split()
        if list(words[: len(parts)]) == parts:
            return command
    return None


def run(command: Command, words: Sequence[str]) -> int:
    """Parse a command's arguments and run it; what it raises becomes one sentence and an exit code."""
    module = importlib.import_module(command.module)
    parser = argparse.ArgumentParser(
        prog=f"assay {command.name}",
        description=command.sentence,
        epilog=f"example:\n  {command.example}\n\nexit codes:\n{_exits(command)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    if command.remote:
        server_arguments(parser)
    arguments = parser.parse_args(words)
    try:
        if command.remote and arguments.server:
            return int(getattr(importlib.import_module(REMOTE), command.remote)(arguments))
        return int(module.run(arguments))
    except AssayError as problem:
        sys.stderr.write(f"assay: {problem}\n")
        return problem.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("assay: stopped; the same command goes on where it stopped.\n")
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone; nothing is left to say to them.
        sys.stderr.close()
        return 0
    except OSError as problem:
        name = f" {problem.filename}" if problem.filename else ""
        sys.stderr.write(f"assay: the system refuses{name}: {problem.strerror or problem}.\n")
        return 1


def overview() -> str:
    """Return what `assay --help` prints."""
    width = max(len(command.name) for command in COMMANDS) + 2
    lines = [f"  {command.name:<{width}}{command.sentence}" for command in COMMANDS]
    return (
        textwrap.dedent(
            """\
        assay: raw data in, a labelled data set with a certificate out, on your own machines.

        usage: assay COMMAND [--help] ...

        """
        )
        + "\n".join(lines)
        + "\n\nexample:\n  assay run intake.yaml --out deliveries\n"
    )


def _exits(command: Command) -> str:
    codes = sorted({**dict(COMMON_EXITS), **dict(command.exits)}.items())
    return "\n".join(f"  {code:>3}  {meaning}" for code, meaning in codes)


if __name__ == "__main__":
    sys.exit(main())
