# packages: spacy==3.8.18
"""spaCy: what its own functions make of documents. What Prodigy writes stands beside, by its documented layout."""

import json
from pathlib import Path

import spacy
from keeping import keep, row
from spacy.tokens import DocBin
from spacy.training import docs_to_json
from spacy.training.iob_utils import biluo_to_iob, doc_to_biluo_tags

LICENCE = "MIT"
TEXTS = ["Zoë met Ann Lee.", "🚀 Rolf runs", "nothing here"]
SPANS = [[[0, 3, "PER"], [8, 15, "PER"]], [[2, 6, "PER"]], []]
TOKENS = ["Zoë met Ann Lee .", "🚀 Rolf runs", "nothing here"]
out = Path("out")
out.mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def lines(name, objects):
    path = out / name
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects), "utf-8")
    return path


def rows(texts, *, values=None):
    said = values or [{"spans": one} for one in SPANS]
    return [
        row(str(n), value, text=text)
        for n, (text, value) in enumerate(zip(texts, said, strict=True), start=1)
    ]


nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
docs = []
for text, spans in zip(TEXTS, SPANS, strict=True):
    doc = nlp(text)
    doc.ents = [doc.char_span(*span) for span in spans]
    doc.cats = {"good": 1.0, "bad": 0.0}
    docs.append(doc)
kept(
    lines("to_json.jsonl", [doc.to_json() for doc in docs]),
    "to_json.jsonl",
    "3 texts with the spans of ents; tokens, sentences and cats are columns beside",
    note="was refused: ents was no name of labels",
    labels=["PER"],
    rows=rows(TEXTS),
)
offsets = [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]
pairs = [{"text": doc.text, "entities": found} for doc, found in zip(docs, offsets, strict=True)]
kept(
    lines("offsets.jsonl", pairs),
    "offsets.jsonl",
    "3 texts with lists of start, end and name, as training data of spaCy 2 has them within objects",
    labels=["PER"],
    rows=rows(TEXTS),
)
kept(
    lines(
        "tuples.jsonl", [[doc.text, {"entities": found}] for doc, found in zip(docs, offsets, strict=True)]
    ),
    "tuples.jsonl",
    "refused: training data of spaCy 2 as it stands, a list of text and object a line",
    refused="no line of it is a JSON object",
)
training = out / "training.json"
training.write_text(json.dumps([docs_to_json(docs)]), "utf-8")
kept(
    training,
    "training.json",
    "refused: documents of paragraphs of sentences of tokens",
    refused="plain records are read as JSON Lines",
)
for scheme in ("biluo", "iob"):
    tagged = []
    for doc in docs:
        tags = doc_to_biluo_tags(doc)
        tags = tags if scheme == "biluo" else biluo_to_iob(tags)
        tagged += [f"{token.text}\t{tag}\n" for token, tag in zip(doc, tags, strict=True)] + ["\n"]
    (out / f"{scheme}.iob").write_text("".join(tagged), "utf-8")
    kept(
        out / f"{scheme}.iob",
        f"{scheme}.iob",
        "3 texts, their tokens joined by blanks, and so with a blank before the full stop",
        labels=["PER"],
        rows=rows(TOKENS),
    )
DocBin(docs=docs).to_disk(out / "docs.spacy")
back = list(DocBin().from_disk(out / "docs.spacy").get_docs(nlp.vocab))
tagged = [f"{t.text} -X- -X- {t.ent_iob_}{'-' + t.ent_type_ if t.ent_type_ else ''}\n" for t in back[0]]
(out / "docbin.conll").write_text("-DOCSTART- -X- -X- O\n\n" + "".join(tagged) + "\n", "utf-8")
kept(
    out / "docbin.conll",
    "docbin.conll",
    "1 text from a DocBin, with four columns and a first line that is no text",
    labels=["PER"],
    rows=rows(TOKENS)[:1],
)
kept(
    out / "docs.spacy",
    "docs.spacy",
    "refused: no format takes spaCy's own binary for its own",
    refused="no format takes it for its own",
)
# --- Prodigy is sold and was not run; its documented layout, with spaCy's tokens, is what follows -----
answers = ["accept", "accept", "reject"]
tasks = [
    {
        "text": doc.text,
        "_input_hash": n,
        "_task_hash": n,
        "tokens": [
            {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": bool(t.whitespace_)}
            for t in doc
        ],
        "spans": [
            {
                "start": e.start_char,
                "end": e.end_char,
                "token_start": e.start,
                "token_end": e.end - 1,
                "label": e.label_,
            }
            for e in doc.ents
        ],
        "_view_id": "ner_manual",
        "answer": answer,
    }
    for n, (doc, answer) in enumerate(zip(docs, answers, strict=True), start=1)
]
kept(
    lines("prodigy_spans.jsonl", tasks),
    "by_layout/prodigy_ner_manual.jsonl",
    "2 texts with spans; the one that was turned down is left out and counted",
    labels=["PER"],
    left_out={"rejected rows": 1},
    rows=rows(TEXTS)[:2],
)
choices = [
    {
        "text": text,
        "options": [{"id": "good", "text": "Good"}, {"id": "bad", "text": "Bad"}],
        "accept": said,
        "answer": "accept",
    }
    for text, said in zip(TEXTS, [["good"], ["bad", "good"], []], strict=True)
]
kept(
    lines("prodigy_choice.jsonl", choices),
    "by_layout/prodigy_choice.jsonl",
    "3 texts with one, two and no choices, under accept",
    labels=["good", "bad"],
    rows=rows(TEXTS, values=[["good"], ["bad", "good"], []]),
)
binary = [{"text": text, "label": "good", "answer": said} for text, said in zip(TEXTS, answers, strict=True)]
kept(
    lines("prodigy_binary.jsonl", binary),
    "by_layout/prodigy_textcat.jsonl",
    "2 single choices; the one that was turned down is left out and counted",
    labels=["good"],
    left_out={"rejected rows": 1},
    rows=rows(TEXTS, values=["good"] * 3)[:2],
)
