"""The keys of an intake with their meaning: every section, one table; the documents are checked against it."""

from typing import Final

KEYS: Final[dict[str, dict[str, str]]] = {
    "": {
        "assay": "the version of this file's layout, 1",
        "name": "what the project is called: letters, digits and dashes, at most 63",
        "task": "the task type's name",
        "data": "where the items lie",
        "labels": "the labels that answers may use; a task type may have its own",
        "instructions": "the file with the instructions for labellers",
        "known": "items whose label is known, used as control items",
        "examples": "worked examples, on which labellers train before they start",
        "quality": "the quality target",
        "prelabel": "the model that proposes labels",
        "redundancy": "how many answers an item may get",
        "money": "currency, budget and prices, in cents",
        "deadline": "the date by which the data set is needed",
        "class": "the data class: public, internal, personal or health",
        "workforce": "who labels: simulated, recorded or people",
        "approve": "standing decisions: within them nobody is asked",
        "accept": "by_hand, or if_certified",
        "start": "where the logical clock of simulated and recorded runs starts",
        "deliver": "where to deliver and in which formats",
    },
    "data": {
        "path": "file or folder; a ZIP is unpacked beside it",
        "format": "folder, csv, jsonl, parquet or manifest",
        "id": "the column or key that holds the item's id",
        "media": "the column or key that holds the media's path",
        "text": "the column or key that holds the text",
        "labels": "the label attribute that people look at again, where the items are labelled already",
    },
    "labels": {
        "name": "the label",
        "help": "what labellers read about it",
        "labels": "the labels below this one, which answers may use in its place: their names are joined by a slash",
    },
    "known": {"path": "a CSV with the columns item,label", "use": "control"},
    "examples": {"path": "a CSV with the columns item,label and, where there is something to say, why"},
    "quality": {
        "right": "the share of items that must be right, for example 0.95",
        "confidence": "the confidence of the proof, for example 0.95",
    },
    "prelabel": {
        "kind": "auto (a model that learns as labels come), none, or a model that is there already",
        "url": "where the model listens",
        "model": "which model it is to use",
        "key_file": "the file that holds its access key",
        "automatic": "true or false: whether items that models are sure of are labelled without people",
    },
    "redundancy": {"min": "fewest answers per item", "max": "most answers per item"},
    "money": {
        "currency": "three letters",
        "budget": "cents",
        "answer": "cents per answer",
        "expert": "cents per expert judgement",
    },
    "workforce": {
        "kind": "simulated, recorded or people",
        "people": "how many labellers a simulated workforce has",
        "experts": "how many experts a simulated workforce has",
        "truth": "a CSV with the columns item,label that simulated people and experts look at",
        "answers": "a CSV with the columns item,worker,label of recorded answers",
    },
    "approve": {"max_price": "cents up to which a quote is agreed", "finish_by": "date up to which it is"},
    "deliver": {"to": "the folder for deliveries", "formats": "the label file formats to write"},
}
