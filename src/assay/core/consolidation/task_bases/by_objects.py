"""The base of task types whose answer is a number of objects: boxes in a picture, spans in a text."""

from collections.abc import Sequence

from assay.core.consolidation.objects.object_clusters import AttributeRules, Kind
from assay.core.consolidation.objects.object_model import fit_objects, load_objects
from assay.core.consolidation.task_bases.by_comparison import ByComparison
from assay.core.labels.label_values import LabelSchema
from assay.core.labels.loss_rules import ATTRIBUTES
from assay.core.ports.answers import AnswerTable, Consolidator, Floats


class ByObjects(ByComparison):
    """A task type whose people are consolidated object by object, not answer by answer.

    Whoever has parameters that consolidation must know overrides `kind_in`.

    Attributes:
        kind: how objects of this kind are read, compared and put together.
    """

    kind: Kind

    @staticmethod
    def rules_in(schema: LabelSchema) -> AttributeRules | None:
        """Return what objects carry in a project, None where it asks for nothing."""
        return AttributeRules(schema, ATTRIBUTES.of(schema)) if schema.has_attributes else None

    def kind_in(self, schema: LabelSchema) -> Kind:  # noqa: ARG002 - kinds without parameters are the same everywhere
        """Return how objects are put together in a project."""
        return self.kind

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,  # noqa: ARG002 - a model that knows labels only cannot say an answer
    ) -> Consolidator:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return fit_objects(table, kind=self.kind_in(schema), schema=schema, known=known)

    def load(self, data: bytes, *, schema: LabelSchema) -> Consolidator:
        """Read back what `ObjectModel.to_bytes` wrote; raises `DamagedModel`."""
        return load_objects(data, kind=self.kind_in(schema), schema=schema)
