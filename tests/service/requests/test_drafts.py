"""Drafts: saved without overwriting, filled with files under generated names, previewed, and submitted."""

import json
from dataclasses import replace

import pytest
from PIL import Image
from tests.support.projects import NOW, draw_picture
from tests.support.quotes import quoted
from tests.support.zips import zip_of

from assay.core.errors import BadValue, InputError, NotAllowed, NotFound, NotPermitted, UnknownKey
from assay.service.access.permissions import LABELLER, Actor
from assay.service.intake.data_source import open_source
from assay.service.intake.unprotected_data import CannotDeidentify
from assay.service.requests.add_draft_files import add_draft_files, drop_draft_files
from assay.service.requests.draft_files import Incoming, bytes_held, files_of
from assay.service.requests.draft_form.draft_rows import LabelRow
from assay.service.requests.draft_form.draft_text import DraftFields, changed, fields_of, text_of, tree_of
from assay.service.requests.draft_preview import open_draft_file, preview_draft
from assay.service.requests.draft_source import NotUploaded, settle
from assay.service.requests.drafts import draft_folder, list_draft_files, list_my_drafts, show_draft
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.save_draft import ChangedMeanwhile, FormInput, save_draft
from assay.service.requests.start_draft import start_draft
from assay.service.requests.submit_draft import submit_draft
from assay.service.working_set.media_files import media_path, root_of
from assay.store.projects.drafts import draft_by_id

WHOLE = """assay: 1
name: first
task: text_classification
labels: [good, bad]
money: {budget: 1000000}
"""


@pytest.fixture
def rita(cast) -> Actor:
    """Rita with an account."""
    return replace(cast.rita, member=7)


@pytest.fixture
def started(installation, rita):
    """A fresh draft of Rita's."""
    return start_draft(installation, rita, now=NOW)


def put(rita, draft, files, *, most_file=1 << 20, most_all=1 << 30):
    return add_draft_files(
        rita,
        draft=draft.id,
        files=[Incoming(name, len(data), iter([data])) for name, data in files.items()],
        most_file=most_file,
        most_all=most_all,
        now=NOW,
    )


def picture(tmp_path, number: int) -> bytes:
    path = tmp_path / f"{number}.png"
    draw_picture(path, label=("cat", "dog", "hen")[number % 3], key=str(number))
    return path.read_bytes()


def table(rows: int = 30) -> bytes:
    return ("id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(rows))).encode()


def rows_of(rita, draft):
    row = draft_by_id(rita.scope, member=rita.member, draft=draft.id)
    received = settle(draft_folder(row), row.text)
    return received, list(open_source(received.intake.data, folder=received.folder, skip=0))


# --- text and form ---------------------------------------------------------------------------------


def test_the_form_and_the_text_are_the_same_intake():
    text = WHOLE + "quality: {right: 0.975}\ndeadline: 2026-12-20\nlabels: [no, {name: yes, help: 'x: y'}]\n"
    text = text.replace("labels: [good, bad]\n", "")
    tree = tree_of(text)
    fields = fields_of(tree)
    assert fields.right == "0.975"
    assert fields.labels == (LabelRow("no", ""), LabelRow("yes", "x: y"))
    given = set(DraftFields.__dataclass_fields__)
    assert tree_of(text_of(changed(tree, fields, given=given))) == tree


def test_what_is_asked_about_a_labels_objects_stays_when_the_form_changes_its_help():
    text = """name: x
task: image_boxes
attributes: [{name: hidden, kind: flag}]
labels:
  - {name: can, help: old, attributes: [{name: colour, options: [red, blue]}]}
  - {name: food, labels: [{name: jar, attributes: [{name: lid}]}, box]}
"""
    rows = (LabelRow("can", "new"), LabelRow("food/jar", ""), LabelRow("food/box", ""), LabelRow("tin", ""))
    made = changed(tree_of(text), DraftFields(labels=rows), given={"labels"})
    assert made["labels"] == [
        {"name": "can", "help": "new", "attributes": [{"name": "colour", "options": ["red", "blue"]}]},
        {"name": "food/jar", "attributes": [{"name": "lid"}]},
        "food/box",
        "tin",
    ]
    assert made["attributes"] == [{"name": "hidden", "kind": "flag"}]


def test_what_the_form_does_not_show_stays():
    tree = tree_of(WHOLE + "prelabel: {kind: none, model: x}\n")
    made = changed(tree, DraftFields(name="second"), given={"name"})
    assert made == {**tree, "name": "second"}


def test_a_price_by_work_is_four_fields_and_a_plain_one_a_number():
    every = set(DraftFields.__dataclass_fields__)
    tree = tree_of("name: x\nmoney: {answer: {per: object, cents: 3, most: 60}, expert: 20}\n")
    fields = fields_of(tree)
    price = (fields.answer, fields.answer_per, fields.answer_least, fields.answer_most)
    assert price == ("3", "object", "", "60")
    made = changed(tree, replace(fields, expert="25"), given=every)
    assert made["money"] == {"answer": {"per": "object", "cents": "3", "most": "60"}, "expert": "25"}
    assert tree_of(text_of(made)) == made
    plain = changed(tree, replace(fields, answer="4", answer_per="", answer_most=""), given=every)
    assert plain["money"]["answer"] == "4"
    again = changed(plain, replace(fields_of(plain), answer_per="page", answer_least="2"), given=every)
    assert again["money"]["answer"] == {"per": "page", "cents": "4", "least": "2"}


@pytest.mark.parametrize(
    ("text", "line"), [("assay: 1\nnaem: x\n", 2), ("assay: 1\nname: x\nmoney:\n  budgt: 3\n", 4)]
)
def test_unknown_keys_are_refused_with_their_line(text, line):
    with pytest.raises(UnknownKey, match=f"line {line}: unknown key"):
        tree_of(text)


@pytest.mark.parametrize(
    "text", ['name: "\\ud800"\n', 'name: "a\\0b"\n', "name: \x00\n", "- a\n", "a: [\n", "&a x: 1\n"]
)
def test_texts_that_nothing_could_hold_are_refused(text):
    with pytest.raises(InputError):
        tree_of(text)


def test_a_save_counts_the_version_and_a_stale_one_changes_nothing(installation, rita, started):
    saved = save_draft(rita, draft=started.id, version=1, said=WHOLE, now=NOW)
    assert (saved.version, saved.name) == (2, "first")
    with pytest.raises(ChangedMeanwhile):
        save_draft(rita, draft=started.id, version=1, said="assay: 1\nname: lost\n", now=NOW)
    assert show_draft(rita, draft=started.id, now=NOW).text == WHOLE
    assert save_draft(rita, draft=started.id, version=2, said=WHOLE, now=NOW).version == 2


def test_instructions_of_the_form_become_a_file_that_the_intake_names(installation, rita, started):
    said = FormInput(fields=DraftFields(name="n"), given=frozenset({"name"}), guide="# Look\n")
    save_draft(rita, draft=started.id, version=1, said=said, now=NOW)
    shown = show_draft(rita, draft=started.id, now=NOW)
    assert shown.guide == "# Look\n"
    assert shown.fields.instructions == "instructions.md"
    save_draft(rita, draft=started.id, version=2, said=replace(said, guide=""), now=NOW)
    assert show_draft(rita, draft=started.id, now=NOW).fields.instructions == ""


# --- ZIP files -------------------------------------------------------------------------------------


def test_of_a_zip_every_file_is_taken_as_if_it_came_by_itself(rita, started, tmp_path):
    files = {f"shop/photos/{n}.png": picture(tmp_path, n) for n in range(3)}
    files |= {"shop/items.csv": "id,image\n" + "".join(f"i{n},photos/{n}.png\n" for n in range(3))}
    files |= {
        "shop/labels.xml": "<a/>",
        "shop/.DS_Store": "?",
        "__MACOSX/shop/._items.csv": "?",
        "shop/note.csv": "",
    }
    path = zip_of(tmp_path / "all.zip", files)
    taken = put(rita, started, {"all.zip": path.read_bytes()})
    assert taken.accepted == 4
    assert [one.path for one in taken.rejected] == ["all.zip: labels.xml", "all.zip: note.csv"]
    folder = draft_folder(started)
    assert sorted(files_of(folder)) == ["items.csv", "photos/0.png", "photos/1.png", "photos/2.png"]
    assert bytes_held(folder) == sum(one.bytes for one in files_of(folder).values())
    assert list(folder.glob(".*.part")) == []
    preview = preview_draft(rita, draft=started.id, now=NOW)
    assert (preview.items, preview.odd, preview.media_column) == (3, 0, "image")


def test_a_zip_that_leads_out_or_is_too_much_is_rejected_whole_or_in_part(rita, started, tmp_path):
    for name, files, said in (
        ("out.zip", {"../a.csv": "id\n"}, "leads out of it"),
        ("bomb.zip", {"a.csv": b"\0" * (100 << 20)}, "times its size"),
        ("none.zip", None, "damaged, or no ZIP"),
    ):
        data = b"no zip" if files is None else zip_of(tmp_path / name, files).read_bytes()
        (rejected,) = put(rita, started, {name: data}).rejected
        assert (rejected.path, said in rejected.reason) == (name, True)
    table = "id\n" + "x\n" * 600
    path = zip_of(tmp_path / "large.zip", {"a.csv": table, "b.csv": table, "c.csv": "id\n1\n"})
    taken = put(rita, started, {"large.zip": path.read_bytes()}, most_all=2_000)
    assert (taken.accepted, [one.path for one in taken.rejected]) == (2, ["large.zip: b.csv"])
    assert bytes_held(draft_folder(started)) <= 2_000


# --- who -------------------------------------------------------------------------------------------


def test_drafts_are_seen_by_their_author_only(installation, rita, started, strangers):
    for other in (replace(rita, member=8), replace(strangers.rita, member=7)):
        with pytest.raises(NotFound):
            show_draft(other, draft=started.id, now=NOW)
        with pytest.raises(NotFound):
            save_draft(other, draft=started.id, version=None, said=WHOLE, now=NOW)
        with pytest.raises(NotFound):
            put(other, started, {"a.csv": table()})
        with pytest.raises(NotFound):
            drop_draft(other, draft=started.id, now=NOW)
        assert list_my_drafts(other, now=NOW) == []
    with pytest.raises(NotPermitted):
        start_draft(installation, replace(rita, roles=frozenset({LABELLER})), now=NOW)


# --- files -----------------------------------------------------------------------------------------


def test_a_callers_path_never_reaches_the_file_system(rita, started, tmp_path):
    names = ("../../up.png", "/etc/cron.d/x.png", "..\\..\\win.png", "deep/er/photo.png")
    taken = put(rita, started, {name: picture(tmp_path, n) for n, name in enumerate(names)})
    # What leads upward is no name; where a path starts is no part of one.
    assert [one.path for one in taken.rejected] == ["../../up.png", "..\\..\\win.png"]
    assert all("leads out of the folder" in one.reason for one in taken.rejected)
    folder = draft_folder(started)
    assert list(files_of(folder)) == ["etc/cron.d/x.png", "deep/er/photo.png"]
    stored = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert not any("up" in one or "cron" in one or "photo" in one for one in stored)
    for file in files_of(folder).values():
        assert (folder / file.stored).resolve().is_relative_to(folder.resolve())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.pdf", b"%PDF-1.4"),
        ("x.exe", b"MZ\x90\x00"),
        ("x.csv", b"%PDF-1.4"),
        ("x.parquet", b"id,text\n"),
        ("x.csv", b""),
        ("a\nb.csv", b"id\n"),
        ("", b"id\n"),
        ("n" * 600 + ".csv", b"id\n"),
    ],
)
def test_files_that_cannot_be_used_are_rejected_with_a_reason(rita, started, name, data):
    taken = put(rita, started, {name: data, "good.csv": table()})
    assert taken.accepted == 1
    assert len(taken.rejected) == 1
    assert taken.rejected[0].reason
    assert [one.name for one in list_draft_files(rita, draft=started.id, now=NOW)] == ["good.csv"]


def test_what_a_file_is_its_content_says(rita, started, tmp_path):
    put(rita, started, {"photo.txt": picture(tmp_path, 1)})
    (file,) = list_draft_files(rita, draft=started.id, now=NOW)
    assert (file.kind, file.stored[-4:]) == ("image", ".png")


def test_uploads_stay_within_the_limits_of_files_and_of_the_member(installation, rita, started):
    taken = put(rita, started, {"big.csv": b"x" * 2_000, "small.csv": b"id\n1\n"}, most_file=1_000)
    assert (taken.accepted, taken.rejected[0].path) == (1, "big.csv")
    second = start_draft(installation, rita, now=NOW)
    assert put(rita, second, {"more.csv": b"x" * 200}, most_all=100).rejected
    # What a caller claims about the size does not count, the bytes do.
    lie = add_draft_files(
        rita,
        draft=second.id,
        files=[Incoming("lie.csv", 1, iter([b"x" * 600, b"x" * 600]))],
        most_file=1_000,
        most_all=1 << 20,
        now=NOW,
    )
    assert lie.accepted == 0
    assert bytes_held(draft_folder(second)) == 0


def test_the_same_name_again_replaces_the_file_and_deleting_frees_the_room(rita, started):
    put(rita, started, {"items.csv": table(30)})
    put(rita, started, {"items.csv": table(10)})
    assert bytes_held(draft_folder(started)) == len(table(10))
    assert drop_draft_files(rita, draft=started.id, names=["items.csv", "none.csv"], now=NOW) == 1
    assert bytes_held(draft_folder(started)) == 0
    assert not list(draft_folder(started).glob("tables/*"))


# --- what an intake may name -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        "data: {path: /etc/passwd, format: csv}\n",
        "data: {path: ../../keys}\n",
        "known: {path: /etc/passwd}\n",
        "instructions: ../../../keys/signing.pem\n",
        "workforce: {kind: simulated, truth: /etc/hostname}\n",
        "prelabel: {kind: chat, url: 'https://example.org', model: m, key_file: /etc/shadow}\n",
    ],
)
def test_an_intake_names_uploaded_files_and_no_others(rita, started, more):
    put(rita, started, {"items.csv": table()})
    save_draft(rita, draft=started.id, version=None, said=WHOLE + more, now=NOW)
    with pytest.raises(NotUploaded):
        settle(draft_folder(started), WHOLE + more)
    assert "no such file was uploaded" in quoted(rita, draft=started.id, now=NOW).problem


def test_stored_names_do_not_work_as_names(rita, started):
    put(rita, started, {"items.csv": table()})
    (stored,) = [one.stored for one in files_of(draft_folder(started)).values()]
    with pytest.raises(NotUploaded):
        settle(draft_folder(started), WHOLE + f"data: {{path: {stored}}}\n")


def test_where_to_deliver_is_not_the_requesters_to_say(rita, started):
    put(rita, started, {"items.csv": table()})
    received = settle(draft_folder(started), WHOLE + "deliver: {to: /tmp/elsewhere, formats: [csv]}\n")
    assert received.intake.deliver_to is None
    assert received.intake.formats == ("csv",)


def test_messages_name_the_line_that_the_requester_wrote(rita, started):
    put(rita, started, {"items.csv": table()})
    with pytest.raises(BadValue, match=r"line 6: 'quality\.right' is '7'"):
        settle(draft_folder(started), WHOLE + "quality: {right: 7}\n")


# --- items -----------------------------------------------------------------------------------------


def test_a_folder_of_pictures_becomes_items_with_the_requesters_names(rita, started, tmp_path):
    put(rita, started, {f"shop/photo {n}.png": picture(tmp_path, n) for n in range(3)})
    save_draft(rita, draft=started.id, version=None, said=WHOLE.replace("text_", "image_"), now=NOW)
    received, rows = rows_of(rita, started)
    assert [row.key for row in rows] == [f"shop/photo {n}.png" for n in range(3)]
    root = root_of(received.folder, received.intake)
    for row in rows:
        with Image.open(media_path(root, row.media)) as found:
            assert found.size == (64, 64)


@pytest.mark.parametrize("form", ["csv", "jsonl", "manifest", "parquet"])
def test_a_table_with_pictures_keeps_its_ids_and_columns(rita, started, tmp_path, form):
    names = [f"photos/{n}.png" for n in range(3)]
    files = {name: picture(tmp_path, n) for n, name in enumerate(names)}
    lines = [
        {"source-ref" if form == "manifest" else "image": name, "shop": "north"}
        for name in [*names, "gone.png"]
    ]
    if form == "csv":
        files["list.csv"] = b"image,shop\n" + b"".join(
            f"{name},north\n".encode() for name in [*names, "gone.png"]
        )
    elif form == "parquet":
        duckdb = pytest.importorskip("duckdb")
        source, made = tmp_path / "x.json", tmp_path / "x.parquet"
        source.write_text("\n".join(json.dumps(line) for line in lines))
        duckdb.sql(f"COPY (SELECT * FROM read_json('{source}')) TO '{made}' (FORMAT parquet)")
        files["list.parquet"] = made.read_bytes()
    else:
        files[f"list.{form}"] = "\n".join(json.dumps(line) for line in lines).encode()
    put(rita, started, files)
    save_draft(rita, draft=started.id, version=None, said=WHOLE.replace("text_", "image_"), now=NOW)
    received, rows = rows_of(rita, started)
    assert [row.key for row in rows] == [*names, "gone.png"]
    assert {row.extra["shop"] for row in rows[:3]} == {"north"}
    root = root_of(received.folder, received.intake)
    assert all(media_path(root, row.media).is_file() for row in rows[:3])
    assert rows[3].reason == "'gone.png' was not uploaded"
    preview = preview_draft(rita, draft=started.id, now=NOW)
    assert (preview.items, preview.odd) == (3, 1)
    assert preview.odd_rows[0].reason == "'gone.png' was not uploaded"
    assert rows[3].line == preview.odd_rows[0].line, "rows keep the line that they were sent with"


def test_a_preview_counts_guesses_and_names_what_is_odd(rita, started):
    data = table(5) + b"t1,again\nnew,this is text 2\n"
    put(rita, started, {"reviews.csv": data})
    found = preview_draft(rita, draft=started.id, now=NOW)
    assert (found.items, found.odd, found.format, found.task) == (5, 2, "csv", "text_classification")
    assert [row.reason for row in found.odd_rows] == [
        "its id was used before",
        "its content is the same as that of an earlier row",
    ]
    assert (found.id_column, found.text_column) == ("id", "text")


def test_columns_in_other_words_are_settled_as_everywhere_and_told(rita, started):
    rows = "".join(f"n{n},第{n}条评论,{'好坏'[n % 2]}\n" for n in range(1, 31))
    put(rita, started, {"表.csv": f"编号,评论,标签\n{rows}".encode()})
    found = preview_draft(rita, draft=started.id, now=NOW)
    assert (found.items, found.task) == (30, "text_classification")
    assert found.taken == "'评论' was taken for the text, '编号' for the id."
    save_draft(rita, draft=started.id, version=None, said=WHOLE, now=NOW)
    received, items = rows_of(rita, started)
    assert received.intake.data.columns.named() == {"id": "编号", "text": "评论"}
    assert (items[0].key, items[0].text) == ("n1", "第1条评论")
    save_draft(rita, draft=started.id, version=None, said=WHOLE + "data: {text: 评轮}\n", now=NOW)
    problem = preview_draft(rita, draft=started.id, now=NOW).problem
    assert problem == "表.csv: 'text' is '评轮', but must be one of the columns 编号, 评论, 标签."


def test_a_preview_says_what_is_missing_and_names_no_place_on_the_machine(rita, started):
    assert preview_draft(rita, draft=started.id, now=NOW).problem.startswith("There are no items yet")
    put(rita, started, {"items.csv": "编号,评论\n".encode("gbk")})
    problem = preview_draft(rita, draft=started.id, now=NOW).problem
    assert "save it as UTF-8" in problem
    assert draft_folder(started).name + "/" not in problem


def test_links_to_pictures_work_for_their_author_and_ten_minutes(rita, started, tmp_path):
    put(rita, started, {"a.png": picture(tmp_path, 1)})
    link = preview_draft(rita, draft=started.id, now=NOW).shown[0].media.rpartition("/")[2]
    assert open_draft_file(rita.scope, draft=started.id, link=link, member=7, now=NOW).type == "image/png"
    for wrong in (
        {"member": 8},
        {"now": NOW + 660_000_000},
        {"link": link[:-1] + ("A" if link[-1] != "A" else "B")},
        {"link": "x.7.1.y"},
    ):
        asked = {"draft": started.id, "link": link, "member": 7, "now": NOW} | wrong
        with pytest.raises(NotFound):
            open_draft_file(rita.scope, **asked)


# --- quote and submission ----------------------------------------------------------------------------


def test_a_quote_has_ranges_half_points_and_the_contract_in_plain_words(rita, started):
    put(rita, started, {"items.csv": table(60)})
    save_draft(rita, draft=started.id, version=None, said=WHOLE, now=NOW)
    found = quoted(rita, draft=started.id, now=NOW)
    assert found.problem == ""
    assert found.plan.price.low <= found.plan.price.mid <= found.plan.price.high
    assert [one.asked for one in found.prices] == [False, False, True, False, False]
    assert any("at most EUR 10,000.00" in line for line in found.contract)
    assert quoted(rita, draft=started.id, now=NOW) == found


@pytest.mark.parametrize("data_class", ["personal", "health"])
def test_personal_and_health_data_are_refused(installation, rita, started, data_class):
    put(rita, started, {"items.csv": table()})
    save_draft(rita, draft=started.id, version=None, said=WHOLE + f"class: {data_class}\n", now=NOW)
    assert "must be de-identified" in quoted(rita, draft=started.id, now=NOW).problem
    with pytest.raises(CannotDeidentify):
        submit_draft(installation, rita, draft=started.id, version=None, now=NOW)


def test_a_submitted_draft_is_a_project_and_stays_as_it_is(installation, rita, started):
    put(rita, started, {"items.csv": table()})
    save_draft(rita, draft=started.id, version=None, said=WHOLE, now=NOW)
    project = submit_draft(installation, rita, draft=started.id, version=2, now=NOW)
    assert project.name == "first"
    assert project.folder == started.folder
    assert submit_draft(installation, rita, draft=started.id, version=None, now=NOW).id == project.id
    assert list_my_drafts(rita, now=NOW) == []
    with pytest.raises(NotAllowed):
        save_draft(rita, draft=started.id, version=None, said=WHOLE, now=NOW)
    with pytest.raises(NotAllowed):
        put(rita, started, {"items.csv": table()})
    with pytest.raises(NotAllowed):
        drop_draft(rita, draft=started.id, now=NOW)


def test_a_submission_that_was_cut_off_is_finished_by_the_next_try(installation, rita, started, monkeypatch):
    put(rita, started, {"items.csv": table()})
    save_draft(rita, draft=started.id, version=None, said=WHOLE, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("assay.service.requests.submit_draft.finish_draft", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            submit_draft(installation, rita, draft=started.id, version=None, now=NOW)
    assert submit_draft(installation, rita, draft=started.id, version=None, now=NOW).name == "first"


def test_a_deleted_draft_takes_its_files_with_it(rita, started):
    put(rita, started, {"items.csv": table()})
    drop_draft(rita, draft=started.id, version=1, now=NOW)
    assert not draft_folder(started).exists()
    with pytest.raises(NotFound):
        show_draft(rita, draft=started.id, now=NOW)
