"""Models that propose whole labels and do not learn from the project."""

from assay.core.ports.models import SuggesterKind
from assay.core.registry import Registry

SUGGESTERS: Registry[SuggesterKind] = Registry(kind="pre-labelling model", home=__name__)
