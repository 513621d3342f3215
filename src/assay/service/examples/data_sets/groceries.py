"""Product pictures of groceries, whose labels form a tree of three levels."""

from typing import Final

from assay.core import chance
from assay.service.examples.data_sets.grocery_pictures import DRAWN, Hand
from assay.service.examples.example_folder import SEED, Content, Example, intake_text

COUNT: Final = 500
TREE: Final = """\
  - name: Fruit
    labels:
      - {name: Apple, labels: [Gala, Granny Smith]}
      - {name: Citrus, labels: [Lemon, Orange]}
  - name: Vegetables
    labels:
      - {name: Roots, labels: [Carrot, Beetroot]}
      - {name: From above ground, labels: [Tomato, Aubergine]}
  - name: Drinks
    labels:
      - {name: Bottles, labels: [Water, Cola]}
      - {name: Cartons, labels: [Milk, Orange juice]}"""

GUIDE: Final = """# Which product is it?

Each picture shows one product on a light ground. Choose it at the last level of the tree.

- **Gala** is red with yellow streaks, **Granny Smith** green all over.
- **Lemon** or **Orange**? A lemon is yellow and drawn out at its ends; an orange is round.
- **Tomato** or **Gala**? A tomato carries a green star of leaves, an apple a brown stalk with one leaf.
- **Carrot** is orange and pointed, **Beetroot** round and purple with its stalks on top; **Aubergine** is long and violet
  with a green cap.
- **Water** is a clear bottle, **Cola** a dark one. Cartons: **Milk** is white and blue, **Orange juice** has an orange
  on its front. A carton with a picture of an orange is not an **Orange**.

Judge what would be sold, not what is printed on it.
"""


def _content() -> Content:
    keys = [f"grocery-{number:04d}" for number in range(1, COUNT + 1)]
    names = list(DRAWN)
    truth = [(key, names[chance.pick(SEED, "groceries", key, below=len(names))]) for key in keys]
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=truth,
        files=((f"images/{key}.jpg", _picture(key, name)) for key, name in truth),
    )


def _picture(key: str, name: str) -> bytes:
    hand = Hand(chance.generator(SEED, "grocery picture", key))
    DRAWN[name](hand)
    return hand.sheet.photograph(hand.draw)


EXAMPLE: Final = Example(
    name="groceries",
    sentence=f"{COUNT} product pictures, labels in a tree of three levels",
    look_at="labels such as `Fruit/Apple/Gala`: the tree in the intake, the paths in the manifest",
    intake=intake_text(
        name="groceries",
        task="image_classification",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=TREE.splitlines(),
        right=0.9,
        formats=("augmented_manifest", "csv", "jsonl"),
    ),
    guide=GUIDE,
    content=_content,
)
