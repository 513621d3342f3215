"""How good people are, from what each of their answers gained: few answers say little."""

import numpy as np

from assay.core.ports.answers import AnswerTable, Floats


def drawn_together(
    table: AnswerTable, *, gain: Floats, expected: tuple[float, float]
) -> tuple[Floats, float]:
    """Return each person's mean gain drawn to the pooled one, shape (people,), and the pooled one."""
    start, weight = expected
    pool = float((gain.sum() + start * weight) / (len(gain) + weight))
    total = np.bincount(table.person, weights=gain, minlength=table.people)
    count = np.bincount(table.person, minlength=table.people)
    return (total + weight * pool) / (count + weight), pool
