"""Fitted models as bytes: NumPy archives without pickled objects, so that reading one runs no code."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assay.core.errors import AssayError
from assay.core.ports.answers import Floats


@dataclass(eq=False, kw_only=True)
class DamagedModel(AssayError):
    """The stored model of people cannot be read: {reason}."""

    reason: str


def pack(arrays: Mapping[str, Floats]) -> bytes:
    """Return named arrays as bytes; equal arrays give equal bytes."""
    out = io.BytesIO()
    np.savez(out, **dict(arrays))  # type: ignore[arg-type]  # the stub takes the names for its own options
    return out.getvalue()


def unpack(data: bytes, *, shapes: Mapping[str, tuple[int | None, ...]], fits: str) -> dict[str, Floats]:
    """Read back what `pack` wrote.

    Args:
        data: the bytes.
        shapes: the name and shape of every array; None stands for the number of people.
        fits: what the shapes belong to, for the message.

    Raises:
        DamagedModel: if the bytes are no such archive, or its shapes are others.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            found = {name: np.asarray(archive[name], dtype=np.float64) for name in shapes}
    except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise DamagedModel(reason=str(error)) from error
    people = {array.shape[0] for name, array in found.items() if shapes[name][:1] == (None,) and array.ndim}
    fitting = all(
        array.ndim == len(shapes[name])
        and all(want in (None, have) for want, have in zip(shapes[name], array.shape, strict=True))
        for name, array in found.items()
    )
    if not fitting or len(people) > 1:
        raise DamagedModel(reason=f"it does not fit {fits}")
    return found


def grow(rows: Floats, people: int, *, newcomer: Floats | float) -> Floats:
    """Return rows with room for at least so many people; new rows are the newcomer's."""
    more = max(0, people - len(rows))
    added = np.broadcast_to(np.asarray(newcomer, dtype=np.float64), (more, *rows.shape[1:]))
    return np.concatenate([rows, added])
