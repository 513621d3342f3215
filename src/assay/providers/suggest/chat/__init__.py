"""Any endpoint that speaks the chat protocol of OpenAI, local ones too."""

from assay.providers.suggest.chat.model import ChatKind

MEMBER = ChatKind()
