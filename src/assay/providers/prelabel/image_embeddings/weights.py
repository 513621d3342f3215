"""The weights of EfficientNet-Lite0, read from their file without PyTorch and without running what it holds.

The file is in PyTorch's older layout: five pickles, then the raw numbers of each tensor. A pickle can name
any code; this reader knows three harmless names and refuses all others (SEC-16), and it reads one file only:
the one whose SHA-256 is pinned here.
"""

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import AssayError

SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_KINDS: Final = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(eq=False, kw_only=True)
class WrongWeights(AssayError):
    """The file {path} does not hold the weights that this version knows: {reason}."""

    exit_code = 2
    path: str
    reason: str


def read_weights(path: Path) -> Weights:
    """Return every tensor by name, as 32-bit floats.

    Raises:
        WrongWeights: if the file is another one than the pinned one, or cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise WrongWeights(path=str(path), reason=problem.strerror or "it cannot be read") from None
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise WrongWeights(path=str(path), reason="it has another digest")
    stream = io.BytesIO(data)
    try:
        for _ in range(3):  # magic number, version of the layout, byte order
            _Reader(stream).load()
        tensors = _Reader(stream).load()
        order = _Reader(stream).load()
        storages = {tensor.key: tensor.kind for tensor in tensors.values()}
        numbers = {key: _numbers(stream, storages[key]) for key in order}
    except (pickle.UnpicklingError, EOFError, KeyError, AttributeError, ValueError) as problem:
        raise WrongWeights(path=str(path), reason=str(problem) or "it is cut off") from None
    return {
        name: _laid_out(tensor, numbers[tensor.key])
        for name, tensor in tensors.items()
        if tensor.kind == _KINDS["FloatStorage"]
    }


def _laid_out(tensor: "_Tensor", numbers: NDArray[Any]) -> NDArray[np.float32]:
    """Return a tensor of its own from its place in a storage; steps need not be those of C order."""
    strides = [step * numbers.itemsize for step in tensor.steps]
    view = np.lib.stride_tricks.as_strided(
        numbers[tensor.offset :], shape=tensor.shape, strides=strides, writeable=False
    )
    return np.array(view, dtype=np.float32, order="C")


@dataclass(frozen=True, slots=True)
class _Tensor:
    key: str
    kind: np.dtype[Any]
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def _tensor(
    storage: tuple[str, np.dtype[Any]],
    offset: int,
    shape: tuple[int, ...],
    steps: tuple[int, ...],
    *_: object,
) -> _Tensor:
    return _Tensor(storage[0], storage[1], offset, shape, steps)


_KNOWN: Final[Mapping[tuple[str, str], Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): _KINDS["FloatStorage"],
    ("torch", "LongStorage"): _KINDS["LongStorage"],
}


class _Reader(pickle.Unpickler):
    """An unpickler that knows four names."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        found: Callable[..., Any] = _KNOWN[module, name]
        return found

    def persistent_load(self, pid: Any) -> tuple[str, Any]:
        _, kind, key, *_ = pid
        return str(key), kind


def _numbers(stream: io.BytesIO, kind: np.dtype[Any]) -> NDArray[Any]:
    count = int.from_bytes(stream.read(8), "little")
    return np.frombuffer(stream.read(count * kind.itemsize), dtype=kind)
