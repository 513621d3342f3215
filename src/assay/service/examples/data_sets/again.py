"""Labels that are there already and are looked at again: about one in twelve of a manifest's is wrong."""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_values import Choice, LabelledItem, schema_of
from assay.core.ports.file_format import LeftOut, Naming
from assay.formats import FORMATS
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, opening, say, varied
from assay.tasktypes import TASK_TYPES

COUNT: Final = 600
WRONG: Final = 0.08
"""The share of earlier labels that are wrong."""

TASK: Final = "text_classification"
ATTRIBUTE: Final = "first"
MADE_AT: Final = "2026-09-01T08:00:00.000000"
LABELS: Final = (
    ("kitchen", "Cooking, eating, and what is used for it."),
    ("garden", "Plants, outdoor work and outdoor furniture."),
    ("office", "Desk work, paper and what stands on a desk."),
    ("sports", "Exercise, games in the open air, training."),
    ("toys", "For children to play with."),
)
GRAMMAR: Final[Grammar] = {
    "colour": ("red", "dark blue", "grey", "sand-coloured", "green", "white", "black", "yellow", "turquoise"),
    "stuff": ("oak", "steel", "recycled plastic", "bamboo", "cotton", "aluminium", "glass", "linen", "cork"),
    "size": ("small", "large", "foldable", "light", "heavy", "narrow", "extra long", "sturdy"),
    "plus": (
        "two years of warranty", "delivered in one parcel", "easy to clean", "made in small numbers",
        "with a spare part", "packed without plastic", "winner of a design prize", "sold in pairs",
    ),
    "kitchen": (
        "saucepan with lid", "bread knife", "salad bowl", "set of six soup spoons", "pepper mill", "baking tin",
        "apron with pocket", "chopping board", "egg timer", "lunch box", "coffee filter", "casserole",
    ),
    "garden": (
        "watering can", "rake", "bird feeder", "flower pot", "hedge shears", "sun lounger", "compost bin",
        "garden hose on a reel", "seed tray", "wheelbarrow", "lantern for the terrace", "bulb planter",
    ),
    "office": (
        "stapler", "letter tray", "desk lamp", "ring binder", "hole punch", "swivel chair", "pen holder",
        "whiteboard", "notebook with dotted pages", "document shredder", "wrist rest", "label printer",
    ),
    "sports": (
        "skipping rope", "yoga mat", "table tennis bat", "football", "swimming goggles", "bicycle helmet",
        "pair of dumb-bells", "badminton net", "running belt", "climbing chalk bag", "hockey stick", "knee pads",
    ),
    "toys": (
        "wooden train", "doll's house", "jigsaw with 60 pieces", "set of building blocks", "spinning top",
        "kite with a long tail", "glove puppet", "marble run", "toy kitchen with pans", "plush bear",
        "sand moulds", "rocking horse",
    ),
    "line": (
        "{size} {thing} in {colour}, {stuff}; {plus}", "{thing}, {size}, made of {stuff} ({colour}) - {plus}",
        "new in the shop: {colour} {thing} of {stuff}, {size}", "{thing} in {colour} {stuff}, {plus}",
        "{stuff} {thing}, {size} model, also in {colour}; {plus}", "last pieces: {size} {thing}, {colour}, {plus}",
    ),
}  # fmt: skip

GUIDE: Final = """# In which department is it sold?

Each line describes one product. An earlier project has labelled all of them, and a few of its labels are wrong.
Do not look for the earlier label: say what you see.

- What a thing is for decides, not what it is made of or where it may stand: a *rocking horse of oak* is **toys**.
- A small copy for children is a toy: *toy kitchen with pans* is **toys**, *saucepan with lid* is **kitchen**.
- *desk lamp* is **office**, *lantern for the terrace* is **garden**: lamps go where they are meant to stand.
- *table tennis bat*, *badminton net*, *skipping rope* are **sports**, although children like them too.
"""


def _content() -> Content:
    made = varied("again", COUNT, _product)
    keys = [f"product-{number:04d}" for number in range(1, COUNT + 1)]
    names = [name for name, _ in LABELS]
    earlier = [
        LabelledItem(
            key=key,
            media=None,
            text=text,
            extra={"id": key},
            value=Choice(_earlier(key, label, names)),
            confidence=0.9,
            human=True,
            made_at=MADE_AT,
        )
        for key, (text, label) in zip(keys, made, strict=True)
    ]
    return Content(
        header=(),
        rows=(),
        truth=[(key, label) for key, (_, label) in zip(keys, made, strict=True)],
        files=[("earlier.manifest", _manifest(earlier, names))],
    )


def _product(place: int, draw: np.random.Generator) -> tuple[str, str]:
    label = LABELS[place % len(LABELS)][0]
    return opening(say({**GRAMMAR, "thing": GRAMMAR[label]}, "line", draw)), label


def _earlier(key: str, label: str, names: list[str]) -> str:
    """Return the label that the earlier project gave: mostly the true one, else another."""
    if chance.uniform(SEED, "earlier label", key) >= WRONG:
        return label
    others = [name for name in names if name != label]
    return others[chance.pick(SEED, "wrong earlier label", key, below=len(others))]


def _manifest(items: list[LabelledItem], names: list[str]) -> bytes:
    """Return the manifest as the earlier project delivered it."""
    naming = Naming(
        attribute=ATTRIBUTE,
        job=ATTRIBUTE,
        manifest_type=TASK_TYPES.get(TASK).manifest_type,
        schema=schema_of(names),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "earlier.manifest"
        FORMATS.get("augmented_manifest").write(items, path, naming=naming, left_out=LeftOut())
        return path.read_bytes()


EXAMPLE: Final = Example(
    name="again",
    sentence=f"{COUNT} products of a manifest whose labels are there already, one in twelve of them wrong",
    look_at="how few answers it takes to check labels, and `adjustment-status` in the new manifest",
    intake=intake_text(
        name="again",
        task=TASK,
        data=f"path: earlier.manifest, format: manifest, id: id, labels: {ATTRIBUTE}",
        labels=listed(LABELS),
        right=0.93,
        formats=("augmented_manifest", "csv", "jsonl"),
    ),
    guide=GUIDE,
    content=_content,
)
