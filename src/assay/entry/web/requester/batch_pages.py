"""Batches: how one stands, its gallery and items in review, its certificate, and the decision about it."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import InputError, NotAllowed
from assay.entry.web.page_access import clock, page
from assay.entry.web.requester.calibration_chart import reliability_chart
from assay.entry.web.requester.cost_and_progress_charts import charts_of
from assay.entry.web.requester.proof_chart import proof_chart
from assay.entry.web.requester.who_said_what_table import confusion_table
from assay.service.access.permissions import Actor
from assay.service.access.refuse_own_work import WorksOnIt
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.batch_page import batch_charts, batch_page, certificate_page
from assay.service.batches.batch_quality import batch_quality
from assay.service.batches.comment_item import comment_item
from assay.service.batches.gallery import ItemsWanted, items_page
from assay.service.batches.item_page import item_page
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.delivery.supplements.ask_for_formats import ask_for_formats
from assay.service.delivery.supplements.write_supplement import CertificateGone, OtherKey
from assay.service.installation import this_installation

MOST_MARKED: Final = 1_000
STATES: Final = ("settled", "labelling", "checking", "peer review", "expert review", "waiting")


@page
def batch(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show a batch and the first page of its gallery, which whoever works on it does not see."""
    found = batch_page(actor, batch=batch, now=clock())
    shown: dict[str, object] = {"name": batch, "batch": found, "marked": _marked(request, batch)}
    try:
        shown |= _gallery(request, actor, batch)
    except WorksOnIt as problem:
        shown["kept_back"] = str(problem)
    return render(request, "batches/batch.html", shown)


@page
def items(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show the next page of the gallery."""
    return render(request, "batches/gallery.html", {"name": batch, **_gallery(request, actor, batch)})


@page
def item(request: HttpRequest, actor: Actor, batch: str, key: str) -> HttpResponse:
    """Show one item with its answers and remarks; a POST remarks on it or marks it to be sent back."""
    if request.method == "POST":
        return _said(request, actor, batch, key)
    now = clock()
    found = item_page(actor, batch=batch, key=key, now=now)
    following = ""
    if found.item.risk is not None:
        place = f"{1.0 - found.item.risk!r}_{found.item.id}"
        rest = items_page(actor, batch=batch, wanted=ItemsWanted(), after=place, limit=1, now=now)
        following = quote(rest.items[0].key) if rest.items else ""
    return render(
        request,
        "batches/item.html",
        {
            "name": batch,
            "found": found,
            "labels": json.dumps(list(found.labels), ensure_ascii=False),
            "label": json.dumps(found.item.label, ensure_ascii=False),
            "before": json.dumps(found.corrected, ensure_ascii=False) if found.corrected is not None else "",
            "answers": [(one, json.dumps(one.label, ensure_ascii=False)) for one in found.answers],
            "regions": json.dumps([one.region for one in found.remarks if one.region], ensure_ascii=False),
            "extra": [(column, str(value)) for column, value in found.extra.items()],
            "following": following,
            "mark": _marked(request, batch).get(key, ""),
        },
    )


@page
def charts(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show the batch's charts, each with the table behind it."""
    now = clock()
    found, quality = batch_charts(actor, batch=batch, now=now), batch_quality(actor, batch=batch, now=now)
    return render(
        request,
        "batches/charts.html",
        {
            "charts": charts_of(found),
            "proof": proof_chart(quality.proof) if quality.proof else None,
            "reliability": reliability_chart(quality.calibrated) if quality.calibrated else None,
            "said": confusion_table(quality.said) if quality.said else None,
        },
    )


@page
def certificate(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show the batch's certificate, as something one would frame."""
    found = certificate_page(actor, batch=batch, now=clock())
    return render(
        request,
        "batches/certificate.html",
        {"name": batch, "found": found, "certificate": found.certificate, "words": found.words},
    )


@page
@require_POST
def accept(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Accept the batch."""
    try:
        accept_batch(actor, batch=batch, now=clock())
    except NotAllowed as problem:
        messages.warning(request, str(problem))
    else:
        _forget(request, batch)
        messages.success(
            request, "Accepted. The delivery is being written; it appears here when it is whole."
        )
    return redirect(f"/batches/{quote(batch)}/")


@page
@require_POST
def reject(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Send back the marked items, or, with a remark about the whole batch, all of them."""
    whole = request.POST.get("whole", "").strip().replace("\x00", "")[:2_000]
    marked = _marked(request, batch)
    remarks = [Remark(key=key, comment=said) for key, said in marked.items()]
    if "reject_all" in request.POST:
        remarks.append(Remark(key=None, comment=whole))
        if not whole:
            messages.warning(request, "Say what is wrong with the batch: the experts who redo it read this.")
            return redirect(f"/batches/{quote(batch)}/#review")
    try:
        reject_batch(actor, batch=batch, remarks=remarks, now=clock())
    except (NotAllowed, InputError) as problem:
        messages.warning(request, str(problem))
    else:
        _forget(request, batch)
        messages.success(
            request, "Sent back. Experts look at these items again, with your remarks before them."
        )
    return redirect(f"/batches/{quote(batch)}/")


@page
@require_POST
def formats(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Ask for the delivered batch in further formats."""
    wanted = [name[:200] for name in request.POST.getlist("format")][:50]
    try:
        asked = ask_for_formats(
            this_installation().of(actor.scope), actor, batch=batch, formats=wanted, now=clock()
        )
    except (NotAllowed, InputError, CertificateGone, OtherKey) as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(
            request,
            f"Supplement {asked.number}: {', '.join(asked.formats)}. It is {asked.state}"
            + ("." if asked.folder else "; it appears with the delivery's files when it is whole."),
        )
    return redirect(f"/batches/{quote(batch)}/#formats")


def _said(request: HttpRequest, actor: Actor, batch: str, key: str) -> HttpResponse:
    back = redirect(f"/batches/{quote(batch)}/items/{quote(key)}")
    if "unmark" in request.POST:
        marked = _marked(request, batch)
        marked.pop(key, None)
        _keep(request, batch, marked)
        return redirect(request.POST.get("back") or back.url) if _local(request) else back
    comment = request.POST.get("comment", "").strip().replace("\x00", "")[:2_000]
    if "mark" in request.POST:
        item_page(actor, batch=batch, key=key, now=clock())
        marked = _marked(request, batch)
        if not comment:
            messages.warning(request, "Say why: the expert who looks at it again reads this.")
        elif len(marked) >= MOST_MARKED:
            messages.warning(request, f"At most {MOST_MARKED:,} items are sent back at once.")
        else:
            _keep(request, batch, {**marked, key: comment})
            messages.success(
                request, "Marked to be sent back; nothing is sent before you decide about the batch."
            )
        return back
    try:
        comment_item(actor, batch=batch, key=key, comment=comment, region=_region(request), now=clock())
    except InputError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, "Your remark is kept with the item.")
    return back


def _local(request: HttpRequest) -> bool:
    return request.POST.get("back", "").startswith("/batches/")


def _region(request: HttpRequest) -> Mapping[str, Any] | None:
    """Return the rectangle that was drawn, None where none was."""
    found: dict[str, float] = {}
    for side in ("left", "top", "width", "height"):
        text = request.POST.get(side, "")
        try:
            value = float(text)
        except ValueError:
            return None
        if not 0 <= value <= 1e7:
            return None
        found[side] = value
    return found


def _gallery(request: HttpRequest, actor: Actor, batch: str) -> dict[str, object]:
    asked = {
        key: request.GET.get(key, "").replace("\x00", "")[:200]
        for key in ("state", "label", "risk", "decided_by", "search", "disputed")
    }
    wanted = ItemsWanted(
        state=asked["state"] or "settled",
        label=asked["label"],
        band=asked["risk"],
        decided_by=asked["decided_by"],
        search=asked["search"],
        disputed=asked["disputed"],
    )
    after = request.GET.get("after") or None
    found = items_page(actor, batch=batch, wanted=wanted, after=after, now=clock())
    kept = {key: value for key, value in asked.items() if value}
    return {
        "name": batch,
        "items": [(one, json.dumps(one.label, ensure_ascii=False), quote(one.key)) for one in found.items],
        "labels": json.dumps(list(found.labels), ensure_ascii=False),
        "label_names": found.labels[:200],
        "whole": found.whole,
        "by_dispute": found.by_dispute,
        "next": "" if found.next is None else urlencode({**kept, "after": found.next}),
        "asked": asked,
        "is_filtered": bool(kept),
        "states": STATES,
    }


def _marked(request: HttpRequest, batch: str) -> dict[str, str]:
    """Return the items that are marked to be sent back, with their remarks; kept with the session."""
    found = request.session.get("marked", {}).get(batch, {})
    return dict(found)


def _keep(request: HttpRequest, batch: str, marked: dict[str, str]) -> None:
    request.session["marked"] = {**request.session.get("marked", {}), batch: marked}


def _forget(request: HttpRequest, batch: str) -> None:
    kept = dict(request.session.get("marked", {}))
    kept.pop(batch, None)
    request.session["marked"] = kept
