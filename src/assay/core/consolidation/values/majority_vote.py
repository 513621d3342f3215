"""Majority vote: the yardstick beside the model. Ties go to the label earlier in the schema."""

import numpy as np

from assay.core.consolidation.values.choices import consensus_of, to_choices
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Consensus


def majority(table: AnswerTable, *, schema: LabelSchema) -> Consensus:
    """Return the label that most answers to an item name; `right` is its share of the votes."""
    names = schema.names
    choices = to_choices(table, names=names)
    cell = choices.item * choices.classes + choices.label
    votes = np.bincount(cell, minlength=choices.items * choices.classes).astype(np.float64)
    votes = votes.reshape(choices.items, choices.classes)
    shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1.0)
    return consensus_of(shares, choices=choices, names=names, prior=None, models=table.models)
