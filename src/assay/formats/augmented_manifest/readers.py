"""Who reads augmented manifests, and what one remark about a line is."""

from dataclasses import dataclass
from typing import Final

TRAINING: Final = "SageMaker training"
COMPREHEND: Final = "Amazon Comprehend"
CHAINING: Final = "Ground Truth (the manifest as input of a next job)"
POSITION: Final = "AWS sample notebooks that read keys or lines by position"
SCRIPTS: Final = "AWS sample notebooks and scripts that read metadata"
EVERY_READER: Final = "every reader"


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with one key of one line, and who would stumble over it."""

    key: str
    sentence: str
    reader: str
