# packages: label-studio-sdk==2.1.2
"""Label Studio's own converter, which its server exports with."""

import json
import wave
from pathlib import Path

import numpy as np
from keeping import keep, picture, row
from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.brush import mask2rle
from label_studio_sdk.converter.imports.coco import convert_coco_to_ls

LICENCE = "Apache-2.0"
SIZES = {"a.png": (64, 48), "b.png": (40, 30), "c.png": (50, 50)}
BOXES = {
    "a.png": [["nut", 4, 6, 16, 12], ["bolt", 32, 24.6, 8, 6.3]],
    "b.png": [["bolt", 1, 3, 8, 9]],
    "c.png": [],
}
TEXTS = {
    "Zoë met Ann Lee in Oslo.": [[0, 3, "PER"], [8, 15, "PER"], [19, 23, "LOC"]],
    "🚀 Rolf runs": [[2, 6, "PER"]],
    "nothing here": [],
}
TOKENS = {  # how its CoNLL export parts them, joined by blanks
    "Zoë met Ann Lee in Oslo .": [[0, 3, "PER"], [8, 15, "PER"], [19, 23, "LOC"]],
    "🚀 Rolf runs": [[2, 6, "PER"]],
    "nothing here": [],
}
MADE = "2026-01-02T03:04:05.000000Z"
PICTURE_VIEW = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">
<Label value="nut"/><Label value="bolt"/></RectangleLabels></View>"""
TEXT_VIEW = """<View><Text name="text" value="$text"/><Labels name="ner" toName="text">
<Label value="PER"/><Label value="LOC"/></Labels></View>"""
ONE_VIEW = """<View><Text name="text" value="$text"/><Choices name="tone" toName="text" choice="single">
<Choice value="good"/><Choice value="bad"/></Choices></View>"""
MANY_VIEW = ONE_VIEW.replace("single", "multiple")
POINT_VIEW = """<View><Image name="image" value="$image"/><KeyPointLabels name="eye" toName="image">
<Label value="left"/><Label value="right"/></KeyPointLabels></View>"""
OUTLINE_VIEW = """<View><Image name="image" value="$image"/><PolygonLabels name="shape" toName="image">
<Label value="leaf"/></PolygonLabels></View>"""
BRUSH_VIEW = """<View><Image name="image" value="$image"/><BrushLabels name="mask" toName="image">
<Label value="leaf"/></BrushLabels></View>"""
SOUND_VIEW = """<View><Audio name="audio" value="$audio"/><TextArea name="said" toName="audio"/></View>"""
STATE_VIEW = """<View><Image name="image" value="$image"/>
<Choices name="seen" toName="image" choice="single"><Choice value="well"/><Choice value="badly"/></Choices>
<RectangleLabels name="part" toName="image"><Label value="nut"/><Label value="bolt"/></RectangleLabels>
<Choices name="rust" toName="image" perRegion="true"><Choice value="some"/><Choice value="much"/></Choices>
<Number name="age" toName="image" perRegion="true"/><TextArea name="note" toName="image" perRegion="true"/>
<Choices name="tools" toName="image" choice="multiple"><Choice value="pliers"/><Choice value="saw"/></Choices></View>"""
PAIR_VIEW = """<View><Pairwise name="pair" toName="one,two"/><Text name="one" value="$one"/>
<Text name="two" value="$two"/></View>"""


def task(number, data, result):
    made = {"created_at": MADE, "updated_at": MADE, "lead_time": 2.5}
    said = {"id": 100 + number, "completed_by": {"id": 1, "email": "a@example.org"}, "result": result, **made}
    return {
        "id": number,
        "data": data,
        "annotations": [{**said, "was_cancelled": False, "ground_truth": False}],
        **made,
    }


def region(kind, name, to, value, **more):
    return {"id": "r", "from_name": name, "to_name": to, "type": kind, "value": value, **more}


def rectangle(name, left, top, width, height, size, turn=0):
    wide, high = size
    place = {
        "x": 100 * left / wide,
        "y": 100 * top / high,
        "width": 100 * width / wide,
        "height": 100 * height / high,
    }
    value = {**place, "rotation": turn, "rectanglelabels": [name]}
    return region(
        "rectanglelabels", "box", "image", value, original_width=wide, original_height=high, image_rotation=0
    )


def span(text, start, end, name):
    """A region as a browser counts: in UTF-16 code units."""
    units = [len(text[:place].encode("utf-16-le")) // 2 for place in (start, end)]
    value = {"start": units[0], "end": units[1], "text": text[start:end], "labels": [name]}
    return region("labels", "ner", "text", value)


def export(name, view, tasks, form):
    source = Path(f"{name}.json")
    source.write_text(json.dumps(tasks), "utf-8")
    out = Path("out") / name
    Converter(view, project_dir=None, upload_dir="upload", download_resources=True).convert(
        str(source), str(out), form, is_dir=False
    )
    return out


def upload(name):
    return f"/data/upload/1/{name}"


for name, size in SIZES.items():
    picture(f"upload/1/{name}", *size)

boxed = [
    task(number, {"image": upload(name)}, [rectangle(*one, SIZES[name]) for one in BOXES[name]])
    for number, name in enumerate(BOXES, start=1)
]
tagged = [
    task(number, {"text": text}, [span(text, *one) for one in spans])
    for number, (text, spans) in enumerate(TEXTS.items(), start=1)
]


def chosen(number, text, names):
    return task(
        number, {"text": text}, [region("choices", "tone", "text", {"choices": names})] if names else []
    )


def nobody(number, text):
    """A task that nobody has labelled, as an export of all tasks has it too."""
    return {**task(number, {"text": text}, []), "annotations": []}


def skipped(number, text):
    found = task(number, {"text": text}, [])
    found["annotations"][0]["was_cancelled"] = True
    return found


single = [chosen(1, "fine", ["good"]), chosen(2, "broken", ["bad"])]
SINGLE = [row("1", "good", text="fine"), row("2", "bad", text="broken")]
several = [chosen(1, "fine", ["good"]), chosen(2, "so so", ["bad", "good"]), chosen(3, "well", [])]
SEVERAL = [
    row("1", ["good"], text="fine"),
    row("2", ["bad", "good"], text="so so"),
    row("3", [], text="well"),
]
everything = [*several, nobody(4, "unseen"), skipped(5, "passed over")]


def boxed_rows(media, *, bare=False, **sizes):
    """The truth of the pictures; nothing says the size of one without regions unless the picture is there."""
    shown = {name: size for name, size in SIZES.items() if BOXES[name] or sizes.get("known")}
    return [
        row(
            media(name) if bare else str(number),
            {"boxes": boxes},
            media=media(name),
            **({"size": shown[name]} if name in shown else {}),
        )
        for number, (name, boxes) in enumerate(BOXES.items(), start=1)
    ]


def text_rows(texts):
    return [
        row(str(number), {"spans": spans}, text=text)
        for number, (text, spans) in enumerate(texts.items(), start=1)
    ]


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


# --- boxes in pictures -------------------------------------------------------------------------------
out = export("boxes_json", PICTURE_VIEW, boxed, "JSON")
kept(
    out / "result.json",
    "boxes.json",
    "3 items with their ids, c.png without boxes; its size is not known, since no region says it",
    labels=["nut", "bolt"],
    rows=boxed_rows(upload),
)
out = export("boxes_min", PICTURE_VIEW, boxed, "JSON_MIN")
kept(
    out / "result.json",
    "boxes.min.json",
    "as from JSON; the empty task has no key for its control and is an item without boxes",
    labels=["nut", "bolt"],
    rows=boxed_rows(upload),
)
out = export("boxes_csv", PICTURE_VIEW, boxed, "CSV")
kept(
    out / "result.csv",
    "boxes.csv",
    "as from JSON-MIN, whose regions stand as JSON in the cells",
    note="was refused: no column looked like labels; and with the column named, no object had a label",
    labels=["nut", "bolt"],
    rows=boxed_rows(upload),
)
out = export("boxes_coco", PICTURE_VIEW, boxed, "COCO_WITH_IMAGES")
kept(
    out / "result.json",
    "boxes_coco/result.json",
    "3 items by the names of their files below images, all with a size, which the converter takes from the pictures",
    note="the pictures are named by their place in the server's store, outside of the export, and none is copied",
    labels=["bolt", "nut"],
    rows=boxed_rows(lambda name: f"../../upload/1/{name}", bare=True, known=True),
)
out = export("boxes_voc", PICTURE_VIEW, boxed, "VOC")
kept(
    out,
    "boxes_voc",
    "2 items with whole pixels, cut; c.png has no annotation, no set lists it, and so it is set aside",
    note="c.png was missing without a word: its folder is called images and not JPEGImages",
    labels=["nut", "bolt"],
    rows=[
        row(
            "a.png",
            {"boxes": [["nut", 4, 6, 16, 12], ["bolt", 32, 24, 8, 6]]},
            media="a.png",
            size=SIZES["a.png"],
        ),
        row("b.png", {"boxes": BOXES["b.png"]}, media="b.png", size=SIZES["b.png"]),
    ],
    bad=[[3, "it has no annotation, and no set lists it"]],
)
out = export("boxes_yolo", PICTURE_VIEW, boxed, "YOLO_WITH_IMAGES")
kept(
    out,
    "boxes_yolo",
    "3 pictures, c.png with an empty file of labels; classes by the alphabet",
    labels=["bolt", "nut"],
    rows=boxed_rows(lambda name: f"images/{name}", bare=True, known=True),
)
out = export("boxes_yolo_bare", PICTURE_VIEW, boxed, "YOLO")
kept(
    out,
    "boxes_yolo_without_images",
    "three bad rows: nothing says how large the pictures are",
    labels=["bolt", "nut"],
    bad=[[n, f"the picture of 'labels/{name}.txt' is not there"] for n, name in enumerate("abc", start=1)],
)
out = export("boxes_obb", PICTURE_VIEW, boxed, "YOLO_OBB_WITH_IMAGES")
kept(
    out,
    "boxes_yolo_obb",
    "the upright boxes around the corners, the corners counted as outlines",
    labels=["bolt", "nut"],
    left_out={"outlines": 3},
    rows=boxed_rows(lambda name: f"images/{name}", bare=True, known=True),
)
turned = [task(1, {"image": upload("a.png")}, [rectangle("nut", 32, 10, 16, 12, SIZES["a.png"], 90)])]
for form, into in (("JSON", "turned.json"), ("YOLO_OBB_WITH_IMAGES", "turned_yolo_obb")):
    out = export(f"turned_{form}", PICTURE_VIEW, turned, form)
    place = {"media": upload("a.png")} if form == "JSON" else {"media": "images/a.png"}
    kept(
        out / "result.json" if form == "JSON" else out,
        into,
        "the upright box around the turned one, turned by 90 degrees about its top left corner in pixels",
        labels=["nut"] if form == "JSON" else ["bolt", "nut"],
        left_out={"rotations": 1} if form == "JSON" else {"outlines": 1},
        rows=[
            row(
                "1" if form == "JSON" else "images/a.png",
                {"boxes": [["nut", 20, 10, 12, 16]]},
                size=SIZES["a.png"],
                **place,
            )
        ],
    )
# --- spans in texts ----------------------------------------------------------------------------------
for form, into in (
    ("JSON", "spans.json"),
    ("JSON_MIN", "spans.min.json"),
    ("CSV", "spans.csv"),
    ("TSV", "spans.tsv"),
):
    out = export(f"spans_{form}", TEXT_VIEW, tagged, form)
    table = form in ("CSV", "TSV")
    kept(
        out / ("result.csv" if table else "result.json"),
        into,
        "3 texts; places in code points, also behind the emoji, and the text without spans",
        note="was refused: no column looked like labels" if table else "",
        labels=["PER", "LOC"],
        rows=text_rows(TEXTS),
    )
kept(
    export("spans_conll", TEXT_VIEW, tagged, "CONLL2003") / "result.conll",
    "spans.conll",
    "3 texts, their tokens joined by blanks, and so with a blank before the full stop",
    labels=["PER", "LOC"],
    rows=text_rows(TOKENS),
)
# --- choices -----------------------------------------------------------------------------------------
for form, into in (("JSON", "single.json"), ("JSON_MIN", "single.min.json"), ("TSV", "single.tsv")):
    out = export(f"single_{form}", ONE_VIEW, single, form)
    kept(
        out / ("result.csv" if form == "TSV" else "result.json"),
        into,
        "2 single choices",
        note="was refused: no column looked like labels" if form == "TSV" else "",
        labels=["good", "bad"],
        rows=SINGLE,
    )
for form, into in (("JSON", "several.json"), ("JSON_MIN", "several.min.json"), ("CSV", "several.csv")):
    out = export(f"several_{form}", MANY_VIEW, several, form)
    kept(
        out / ("result.csv" if form == "CSV" else "result.json"),
        into,
        "3 texts with one, two and no choices",
        note={
            "JSON_MIN": "a choice that stands alone is a bare text; it was lost without a word, and its text had none",
            "CSV": "was refused; with the column named the first kind decided, and the others were bad rows",
        }.get(form, ""),
        labels=["bad", "good"] if form != "JSON" else ["good", "bad"],
        rows=SEVERAL,
    )
for form, into in (("JSON", "all_tasks.json"), ("JSON_MIN", "all_tasks.min.json"), ("CSV", "all_tasks.csv")):
    out = export(f"all_{form}", MANY_VIEW, everything, form)
    bare = form != "JSON"
    kept(
        out / ("result.csv" if form == "CSV" else "result.json"),
        into,
        "as before; the task that nobody labelled is a bad row, and so is the skipped one where it is in the file",
        note="the task that nobody labelled came as one without choices" if form == "JSON_MIN" else "",
        labels=["bad", "good"] if bare else ["good", "bad"],
        rows=SEVERAL,
        bad=[[4, "the task has no annotation"]] + ([] if bare else [[5, "the task has no annotation"]]),
    )
# --- several questions, and what is said about single regions ----------------------------------------


def part(one, name, **said):
    """A box and what the controls for single regions say about it: they share its id and its place."""
    drawn = {**rectangle(name, 8, 12, 16, 24, SIZES["a.png"]), "id": one, "from_name": "part"}
    place = {key: value for key, value in drawn["value"].items() if key != "rectanglelabels"}
    kinds = {"rust": ("choices", "choices"), "age": ("number", "number"), "note": ("textarea", "text")}
    beside = [
        {
            **drawn,
            "from_name": control,
            "type": kinds[control][0],
            "value": {**place, kinds[control][1]: value},
        }
        for control, value in said.items()
    ]
    return [drawn, *beside]


def picked(one, control, *names):
    return {**region("choices", control, "image", {"choices": list(names)}), "id": one}


states = [
    task(
        1,
        {"image": upload("a.png")},
        [
            picked("s1", "seen", "well"),
            *part("p1", "nut", rust=["much"], age=2.5, note=["left", "side"]),
            picked("t1", "tools", "pliers", "saw"),
        ],
    ),
    task(2, {"image": upload("b.png")}, [picked("s2", "seen", "badly"), picked("t2", "tools", "saw")]),
]
CARRIED = {"age": 2.5, "note": "left\nside", "rust": "much"}
BOX = {"height": 24, "label": "nut", "left": 8, "top": 12, "width": 16}


def answered(*, whole):
    """What is read: of the short exports not whom the controls are about, nor the choice that always stands bare."""
    box = {"attributes": CARRIED, **BOX} if whole else BOX
    both = [
        {"part": {"boxes": [box]}, "seen": "well", "tools": ["pliers", "saw"]},
        {"part": {"boxes": []}, "seen": "badly", "tools": ["saw"]},
    ]
    return [
        row(
            str(number),
            {"answers": {name: one for name, one in said.items() if whole or name != "seen"}},
            media=upload(media),
        )
        for number, (media, said) in enumerate(zip(("a.png", "b.png"), both, strict=True), start=1)
    ]


for form, into in (("JSON", "answers.json"), ("JSON_MIN", "answers.min.json"), ("CSV", "answers.csv")):
    out = export(f"answers_{form}", STATE_VIEW, states, form)
    parts = ["part: nut", "tools: pliers", "tools: saw"]
    kept(
        out / ("result.csv" if form == "CSV" else "result.json"),
        into,
        "answers to several questions"
        + (", the attributes with their box" if form == "JSON" else " that the file shows to be such"),
        note="was read as the first control alone" if form == "JSON" else "",
        labels=["seen: well", "seen: badly", *parts] if form == "JSON" else parts,
        rows=answered(whole=form == "JSON"),
    )
# --- key points, outlines, pairs, sound --------------------------------------------------------------


def point(name, x, y, size):
    wide, high = size
    value = {"x": 100 * x / wide, "y": 100 * y / high, "width": 0.5, "keypointlabels": [name]}
    return region("keypointlabels", "eye", "image", value, original_width=wide, original_height=high)


pointed = [
    task(1, {"image": upload("a.png")}, [point("left", 16, 12, (64, 48)), point("right", 32, 12, (64, 48))])
]
POINTS = {"points": [["left", 16, 12, True], ["right", 32, 12, True]]}
for form, into in (("JSON", "points.json"), ("JSON_MIN", "points.min.json"), ("CSV", "points.csv")):
    out = export(f"points_{form}", POINT_VIEW, pointed, form)
    kept(
        out / ("result.csv" if form == "CSV" else "result.json"),
        into,
        "2 key points",
        note="was refused: no column looked like labels" if form == "CSV" else "",
        labels=["left", "right"],
        rows=[row("1", POINTS, media=upload("a.png"), size=SIZES["a.png"])],
    )
shape = {"points": [[25, 25], [50, 25], [37.5, 75]], "closed": True, "polygonlabels": ["leaf"]}
outline = region("polygonlabels", "shape", "image", shape, original_width=64, original_height=48)
outlined = [task(1, {"image": upload("a.png")}, [outline])]
HULL = {"boxes": [["leaf", 16, 12, 16, 24]]}
kept(
    export("outline_json", OUTLINE_VIEW, outlined, "JSON") / "result.json",
    "outline.json",
    "refused with a sentence that says outlines",
    note="was refused with a sentence that did not say what the annotations are",
    refused="its annotations are outlines, which are not read",
)
kept(
    export("outline_coco", OUTLINE_VIEW, outlined, "COCO_WITH_IMAGES") / "result.json",
    "outline_coco/result.json",
    "the box around the outline, the outline counted",
    labels=["leaf"],
    left_out={"outlines": 1},
    rows=[row("../../upload/1/a.png", HULL, media="../../upload/1/a.png", size=SIZES["a.png"])],
)
kept(
    export("outline_yolo", OUTLINE_VIEW, outlined, "YOLO_WITH_IMAGES"),
    "outline_yolo",
    "the box around the outline, the outline counted",
    labels=["leaf"],
    left_out={"outlines": 1},
    rows=[row("images/a.png", HULL, media="images/a.png", size=SIZES["a.png"])],
)
pair = region("pairwise", "pair", "one,two", {"selected": "left"})
for form, into in (("JSON", "pair.json"), ("JSON_MIN", "pair.min.json")):
    out = export(f"pair_{form}", PAIR_VIEW, [task(1, {"one": "yes", "two": "no"}, [pair])], form)
    kept(
        out / "result.json",
        into,
        "a preference for the first; the two texts are columns beside",
        labels=["first", "second", "tie"],
        rows=[row("1", {"winner": "first"})],
    )
with wave.open("upload/1/s.wav", "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(1)
    sound.setframerate(8000)
    sound.writeframes(b"\x80" * 800)
heard = [
    task(1, {"audio": upload("s.wav")}, [region("textarea", "said", "audio", {"text": ["hello there"]})])
]
kept(
    export("sound", SOUND_VIEW, heard, "ASR_MANIFEST") / "manifest.json",
    "asr_manifest.json",
    "refused: what is heard is a text, and no label here is one",
    read_as="jsonl",
    refused="none of its columns looks like labels (audio_filepath, duration, text, annotator)",
)
# --- masks -------------------------------------------------------------------------------------------
mask = np.zeros((48, 64), np.uint8)
mask[12:36, 16:32] = 255
brushed = {"format": "rle", "rle": mask2rle(mask), "brushlabels": ["leaf"]}
painted = [
    task(
        1,
        {"image": upload("a.png")},
        [region("brushlabels", "mask", "image", brushed, original_width=64, original_height=48)],
    )
]
kept(
    export("brush", BRUSH_VIEW, painted, "JSON") / "result.json",
    "brush.json",
    "refused with a sentence that says masks",
    note="was refused with a sentence that did not say what the annotations are",
    refused="its annotations are masks, which are not read",
)
kept(
    export("brush_coco", BRUSH_VIEW, painted, "BRUSH_TO_COCO") / "result_coco.json",
    "brush_coco/result_coco.json",
    "the box around the mask, its outlines counted",
    labels=["leaf"],
    note="the person stands under annotator, a key that COCO does not have: an attribute",
    left_out={"attributes": 1, "outlines": 1},
    rows=[row("a.png", HULL, media="a.png", size=SIZES["a.png"])],
)
# --- the way in: a COCO file as tasks for Label Studio -----------------------------------------------
for kind in ("annotations", "predictions"):
    convert_coco_to_ls("out/boxes_coco/result.json", f"{kind}.json", out_type=kind)
    kept(
        f"{kind}.json",
        f"imported_{kind}.json",
        "3 tasks without ids, by their pictures in the local storage",
        labels=["nut", "bolt"],
        rows=boxed_rows(lambda name: f"/data/local-files/?d=../../upload/1/{name}", bare=True),
    )
