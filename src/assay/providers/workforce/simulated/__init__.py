"""A workforce of simulated people who look at the truth and err as people do."""

from assay.providers.workforce.simulated.workforce import SimulatedWorkforce

__all__ = ["SimulatedWorkforce"]
