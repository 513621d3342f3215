"""What the documents of a delivery show beside the certificate: frozen values, filled by the deliver stage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage of the pipeline: how many items went through it, and what it did, in a few words."""

    name: str
    items: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spending:
    """What the batch cost, in cents; `budget` is None where there was none.

    Where not all answers were paid the same, `paid_by` says in words by what, and `answers_paid` what they came to.
    """

    currency: str
    spent: int
    budget: int | None
    answers: int
    answer_price: int
    expert_judgements: int
    expert_price: int
    answers_paid: int = 0
    paid_by: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fixed number of answers each would have cost, in cents, and reached.

    `reached` is the share right against the audit's verdicts, or None where it cannot be known;
    `way` says how the answers become one, `how` in a sentence where the figures come from.
    """

    answers_each: int
    cost: int
    reached: float | None
    how: str
    way: str = "majority vote"


@dataclass(frozen=True, slots=True)
class Confusion:
    """Frozen label against expert's verdict in the audit sample: `counts[frozen][verdict]`, in label order."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class MoreData:
    """Whether more data would help a model: in a sentence, with (labels, share wrong) from few labels to all."""

    sentence: str
    points: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """One item that the report shows, riskiest and corrected ones first.

    Attributes:
        key: the item's id.
        label: as delivered.
        before: the label before correction, or None where it was not corrected.
        risk: probability that the label is wrong.
        text: the item's text in stretches, each with the label it is marked with or ""; empty without text.
        thumbnail: bytes of a small picture, or None.
        thumbnail_type: its media type: image/png, image/jpeg or image/webp.
        note: why it is shown, in a few words.
    """

    key: str
    label: str
    before: str | None
    risk: float
    text: tuple[tuple[str, str], ...] = ()
    thumbnail: bytes | None = None
    thumbnail_type: str = "image/png"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that was decided without asking anybody: what, by which rule, and for how many items."""

    what: str
    why: str
    items: int | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the report shows beside the certificate. Times are UTC, ISO 8601; `deadline` is a date or None."""

    started_at: str
    finished_at: str
    deadline: str | None
    machine_labelled: int
    stages: tuple[StageCount, ...]
    spending: Spending
    comparison: Comparison | None
    confusion: Confusion | None
    gallery: tuple[GalleryItem, ...] = ()
    decisions: tuple[Decision, ...] = ()
    more_data: MoreData | None = None


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the data sheet says beside the certificate (after Gebru et al., "Datasheets for Datasets").

    Attributes:
        purpose: what the data set was made for, in the requester's words, or "".
        media: what an item is: image, text or item.
        source: where the items came from, as the requester wrote it.
        data_class: public, internal, personal or health.
        counts: delivered items per label, or the objects that they hold, in label order.
        counted: what was counted: items, objects, points or spans.
        compared: how two labels are compared, in a sentence without its full stop.
        instructions: the name of the instructions that labellers followed, or "".
        people: how many people answered.
        answers: how many answers they gave.
        automatic: how many items models labelled without anybody's answer.
        experts: how many experts judged.
        files: (name, what it holds) of the delivery's label files is added by `write_delivery`.
    """

    purpose: str
    media: str
    source: str
    data_class: str
    counts: tuple[tuple[str, int], ...]
    instructions: str
    people: int
    answers: int
    automatic: int
    experts: int
    files: tuple[tuple[str, str], ...] = ()
    counted: str = "items"
    compared: str = ""
