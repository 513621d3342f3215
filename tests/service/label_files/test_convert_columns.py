"""Converting tables in other people's words: columns by name, by content or as named, and files without any label."""

import json
from collections import Counter

import pytest
from PIL import Image
from tests.support.zips import zip_of

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import Boxes, Choice, LabelledItem, Spans, schema_of
from assay.core.layouts.label_columns import value_of
from assay.core.layouts.taken_in_words import taken_in_words
from assay.core.ports.file_format import Columns, Naming
from assay.formats import FORMATS
from assay.service.intake.zip_archives import BadArchive
from assay.service.label_files.convert_labels import FormatUnclear, OtherTask, convert_labels
from assay.tasktypes import TASK_TYPES

NOW = 1_772_446_530_123_456
ROWS = [
    {"编号": "n1", "评论": "你好、世界", "图": "a.png", "标签": "甲"},
    {"编号": "n2", "评论": "再见", "图": "b.png", "标签": "乙"},
]


def convert(path, **more):
    out = path.parent / "out.jsonl"
    out.unlink(missing_ok=True)
    done = convert_labels(path=path, out=out, now=NOW, **more)
    return done, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def table(folder, form, rows=ROWS):
    """Write rows as somebody else's file."""
    path = folder / f"theirs.{form}"
    if form == "csv":
        lines = [list(rows[0]), *(list(row.values()) for row in rows)]
        path.write_text("\n".join(",".join(cells) for cells in lines) + "\n", encoding="utf-8")
    elif form == "jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    else:
        import duckdb  # noqa: PLC0415 - only here

        source = table(folder, "jsonl", rows)
        duckdb.sql(f"COPY (SELECT * FROM read_json_auto('{source}')) TO '{path}' (FORMAT parquet)")
    return path


FORMS = ("csv", "jsonl", "parquet")


@pytest.mark.parametrize("form", FORMS)
def test_the_text_comes_along_where_only_the_label_was_named(tmp_path, form):
    rows = [{"第一列": row["评论"], "标签": row["标签"]} for row in ROWS]
    done, made = convert(table(tmp_path, form, rows), attribute="标签")
    assert [(row["text"], row["label"]) for row in made] == [("你好、世界", "甲"), ("再见", "乙")]
    assert taken_in_words(done.taken) == "'第一列' was taken for the text, '标签' for the label."


@pytest.mark.parametrize("form", FORMS)
def test_every_column_can_be_named(tmp_path, form):
    columns = Columns(id="标签", media="图", text="编号")
    done, made = convert(table(tmp_path, form), attribute="评论", columns=columns)
    assert [(row["item"], row["media"], row["text"], row["label"]) for row in made] == [
        ("甲", "a.png", "n1", "你好、世界"),
        ("乙", "b.png", "n2", "再见"),
    ]
    assert done.taken.columns == Columns("标签", "图", "编号", "评论")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("role", ["id", "media", "text", "attribute"])
def test_a_column_that_is_not_there_is_said_with_those_that_are(tmp_path, form, role):
    path = table(tmp_path, form, [{"caption": "a cat", "sort": "x"}])
    asked = {"attribute": "captoin"} if role == "attribute" else {"columns": Columns(**{role: "captoin"})}
    with pytest.raises(BadValue) as problem:
        convert(path, **{"attribute": "sort", **asked})
    assert str(problem.value) == (
        f"{path}: '{role}' is 'captoin', but must be one of the columns caption, sort (did you mean 'caption'?)."
    )


def test_a_label_by_its_content_is_taken_where_no_name_tells_it(tmp_path):
    rows = [{"评论": f"第{'一二三四五六'[n]}条很长的评论", "类别": "好坏"[n % 2]} for n in range(6)]
    done, made = convert(table(tmp_path, "csv", rows))
    assert done.labels == ("好", "坏")
    assert made[0]["text"] == "第一条很长的评论"
    with pytest.raises(NotReadable, match=r"looks like labels \(a, b, c\); --attribute names the one"):
        convert(table(tmp_path, "csv", [{"a": "1", "b": "2", "c": "3"}]))


def test_columns_of_tasks_and_the_id_of_a_manifest_can_be_named_too(tmp_path):
    path = tmp_path / "tasks.json"
    data = {"nr": "k", "one": "Zoe runs", "two": "far away"}
    region = {"from_name": "c", "type": "choices", "value": {"choices": ["x"]}}
    path.write_text(json.dumps([{"id": 1, "data": data, "annotations": [{"result": [region]}]}]))
    _, made = convert(path, columns=Columns(id="nr", text="two"))
    assert (made[0]["item"], made[0]["text"]) == ("k", "far away")
    with pytest.raises(BadValue, match=r"one of the columns nr, one, two \(did you mean 'one'\?\)"):
        convert(path, columns=Columns(text="onee"))
    manifest = tmp_path / "a.manifest"
    line = {
        "source": "t",
        "nr": "k",
        "y": 0,
        "y-metadata": {"class-name": "x", "type": "groundtruth/text-classification"},
    }
    manifest.write_text(json.dumps(line))
    assert convert(manifest, columns=Columns(id="nr"))[1][0]["item"] == "k"
    with pytest.raises(BadValue, match="'id' is 'nrr', but must be one of the keys source, nr, y"):
        convert(manifest, columns=Columns(id="nrr"))


@pytest.mark.parametrize("name", [name for name in FORMATS.names() if FORMATS.get(name).values])
def test_a_format_that_leaves_no_choice_of_a_column_says_so(tmp_path, name):
    layout = FORMATS.get(name)
    kind = next(one for one in (Choice, Boxes, Spans) if one in layout.values)
    item = LabelledItem("k", "k.png", "text", {}, Choice("a") if kind is Choice else kind(()), 1.0, True, "")
    path = tmp_path / f"labels{layout.suffix}"
    naming = Naming("x", "labeling-job/x", "groundtruth/text-classification", schema_of(("a",)))
    layout.write(iter([item]), path, naming=naming, left_out=Counter())
    for role in {"id", "media", "text"} - layout.roles:
        with pytest.raises(BadValue, match=rf"the format {name}: '{role}' is 'x', but must be left out"):
            convert(path, read_as=name, columns=Columns(**{role: "x"}))


# --- files without any label -------------------------------------------------------------------------

EMPTY_TASKS = [
    {"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": []}]},
    {"id": 2, "data": {"image": "b.png"}, "annotations": []},
]
IMAGES = [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in (1, 2)]
BLANK = "image,label\na.png,\nb.png,\n"
NOTHING = {
    "tasks.json": (json.dumps(EMPTY_TASKS), "image_boxes", True),
    "coco.json": (json.dumps({"images": IMAGES, "categories": []}), "image_boxes", True),
    "none.json": (
        json.dumps({"images": IMAGES, "categories": [{"id": 1, "name": "a"}], "annotations": []}),
        "image_boxes",
        False,
    ),
    "a.csv": (BLANK, "image_boxes", True),
    "b.csv": ("text,label\na,\nb,\n", "text_spans", True),
    "c.csv": ("text,label\na,[]\nb,[]\n", "text_classification_multi", False),
    "d.csv": ("text,label\na,[]\nb,[]\n", "text_spans", False),
    "a.jsonl": ('{"image":"a.png","label":null}\n{"image":"b.png","label":""}\n', "image_boxes", True),
    "b.jsonl": ('{"image":"a.png","label":[]}\n{"image":"b.png","label":[]}\n', "image_boxes", False),
    "a.conll": ("Zoe\nruns\n\nfar\n", "text_spans", True),
}


@pytest.mark.parametrize("name", NOTHING)
def test_the_task_says_what_was_looked_for_where_nothing_was_found(tmp_path, name):
    text, task, refused = NOTHING[name]
    path = tmp_path / name
    path.write_text(text)
    done, made = convert(path, task=task)
    produces = TASK_TYPES.get(task).produces
    assert (done.items, done.bad) == (2, 0)
    assert [value_of(row["label"], produces) for row in made] == [produces(()), produces(())]
    if refused:
        with pytest.raises(NotReadable, match="say what was looked for: --task image_boxes, for example"):
            convert(path)


def test_a_choice_cannot_be_nothing_and_a_task_does_not_bend_labels(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(BLANK)
    with pytest.raises(NotReadable, match="'label' holds no labels"):
        convert(path, task="image_classification")
    path.write_text("image,label\na.png,cat\nb.png,\n")
    with pytest.raises(OtherTask, match=r"asks for boxes; .* holds single choices"):
        convert(path, task="image_boxes")
    assert convert(path)[0].bad == 1
    some = [
        *EMPTY_TASKS,
        {
            "id": 3,
            "data": {"image": "c.png"},
            "annotations": [{"result": [{"from_name": "c", "type": "choices", "value": {"choices": ["x"]}}]}],
        },
    ]
    (tmp_path / "some.json").write_text(json.dumps(some))
    with pytest.raises(OtherTask):
        convert(tmp_path / "some.json", task="image_boxes")


def test_of_several_controls_the_one_that_fits_the_task_is_taken(tmp_path):
    size = {"original_width": 100, "original_height": 100}
    place = {"x": 10, "y": 10, "width": 10, "height": 10, "rectanglelabels": ["cat"]}
    result = [
        {"from_name": "mood", "type": "choices", "value": {"choices": ["sad"]}},
        {"from_name": "box", "type": "rectanglelabels", "value": place, **size},
    ]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": result}]}]))
    done, (row,) = convert(path)
    assert (done.kind, done.unread, sorted(row["label"]["answers"])) == (
        "answers to several questions",
        {},
        ["box", "mood"],
    )
    assert convert(path, attribute="mood")[0].kind == "single choices"
    only = convert_labels(path=path, out=tmp_path / "boxes.coco.json", now=NOW)
    assert (only.kind, only.unread) == ("boxes", {"further regions": 1})
    done, _ = convert(path, task="image_boxes")
    assert (done.kind, done.labels) == ("boxes", ("cat",))
    assert convert(path, task="image_classification_multi")[0].kind == "multiple choices"


def test_answers_with_boxes_get_the_size_of_their_picture_where_the_target_needs_it(tmp_path):
    said = {
        "answers": {
            "seen": "well",
            "marks": {"boxes": [{"label": "cat", "left": 1, "top": 2, "width": 3, "height": 4}]},
        }
    }
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({"item": "a", "media": "a.png", "label": said}))
    Image.new("RGB", (20, 10)).save(tmp_path / "a.png")
    convert_labels(path=path, out=tmp_path / "labels.label_studio.json", now=NOW)
    _, (row,) = convert(tmp_path / "labels.label_studio.json")
    assert row["label"]["answers"] == said["answers"]


# --- ZIP files ---------------------------------------------------------------------------------------


def test_a_zip_of_labels_as_tools_pack_them_is_converted(tmp_path):
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    whole = {"images": IMAGES, "categories": [{"id": 1, "name": "nut"}], "annotations": [annotation]}
    name = "annotations/instances_default.json"
    path = zip_of(tmp_path / "cvat.zip", {f"export/{name}": json.dumps(whole), "export/images/1.png": "?"})
    done, made = convert(path)
    assert (done.source, done.items, made[0]["label"]["boxes"][0]["label"]) == ("coco", 2, "nut")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cvat.zip", "out.jsonl"]
    both = zip_of(tmp_path / "two.zip", {"a.csv": "text,label\na,x\n", "b.jsonl": '{"text":"a","label":"y"}'})
    with pytest.raises(NotReadable, match=r"several files in it could be meant \(a\.csv, b\.jsonl\)"):
        convert(both)
    assert convert(both, read_as="jsonl")[0].labels == ("y",)


def test_what_is_wrong_in_a_zip_is_named_by_where_it_lies_in_there(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"x/labels.csv": "a,b,c\n1,2,3\n"})
    with pytest.raises(NotReadable) as problem:
        convert(path)
    assert str(problem.value).startswith(f"{path}/x/labels.csv cannot be read: none of its columns")
    with pytest.raises(BadArchive, match="leads out of it"):
        convert(zip_of(tmp_path / "b.zip", {"../labels.csv": "text,label\na,x\n"}))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip", "b.zip"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("labels.tar.gz", "; unpack it and name the folder or the table that was in it, or pack it as a ZIP"),
        ("labels.xlsx", "; save its sheet as CSV"),
        ("1.xml", "; name the folder that it lies in, where that is one of Pascal VOC or YOLO"),
        ("IMG.HEIC", "; a picture holds no labels; name the file or the folder that does"),
        ("labels.what", ""),
    ],
)
def test_a_file_that_no_format_fits_says_what_to_do(tmp_path, name, said):
    path = tmp_path / name
    path.write_bytes(b"?")
    with pytest.raises(FormatUnclear) as problem:
        convert(path)
    assert str(problem.value).endswith(f", yolo{said}.")
