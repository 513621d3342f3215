"""A workforce that repeats what people once answered; the truth plays the expert."""

from assay.providers.workforce.recorded.workforce import RecordedWorkforce

__all__ = ["RecordedWorkforce"]
