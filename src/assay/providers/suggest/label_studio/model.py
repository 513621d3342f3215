"""Ask a backend of Label Studio's ML protocol for labels, a few items a call.

The protocol is that of label-studio-ml 1.0.9: `POST /predict` with `tasks`, `project` and `label_config`
answers with `results`, one per task, each with regions and a score. What it says is confined to the
project's labels; a result that is no answer to the task counts as an abstention.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from assay.core.errors import BadValue, InvalidLabel
from assay.core.geometry.picture_kinds import data_url
from assay.core.labels.label_values import (
    Boxes,
    Choice,
    Choices,
    LabelSchema,
    LabelValue,
    Points,
    Preference,
    Spans,
)
from assay.core.limits import IMAGE_ASKED_BYTES, TEXT_ASKED
from assay.core.ports.file_format import LeftOut
from assay.core.ports.models import ModelPlan, Suggester, SuggesterFailed, Unlabelled
from assay.core.ports.outbound import Outbound, OutboundFailed
from assay.core.ports.task_type import TaskType
from assay.formats.label_studio.values import KIND_OF, Unfit, value_of

LONGEST_TEXT: Final = TEXT_ASKED.most
LARGEST_PICTURE: Final = IMAGE_ASKED_BYTES.most
PROJECT: Final = "1.0"
"""The protocol wants a project id and a time; nothing here depends on them."""


class LabelStudioKind:
    """Opens backends; implements `core.ports.models.SuggesterKind`."""

    media = frozenset({"image", "text"})

    def open(self, plan: ModelPlan, *, outbound: Outbound) -> Suggester:
        """Return the backend; raises `BadValue` without its url."""
        if not plan.url:
            raise BadValue(
                where="prelabel", key="url", found="missing", expected="given for a Label Studio backend"
            )
        return LabelStudioBackend(plan, outbound=outbound)


class LabelStudioBackend:
    """One backend; implements `core.ports.models.Suggester`."""

    name = "label_studio"

    def __init__(self, plan: ModelPlan, *, outbound: Outbound) -> None:
        """Remember where to ask."""
        self._url = f"{(plan.url or '').rstrip('/')}/predict"
        self._version = plan.model
        self._outbound = outbound

    def suggest(
        self, items: Sequence[Unlabelled], *, task: TaskType, schema: LabelSchema
    ) -> Sequence[LabelValue | None]:
        """Return one proposal per item, None where the backend abstains or answers anything else.

        Raises:
            SuggesterFailed: if the backend does not answer, or not in the protocol.
        """
        asked = {
            "tasks": [{"id": number, "data": _data(item)} for number, item in enumerate(items, start=1)],
            "project": PROJECT,
            "label_config": label_config(task.produces, schema, media=task.media),
            "params": {},
        } | ({} if self._version is None else {"model_version": self._version})
        try:
            said = json.loads(self._outbound.post(self._url, json.dumps(asked).encode(), headers={}))
            results = said["results"]
            if not isinstance(results, list) or len(results) != len(items):
                raise SuggesterFailed(model=self.name, reason="it did not answer once for each item")
        except OutboundFailed as problem:
            raise SuggesterFailed(model=self.name, reason=str(problem)) from None
        except (ValueError, TypeError, LookupError, RecursionError):
            raise SuggesterFailed(model=self.name, reason="it does not speak the protocol") from None
        return [
            _value(result, item, task=task, schema=schema)
            for result, item in zip(results, items, strict=True)
        ]


def label_config(kind: type[LabelValue], schema: LabelSchema, *, media: str | None) -> str:
    """Return the labelling configuration that asks for values of one kind, as Label Studio writes it."""
    shown = "Image" if media == "image" else "Text"
    source = media or "text"
    tag, child, more = _TAGS[kind]
    labels = "".join(f"<{child} value={quoteattr(name)}/>" for name in schema.names) if child else ""
    return (
        f'<View><{shown} name="{source}" value="${source}"/>'
        f'<{tag} name="label" toName="{source}"{more}>{labels}</{tag}></View>'
    )


_TAGS: Final[dict[type[LabelValue], tuple[str, str, str]]] = {
    Choice: ("Choices", "Choice", ' choice="single"'),
    Choices: ("Choices", "Choice", ' choice="multiple"'),
    Boxes: ("RectangleLabels", "Label", ""),
    Points: ("KeyPointLabels", "Label", ""),
    Spans: ("Labels", "Label", ""),
    Preference: ("Pairwise", "", ""),
}


def _data(item: Unlabelled) -> dict[str, Any]:
    data: dict[str, Any] = dict(item.extra)
    if item.text is not None:
        data["text"] = item.text[:LONGEST_TEXT]
    if item.picture is not None:
        with suppress(OSError):  # the backend sees the item without its picture then, and may abstain
            if url := data_url(item.picture, most=LARGEST_PICTURE):
                data["image"] = url
    return data


def _value(result: Any, item: Unlabelled, *, task: TaskType, schema: LabelSchema) -> LabelValue | None:
    regions = result.get("result") if isinstance(result, dict) else None
    if not isinstance(regions, list) or not regions:
        return None
    kinds = (task.produces, Choice) if task.produces is Choices else (task.produces,)
    fitting = [one for one in regions if isinstance(one, dict) and KIND_OF.get(str(one.get("type"))) in kinds]
    try:
        value, _ = value_of(fitting, task.produces, text=item.text or "", left_out=LeftOut())
        return task.parse(task.text(value), schema=schema)
    except (Unfit, InvalidLabel, ValueError, TypeError, LookupError):
        return None
