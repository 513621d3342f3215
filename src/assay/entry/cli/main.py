"""`assay`: find the command in the table, import its module, run it, and turn errors into sentences."""

import argparse
import importlib
import sys
import textwrap
from collections.abc import Sequence
from importlib.resources import files
from types import ModuleType

from assay import __version__
from assay.core.did_you_mean import did_you_mean
from assay.core.errors import AssayError, SeveralProblems
from assay.entry.cli.argument_parser import CommandParser
from assay.entry.cli.commands import COMMANDS, COMMON_EXITS, Command
from assay.entry.cli.shared_arguments import server_arguments

REMOTE = "assay.entry.cli.jobs.commands_on_a_server"
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
    if words[0] in ("--licences", "--licenses"):
        sys.stdout.write(licences())
        return 0
    command = find(words)
    if command is None:
        sys.stderr.write(f"assay: {_no_command(words)}\n")
        return 2
    return run(command, words[len(command.name.split()) :])


def find(words: Sequence[str]) -> Command | None:
    """Return the command that the words start with."""
    for command in COMMANDS:
        parts = command.name.split()
        if list(words[: len(parts)]) == parts:
            return command
    return None


def licences() -> str:
    """Return what `assay --licences` prints: the packages that Assay runs with, and where their inventory lies."""
    package = files("assay")
    listed = package.joinpath("licences.txt").read_text(encoding="utf-8")
    return f"{listed}\nThe inventory with digests, as CycloneDX: {package.joinpath('inventory.cdx.json')}\n"


def _no_command(words: Sequence[str]) -> str:
    """Return the sentence on words that start no command, with the one that may be meant."""
    known = [command.name for command in COMMANDS]
    said = " ".join(words[:2])
    hint = did_you_mean(said, known) or did_you_mean(words[0], known)
    return f"there is no command '{said}'{hint}; `assay --help` lists them."


def run(command: Command, words: Sequence[str]) -> int:
    """Parse a command's arguments and run it; what it raises becomes one sentence and an exit code."""
    module = importlib.import_module(command.module)
    parser = parser_of(command, module)
    parser.check_options(words)
    arguments = parser.parse_args(words)
    try:
        if command.remote and arguments.server:
            return int(getattr(importlib.import_module(REMOTE), command.remote)(arguments))
        return int(module.run(arguments))
    except AssayError as problem:
        sys.stderr.write(_told(problem))
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


def _told(error: AssayError) -> str:
    """Return an error as it is printed: several problems stand below one another."""
    several = getattr(error, "problems", ())  # of an intake, here or as a server told them
    if len(several) < 2:
        return f"assay: {error}\n"
    where = f"{error.where} has" if isinstance(error, SeveralProblems) else "The server finds"
    return f"assay: {where} {len(several)} problems:\n" + "".join(f"  {one}\n" for one in several)


def parser_of(command: Command, module: ModuleType) -> CommandParser:
    """Return the parser of a command's arguments."""
    parser = CommandParser(
        prog=f"assay {command.name}",
        description=command.sentence,
        epilog=f"example:\n  {command.example}\n\nexit codes:\n{_exits(command)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    if command.remote:
        server_arguments(parser)
    return parser


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
        + "\n\n`assay --version` and `assay --licences` say what is installed.\n\nexample:\n  assay run intake.yaml --out deliveries\n"
    )


def _exits(command: Command) -> str:
    codes = sorted({**dict(COMMON_EXITS), **dict(command.exits)}.items())
    return "\n".join(f"  {code:>3}  {meaning}" for code, meaning in codes)


if __name__ == "__main__":
    sys.exit(main())
