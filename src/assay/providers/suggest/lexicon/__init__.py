"""Sentiment by a lexicon of English words, with abstention: the extra `sentiment`."""

from assay.providers.suggest.lexicon.model import LexiconKind

MEMBER = LexiconKind()
