"""How long an invitation is good, the first administrator's too."""

from typing import Final

_HOUR: Final = 3_600_000_000
LIFE: Final = 24 * _HOUR
"""In microseconds."""
LIFE_IN_WORDS: Final = f"{LIFE // _HOUR} hours"
