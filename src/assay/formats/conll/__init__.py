"""CoNLL-2003: one token a line, its tag last, a blank line behind each text."""

from typing import Final

from assay.formats.conll.layout import ConllFormat

MEMBER: Final = ConllFormat()
