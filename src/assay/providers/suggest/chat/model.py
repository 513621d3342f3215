"""Ask a chat endpoint for labels: one item a call, its answer confined to the project's labels (SEC-19).

The item is data in a message of its own; the model gets no tools. Whatever it says is read as JSON of
the one shape that was asked for, and a label that is none of the project's is no answer.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from assay.core.errors import BadValue, InvalidLabel, NotReadable
from assay.core.geometry.picture_kinds import data_url
from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.limits import IMAGE_ASKED_BYTES, TEXT_ASKED
from assay.core.ports.models import ModelPlan, Suggester, SuggesterFailed, Unlabelled
from assay.core.ports.outbound import Outbound, OutboundFailed
from assay.core.ports.task_type import TaskType
from assay.providers.suggest.chat.wording import answer_schema, instructions, read_answer

LONGEST_TEXT: Final = TEXT_ASKED.most
LARGEST_PICTURE: Final = IMAGE_ASKED_BYTES.most


class ChatKind:
    """Opens chat endpoints; implements `core.ports.models.SuggesterKind`."""

    media = frozenset({"image", "text"})

    def open(self, plan: ModelPlan, *, outbound: Outbound) -> Suggester:
        """Return the endpoint; raises `BadValue` without url or model, `NotReadable` for a lost key file."""
        for key, value in (("url", plan.url), ("model", plan.model)):
            if not value:
                raise BadValue(
                    where="prelabel", key=key, found="missing", expected="given for a chat endpoint"
                )
        return ChatSuggester(plan, key=_key(plan.key_file), outbound=outbound)


class ChatSuggester:
    """One chat endpoint; implements `core.ports.models.Suggester`."""

    def __init__(self, plan: ModelPlan, *, key: str, outbound: Outbound) -> None:
        """Remember where to ask."""
        self.name = plan.model or "chat"
        self._url = f"{(plan.url or '').rstrip('/')}/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._outbound = outbound

    def suggest(
        self, items: Sequence[Unlabelled], *, task: TaskType, schema: LabelSchema
    ) -> Sequence[LabelValue | None]:
        """Return one proposal per item, None where the model abstains or answers anything else.

        Raises:
            SuggesterFailed: if the endpoint does not answer.
        """
        return [self._one(item, task=task, schema=schema) for item in items]

    def _one(self, item: Unlabelled, *, task: TaskType, schema: LabelSchema) -> LabelValue | None:
        shown = _shown(item)
        if shown is None:
            return None
        asked = {
            "model": self.name,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": instructions(task.produces, schema)},
                {"role": "user", "content": shown},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "answer",
                    "strict": True,
                    "schema": answer_schema(task.produces, schema),
                },
            },
        }
        try:
            data = self._outbound.post(self._url, json.dumps(asked).encode(), headers=self._headers)
            content = json.loads(data)["choices"][0]["message"]["content"]
            value = read_answer(json.loads(content), task.produces, schema=schema, text=item.text or "")
            # The task has the last word on what an answer is.
            return None if value is None else task.parse(task.text(value), schema=schema)
        except OutboundFailed as problem:
            raise SuggesterFailed(model=self.name, reason=str(problem)) from None
        except (ValueError, TypeError, LookupError, RecursionError, InvalidLabel):
            return None


def _shown(item: Unlabelled) -> str | list[dict[str, Any]] | None:
    """Return the item as a message: its text, or its picture; None where there is neither."""
    if item.text is not None:
        return json.dumps({"item": item.text[:LONGEST_TEXT]}, ensure_ascii=False)
    if item.picture is None:
        return json.dumps({"item": dict(item.extra)}, ensure_ascii=False)[:LONGEST_TEXT]
    try:
        url = data_url(item.picture, most=LARGEST_PICTURE)
    except OSError:
        return None
    return None if url is None else [{"type": "image_url", "image_url": {"url": url}}]


def _key(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise NotReadable(path=str(path), reason="it should hold the model's access key") from None
