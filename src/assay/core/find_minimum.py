"""Where a smooth function is least, found on one thread.

BLAS starts a thread per core even for a matrix of ten rows, and threads that wait for one another burn more time than
all the arithmetic: with another busy process beside it, a plan took three times as long. It also makes the same numbers
however many cores there are.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from threadpoolctl import ThreadpoolController

from assay.core.lazy_import import Late
from assay.core.ports.answers import Floats

_optimize = Late("scipy.optimize")


def least(
    misfit: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> Floats:
    """Return where a function is least, shape (parameters,).

    By L-BFGS-B: Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization"
    (SIAM Journal on Scientific Computing 1995).

    Args:
        misfit: returns the function's value and its gradient, shape (parameters,).
        start: shape (parameters,), where the search begins.
        bounds: least and greatest value of each parameter; None: there are none.
    """
    minimize = _optimize.minimize  # which loads the libraries that are to be limited
    with _libraries().limit(limits=1):
        found: Floats = np.asarray(minimize(misfit, start, jac=True, method="L-BFGS-B", bounds=bounds).x)
    return found


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """Return what sets the threads of the loaded libraries; to look for them takes longer than most searches."""
    return ThreadpoolController()
