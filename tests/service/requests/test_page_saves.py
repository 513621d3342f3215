"""Saves of pages whose requests are lost, doubled and late: nothing newer is overwritten, and no page is in conflict with itself."""

import fcntl
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.projects import NOW

from assay.core.project.page_saves import (
    LastSave,
    PageSave,
    came_late,
    came_twice,
    last_after,
    only_own_changes,
)
from assay.service.requests import save_draft as saving
from assay.service.requests.draft_files import LOCK, put_text
from assay.service.requests.draft_form.draft_text import DraftFields
from assay.service.requests.drafts import show_draft
from assay.service.requests.save_draft import CameLate, ChangedMeanwhile, FormInput, save_draft
from assay.service.requests.start_draft import start_draft
from assay.store import db
from assay.store.projects.drafts import draft_by_id, note_save, write_draft

A, B, C = "aaaaaaaa", "bbbbbbbb", "cccccccc"


@pytest.fixture
def rita(cast):
    return replace(cast.rita, member=7)


@pytest.fixture
def draft(installation, rita):
    return start_draft(installation, rita, now=NOW).id


def said(name="", guide=None):
    return FormInput(fields=DraftFields(name=name), given=frozenset({"name"}), guide=guide)


def send(rita, draft, form, *, version, page=A, count, unheard=None):
    mark = PageSave(page=page, count=count, unheard=unheard or {})
    return save_draft(rita, draft=draft, version=version, said=form, save=mark, now=NOW).version


def stored(rita, draft):
    found = show_draft(rita, draft=draft, now=NOW)
    return found.fields.name, found.guide


def test_a_save_that_is_repeated_because_its_reply_was_lost_is_one_save(rita, draft):
    assert send(rita, draft, said("one"), version=1, count=1) == 2
    assert send(rita, draft, said("one"), version=1, count=1) == 2
    assert send(rita, draft, said("two"), version=1, count=2, unheard={A: 1}) == 3
    assert stored(rita, draft)[0] == "two"


def test_a_save_that_arrives_after_a_newer_one_of_its_page_changes_nothing(rita, draft):
    send(rita, draft, said("two", "newer"), version=1, count=2, unheard={A: 1})
    with pytest.raises(CameLate):
        send(rita, draft, said("one", "older"), version=1, count=1)
    assert stored(rita, draft) == ("two", "newer")


def test_also_where_the_newer_one_changed_nothing(rita, draft):
    # Typed, and taken back before the first save arrived.
    assert send(rita, draft, said(""), version=1, count=2) == 1
    with pytest.raises(CameLate):
        send(rita, draft, said("one"), version=1, count=1)
    assert stored(rita, draft)[0] == ""


def test_a_page_that_is_loaded_again_goes_on_with_what_its_earlier_life_had_sent(rita, draft):
    send(rita, draft, said("one"), version=1, page=A, count=4)
    assert send(rita, draft, said("two"), version=1, page=B, count=1, unheard={A: 4}) == 3
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("one"), version=1, page=A, count=3)
    assert stored(rita, draft)[0] == "two"


def test_what_the_earlier_life_sent_fits_no_more_once_the_new_one_has_saved(rita, draft):
    assert send(rita, draft, said(""), version=1, page=B, count=1, unheard={A: 4}) == 2
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("one"), version=1, page=A, count=4)
    assert stored(rita, draft)[0] == ""


def test_a_copy_of_a_tab_does_not_overwrite_what_the_tab_saved_since(rita, draft):
    send(rita, draft, said("one"), version=1, page=A, count=4)
    send(rita, draft, said("newer"), version=2, page=A, count=5)
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("copy"), version=1, page=B, count=1, unheard={A: 4})
    assert stored(rita, draft)[0] == "newer"


def test_what_another_page_saved_is_a_conflict_until_somebody_chose(rita, draft):
    send(rita, draft, said("theirs"), version=1, page=B, count=1)
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("mine"), version=1, page=A, count=1)
    assert send(rita, draft, said("mine"), version=2, page=A, count=2) == 3
    # The other one's next save is about version 2, and between lies what is not its own.
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("again"), version=2, page=B, count=2)
    assert stored(rita, draft)[0] == "mine"


def test_a_save_of_the_text_between_two_of_a_page_is_not_the_pages_own(rita, draft):
    send(rita, draft, said("one"), version=1, count=1)
    save_draft(rita, draft=draft, version=2, said="assay: 1\nname: text\n", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("two"), version=1, count=2, unheard={A: 1})
    assert stored(rita, draft)[0] == "text"


def test_what_lies_before_the_page_began_is_not_its_own(rita, draft):
    send(rita, draft, said("theirs"), version=1, page=B, count=1)
    send(rita, draft, said("mine"), version=2, page=A, count=1)
    with pytest.raises(ChangedMeanwhile):
        send(rita, draft, said("older base"), version=1, page=A, count=2)


def test_a_copy_of_a_save_makes_no_version_that_nobody_knows(rita, draft):
    for _ in range(2):
        assert send(rita, draft, said("one"), version=1, count=2, unheard={A: 1}) == 2


def test_a_save_that_was_read_before_a_newer_one_was_noted_is_not_written(rita, draft):
    send(rita, draft, said(""), version=1, count=1)
    row = draft_by_id(rita.scope, member=7, draft=draft)
    assert note_save(rita.scope, row, last=LastSave(A, 2, 1))
    assert not write_draft(rita.scope, row, name="", text="older", last=LastSave(A, 1, 1), now=NOW)


def test_instructions_are_written_by_one_request_at_a_time(rita, draft, monkeypatch):
    def check(folder, **more):
        with (folder / LOCK).open("wb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        put_text(folder, **more)

    monkeypatch.setattr(saving, "put_text", check)
    send(rita, draft, said("one", "guide"), version=1, count=1)
    assert stored(rita, draft) == ("one", "guide")


def test_instructions_that_could_not_be_written_are_written_by_the_next_try(rita, draft, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(saving, "put_text", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send(rita, draft, said("one", "guide"), version=1, count=1)
    send(rita, draft, said("one", "guide"), version=1, count=2, unheard={A: 1})
    assert stored(rita, draft) == ("one", "guide")


def test_of_saves_that_arrive_together_the_newest_stays(rita, draft):
    together = Barrier(6)

    def arrive(count):
        together.wait()
        try:
            form = said(f"n{count}", f"guide {count}")
            send(rita, draft, form, version=1, count=count, unheard={A: count - 1})
        except (CameLate, ChangedMeanwhile):
            pass
        finally:
            db.forget_connection()

    threads = [Thread(target=arrive, args=[count]) for count in range(1, 7)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    send(rita, draft, said("n7", "guide 7"), version=1, count=7, unheard={A: 6})
    assert stored(rita, draft) == ("n7", "guide 7")


# --- the rules by themselves -----------------------------------------------------------------------


class Draft:
    """A draft in memory that keeps what it is sent by the rules."""

    def __init__(self):
        self.version, self.last, self.text = 1, LastSave(), ""

    def save(self, save, version, text):
        if came_late(save, self.last):
            return None
        if version != self.version and not only_own_changes(save, self.last, version=version):
            return None
        if came_twice(save, self.last):
            return self.version
        self.last = last_after(save, self.last, version=self.version)
        if text != self.text or save.unheard:
            self.text, self.version = text, self.version + 1
        return self.version


@given(st.data())
def test_a_page_alone_ends_with_what_it_typed_last_whatever_the_network_does(data):
    """One page and its later lives type, send, hear or do not hear, and are loaded again; copies come at any time."""
    draft, on_the_way = Draft(), []
    page, count, version, unheard, text = 0, 0, 1, {}, ""
    for _ in range(data.draw(st.integers(1, 25))):
        match data.draw(st.sampled_from(["send", "send", "type", "load", "late"])):
            case "type":
                text = data.draw(st.sampled_from(["", "a", "b"]))
            case "load":
                page, count = page + 1, 0
            case "late" if on_the_way:
                draft.save(*data.draw(st.sampled_from(on_the_way)))
            case "send":
                count += 1
                sent = (PageSave(str(page), count, dict(unheard)), version, text)
                on_the_way.append(sent)
                unheard[str(page)] = count
                if data.draw(st.booleans()):
                    found = draft.save(*sent)
                    assert found is not None, "a conflict with itself"
                    if data.draw(st.booleans()):
                        version, unheard = found, {}
    count += 1
    assert draft.save(PageSave(str(page), count, dict(unheard)), version, text) is not None
    for sent in on_the_way:
        draft.save(*sent)
    assert draft.text == text
