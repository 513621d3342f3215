import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.support.deliveries import certificate_of, frozen_labels, report_facts, sheet_facts, verdicts_on

from assay.core.quality.betting_martingale import standing
from assay.service import figures_in_words
from assay.service.delivery.documents.audit_in_words import losses_in_order
from assay.service.delivery.documents.certificate_page import render_certificate, sentence
from assay.service.delivery.documents.data_sheet import render_data_sheet
from assay.service.delivery.documents.document_facts import GalleryItem, MoreData, StageCount
from assay.service.delivery.documents.report import render_report
from assay.service.trail.signatures import Signature

FROZEN = frozen_labels()
CERTIFIED = certificate_of(FROZEN, verdicts_on(FROZEN, wrong=(3,), checks=150))
OPEN = certificate_of(FROZEN, verdicts_on(FROZEN, checks=10))
SIGNATURE = Signature(public_key="00" * 32, fingerprint="abcd-ef01", value="11" * 64)
PIXEL = b"\x89PNG\r\n\x1a\nnot decoded here"
EVIL = "<script>alert(1)</script>"


class Tags(HTMLParser):
    """Collects tags and text, and fails on what is closed without being opened."""

    VOID = ("meta", "img", "link", "br", "hr")

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes = [], set(), []
        self.feed(page.decode())
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def words(page):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def test_the_certificate_says_its_statement_in_one_sentence_with_figures_method_and_limits():
    said = words(render_certificate(CERTIFIED, SIGNATURE))
    assert "Certificate of quality" in said
    assert "of the 200 labels of batch batch-1, project shelf-photos, are right, with 95 % confidence" in said
    for part in (
        "Sample 150 items",
        "Errors found 1 1 corrected",
        "betting martingale",
        "What it does not say",
        *CERTIFIED.says_not[:1],
    ):
        assert part in said
    assert "assay certificate verify DIR --key abcd-ef01" in said
    assert "DEMONSTRATION" not in said


def test_the_certificate_tells_a_statistician_everything_that_the_proof_rests_on():
    said = words(render_certificate(CERTIFIED, SIGNATURE))
    test = CERTIFIED.figures.standing
    for part in (
        "Population The N = 200 labels of the batch, frozen under their digest before the draw",
        "Outside it: 2 control items and 1 row set aside",
        "Loss X of a label 0 where the label is what the expert says, else 1",
        f"the first n = {len(CERTIFIED.sample)} of it are the sample",
        "the mean of X over all N is 0.05 or more",
        "{0.5, 0.65, 0.78, 0.86, 0.92, 0.98}",
        "1/delta = 20 with probability delta = 0.05 at most",
        f"It ended at a wealth of {test.wealth:,.4g}, and H is rejected",
        f"D / N = {CERTIFIED.figures.process_error_bound:.4g} before correction",
        f"{CERTIFIED.figures.certified_bound:.4g} as delivered",
        "This was attempt 1, which may spend 0.05",
        "Losses in the order of the draw 3 \N{MULTIPLICATION SIGN} 0, 1, 146 \N{MULTIPLICATION SIGN} 0",
        "print this page or save it as PDF",
    ):
        assert part in said


def test_the_printed_losses_repeat_the_test():
    """Whoever has the page alone can compute the wealth again."""
    losses = []
    for run in losses_in_order(CERTIFIED).split(", "):
        count, _, loss = run.rpartition(" \N{MULTIPLICATION SIGN} ")
        losses += [float(loss)] * int(count or 1)
    found = standing(losses, items=CERTIFIED.items, allowed=CERTIFIED.allowed, delta=CERTIFIED.delta_spent)
    assert found == CERTIFIED.figures.standing


def test_judgements_from_before_the_draw_and_a_later_attempt_are_said_plainly():
    again = [replace(one, fresh=False) for one in verdicts_on(FROZEN, checks=12)]
    said = words(render_certificate(certificate_of(FROZEN, again, attempt=3), SIGNATURE))
    assert "12 drawn items had been judged by an expert before the labels were frozen" in said
    assert "X = 0 by definition" in said
    assert "This was attempt 3, which may spend 0.00625" in said
    assert "1.5 times (1 - confidence) at most" in said
    assert "and H is not rejected" in said


def test_labels_that_are_right_in_part_are_right_on_average():
    boxes = replace(CERTIFIED, task="image_boxes")
    assert sentence(boxes).startswith("The 200 labels of batch batch-1, project shelf-photos, are at least ")
    assert " right on average, with 95 % confidence" in sentence(boxes)
    assert "Shares right are means of 1 - X" in words(render_certificate(boxes, SIGNATURE))


def test_a_sample_of_many_different_losses_stands_in_the_audit_file():
    lines = [replace(CERTIFIED.sample[0], loss=number / 1000) for number in range(400)]
    said = losses_in_order(replace(CERTIFIED, sample=tuple(lines)))
    assert said.endswith("0.299, and so on in audit.jsonl")


def test_what_is_not_proven_is_not_called_a_certificate():
    said = words(render_certificate(OPEN, SIGNATURE))
    assert "Audit record: target not proven" in said
    assert "It is not proven that 95 % of the 200 labels" in said
    assert "not proven: 95 % asked for" in words(render_report(OPEN, report_facts()))


@pytest.mark.parametrize("workforce", ["simulated", "recorded"])
def test_a_demonstration_is_said_first_and_everywhere(workforce):
    certificate = certificate_of(FROZEN, verdicts_on(FROZEN, checks=150), workforce=workforce)
    for page in (render_certificate(certificate, SIGNATURE), render_report(certificate, report_facts())):
        assert words(page).split("DEMONSTRATION")[1].startswith(f" The workforce was {workforce}")
    assert b"**DEMONSTRATION: the workforce was" in render_data_sheet(certificate, sheet_facts())


def test_the_report_has_four_tiles_stages_costs_comparison_confusion_and_decisions():
    said = words(render_report(CERTIFIED, report_facts()))
    for part in (
        "Items 200 64 by a model alone; 1 set aside",
        "proven: 95 % asked for",
        "Cost EUR 32.48 within the budget of EUR 400.00",
        "Time 1 day 1 h on time; due 20 December 2026",
        "Review 21 14 by experts",
        "Answers 312 at EUR 0.04 EUR 12.48",
        "3 answers for every item, majority vote EUR 60.00 91.2 % right, unproven",
        "The audit sample, before correction",
        "Labelled by the model alone audited: at most 1.9 % wrong 64 items",
    ):
        assert part in said


def test_the_report_says_whether_more_data_would_help():
    curve = MoreData("More data would help such a model.", points=((100, 0.25), (200, 0.125)))
    said = words(render_report(CERTIFIED, replace(report_facts(), more_data=curve)))
    assert "Would more data help? More data would help such a model." in said
    assert "100 75 % 200 87.5 %" in said
    assert "Would more data help?" not in words(render_report(CERTIFIED, report_facts()))


def test_the_gallery_shows_corrected_items_first_and_then_the_riskiest():
    gallery = (
        GalleryItem("calm", "cola", None, 0.01, text=(("a ", ""), ("review", "thing"))),
        GalleryItem("risky", "water", None, 0.4, thumbnail=PIXEL),
        GalleryItem("mended", "water", "cola", 0.2),
    )
    page = render_report(CERTIFIED, report_facts(gallery))
    said = words(page)
    assert said.index("mended · risk 20 %") < said.index("risky · risk 40 %") < said.index("calm · risk 1 %")
    assert "corrected water was cola" in said
    assert page.count(b'src="data:image/png;base64,') == 1


def test_no_text_becomes_markup_and_no_page_has_a_script_or_reaches_out():
    evil = replace(CERTIFIED, project=EVIL, batch="'\"><img src=x onerror=alert(1)>")
    gallery = (
        GalleryItem(
            EVIL,
            EVIL,
            EVIL,
            0.5,
            text=((EVIL, EVIL),),
            thumbnail=PIXEL,
            thumbnail_type=f"text/html{EVIL}",
            note=EVIL,
        ),
    )
    facts = replace(report_facts(gallery), stages=(StageCount(EVIL, 1, EVIL),))
    for page in (render_certificate(evil, SIGNATURE), render_report(evil, facts)):
        parsed = Tags(page)
        assert parsed.tags.isdisjoint({"script", "img", "iframe", "link", "object"})
        assert not any(name.startswith("on") or name == "src" for name, _ in parsed.attributes)
        assert b"url(" not in page
        assert b"http" not in page
    sheet = render_data_sheet(evil, replace(sheet_facts(), purpose=f"a\n# b {EVIL} | c")).decode()
    assert "<script" not in sheet.replace("\\<", "")
    assert "a \\# b \\<script\\>" in sheet


def test_pages_are_sound_html_and_small():
    for page in (render_certificate(CERTIFIED, SIGNATURE), render_report(CERTIFIED, report_facts())):
        assert {"html", "title", "h1", "main"} <= Tags(page).tags
        assert len(page) < 100 * 1024


def test_a_report_without_optional_parts_has_no_empty_headings():
    facts = replace(report_facts(), comparison=None, confusion=None, stages=(), decisions=(), deadline=None)
    facts = replace(facts, spending=replace(facts.spending, budget=None))
    said = words(render_report(CERTIFIED, facts))
    assert "no deadline was set" in said
    assert "no budget was set" in said
    for heading in (
        "Compared",
        "experts differed",
        "The way of the items",
        "Decided without asking",
        "riskiest first",
    ):
        assert heading not in said


def test_the_data_sheet_has_the_questions_of_data_sheets():
    sheet = render_data_sheet(CERTIFIED, sheet_facts()).decode()
    headings = re.findall(r"^## (.+)$", sheet, flags=re.MULTILINE)
    assert headings == [
        "Motivation",
        "Composition",
        "Collection",
        "Labelling",
        "Quality",
        "Uses",
        "Limits",
        "Licence",
        "Files",
    ]
    assert "| cola | 67 | 33.3 % |\n| water | 67" in sheet
    assert "12 people gave 312 answers; 2 experts judged" in sheet


@pytest.mark.parametrize(
    ("value", "most", "least"),
    [
        (0.0, "0 %", "0 %"),
        (0.035, "3.5 %", "3.5 %"),
        (0.03501, "3.6 %", "3.5 %"),
        (0.00371, "0.38 %", "0.37 %"),
        (1.0, "100 %", "100 %"),
    ],
)
def test_bounds_are_rounded_to_the_careful_side(value, most, least):
    assert figures_in_words.at_most(value) == most
    assert figures_in_words.at_least(value) == least


def test_counts_money_and_times_are_written_alike():
    assert figures_in_words.many(1, "item") == "1 item"
    assert figures_in_words.many(2000, "person", "people") == "2,000 people"
    assert figures_in_words.money(123450, "EUR") == "EUR 1,234.50"
    assert figures_in_words.moment("2026-11-03T09:05:00Z") == "3 November 2026, 09:05 UTC"
    assert figures_in_words.span("2026-11-03T09:00:00", "2026-11-03T09:48:20Z") == "48 min"
    assert figures_in_words.span("2026-11-03T09:00:00", "2026-11-03T11:05:00") == "2 h 5 min"
