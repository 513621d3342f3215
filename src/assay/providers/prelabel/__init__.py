"""Pre-labellers: models that propose labels and learn from labels as they come.

A member is a folder with an attribute `MEMBER` that implements `core.ports.models.Prelabeller`; adding one is
adding its folder, or an entry point in the group `assay.providers.prelabel`.
"""

from assay.core.ports.models import Prelabeller
from assay.core.registry import Registry

PRELABELLERS: Registry[Prelabeller] = Registry(kind="pre-labeller", home=__name__)
