"""Whether the objects of a label lie within what they were drawn on, a picture or a text; what sticks out is cut."""

from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_values import LabelValue
from assay.core.labels.values.value_kind import kind_of_value


def lies_outside(value: LabelValue, item: ItemFacts) -> bool:
    """Say whether an object reaches beyond its picture or its text.

    Where the size of a picture is not known, its left and upper edges still are: they lie at 0.
    """
    return kind_of_value(value).outside(value, item)


def cut_to_item(value: LabelValue, item: ItemFacts) -> tuple[LabelValue, int]:
    """Return a label cut at the edges of its picture, and how many of its boxes were cut.

    What reaches beyond by a pixel (`values.boxes.SLACK`) at most stays as it is.

    Raises:
        OutsideItem: if a box or a key point lies outside of its picture, or a stretch ends beyond its text.
    """
    if not lies_outside(value, item):
        return value, 0
    found: tuple[LabelValue, int] = kind_of_value(value).cut(value, item)
    return found
