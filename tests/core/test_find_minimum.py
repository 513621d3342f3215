"""The least value of a smooth function, and the threads that look for it."""

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from assay.core.find_minimum import least

MIDDLE = np.array([0.25, 2.0, -1.0])


def bowl(at):
    """A bowl that is least in `MIDDLE`, steeper in some directions than in others."""
    steep = np.array([1.0, 30.0, 5.0])
    away = at - MIDDLE
    return float(steep @ away**2), 2.0 * steep * away


def test_the_least_value_is_found_within_the_bounds():
    assert least(bowl, np.zeros(3)) == pytest.approx(MIDDLE, abs=1e-5)
    bounds = [(0.0, 1.0)] * 3
    assert least(bowl, np.zeros(3), bounds=bounds) == pytest.approx([0.25, 1.0, 0.0], abs=1e-5)


def test_one_thread_looks_for_it_and_the_others_are_there_again_afterwards():
    def threads():
        return [library.num_threads for library in ThreadpoolController().lib_controllers]

    before, seen = threads(), []

    def watched(at):
        seen.append(threads())
        return bowl(at)

    least(watched, np.zeros(3))
    assert {one for each in seen for one in each} == {1}
    assert threads() == before
