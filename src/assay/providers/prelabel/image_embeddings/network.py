"""EfficientNet-Lite0 forward in NumPy, up to the vector that its classifier reads.

Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019; the Lite
variants leave out squeeze-and-excitation and use ReLU6. Batch norms are folded into the convolutions once.
Arrays are (height, width, channels); padding is TensorFlow's "same", with which the weights were trained.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.providers.prelabel.image_embeddings.weights import Weights

SIDE: Final = 224
LENGTH: Final = 1_280
BLOCKS: Final = 16
STRIDES: Final = {1: 2, 3: 2, 5: 2, 11: 2}
"""Blocks that halve the picture; the stem does too."""

_EPSILON: Final = 1e-3
_Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Layer:
    """A convolution with its batch norm folded in; `weight` is (in, out), or (k, k, channels) by channel."""

    weight: _Array
    bias: _Array


@dataclass(frozen=True, slots=True)
class _Block:
    """Widen (or not), look around by channel, narrow; and add the input where the shape stayed."""

    expand: _Layer | None
    depthwise: _Layer
    project: _Layer
    stride: int


class Network:
    """The network with its weights, ready to embed pictures."""

    def __init__(self, weights: Weights) -> None:
        """Fold the batch norms."""
        self._stem = _full(weights, "_conv_stem", "_bn0")
        self._blocks = [_block(weights, number) for number in range(BLOCKS)]
        self._head = _pointwise(weights, "_conv_head", "_bn1")
        self._classes = weights["_fc.weight"], weights["_fc.bias"]

    def embed(self, picture: NDArray[np.uint8]) -> _Array:
        """Return the picture's vector, shape (1,280,); the picture has shape (224, 224, 3)."""
        x = (picture.astype(np.float32) - 127.0) / 128.0
        x = _relu6(_patches(x, side=3, stride=2) @ self._stem.weight + self._stem.bias)
        for block in self._blocks:
            x = _through(x, block)
        x = _relu6(x @ self._head.weight + self._head.bias)
        embedding: _Array = x.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
        return embedding

    def scores(self, embedding: _Array) -> _Array:
        """Return the scores of ImageNet's 1,000 classes: they show that the weights were read rightly."""
        weight, bias = self._classes
        found: _Array = weight @ embedding + bias
        return found


def _through(x: _Array, block: _Block) -> _Array:
    inner = x if block.expand is None else _relu6(x @ block.expand.weight + block.expand.bias)
    inner = _relu6(_by_channel(inner, block.depthwise.weight, stride=block.stride) + block.depthwise.bias)
    out = inner @ block.project.weight + block.project.bias
    return out + x if block.stride == 1 and out.shape == x.shape else out


def _by_channel(x: _Array, weight: _Array, *, stride: int) -> _Array:
    """Convolve each channel with its own small filter."""
    side = weight.shape[0]
    padded, (height, width) = _padded(x, side=side, stride=stride)
    out = np.zeros((height, width, x.shape[2]), dtype=np.float32)
    for row in range(side):
        for column in range(side):
            part = padded[row : row + stride * height : stride, column : column + stride * width : stride]
            out += part[:height, :width] * weight[row, column]
    return out


def _patches(x: _Array, *, side: int, stride: int) -> _Array:
    """Return each place's neighbourhood, shape (height, width, side * side * channels)."""
    padded, (height, width) = _padded(x, side=side, stride=stride)
    parts = [
        padded[row : row + stride * height : stride, column : column + stride * width : stride][
            :height, :width
        ]
        for row in range(side)
        for column in range(side)
    ]
    return np.concatenate(parts, axis=2)


def _padded(x: _Array, *, side: int, stride: int) -> tuple[_Array, tuple[int, int]]:
    """Pad as TensorFlow's "same": what is odd goes to the bottom and the right."""
    sizes, pads = [], []
    for length in x.shape[:2]:
        out = -(-length // stride)
        whole = max((out - 1) * stride + side - length, 0)
        sizes.append(out)
        pads.append((whole // 2, whole - whole // 2))
    return np.pad(x, (*pads, (0, 0))), (sizes[0], sizes[1])


def _relu6(x: _Array) -> _Array:
    return np.clip(x, 0.0, 6.0, out=x)


def _block(weights: Weights, number: int) -> _Block:
    name = f"_blocks.{number}."
    expand = f"{name}_expand_conv"
    scale, shift = _norm(weights, f"{name}_bn1")
    depthwise = weights[f"{name}_depthwise_conv.weight"][:, 0].transpose(1, 2, 0) * scale
    return _Block(
        expand=_pointwise(weights, expand, f"{name}_bn0") if f"{expand}.weight" in weights else None,
        depthwise=_Layer(np.ascontiguousarray(depthwise), shift),
        project=_pointwise(weights, f"{name}_project_conv", f"{name}_bn2"),
        stride=STRIDES.get(number, 1),
    )


def _pointwise(weights: Weights, convolution: str, norm: str) -> _Layer:
    scale, shift = _norm(weights, norm)
    return _Layer(np.ascontiguousarray(weights[f"{convolution}.weight"][:, :, 0, 0].T) * scale, shift)


def _full(weights: Weights, convolution: str, norm: str) -> _Layer:
    scale, shift = _norm(weights, norm)
    weight = weights[f"{convolution}.weight"].transpose(2, 3, 1, 0)
    return _Layer(weight.reshape(-1, weight.shape[3]) * scale, shift)


def _norm(weights: Weights, name: str) -> tuple[_Array, _Array]:
    scale = weights[f"{name}.weight"] / np.sqrt(weights[f"{name}.running_var"] + _EPSILON)
    return scale, weights[f"{name}.bias"] - weights[f"{name}.running_mean"] * scale
