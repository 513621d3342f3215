"""A batch's summary in words, as `run` and `demo` end with it."""

import sys

from assay.service.batches.batch_summary import BatchSummary
from assay.service.figures_in_words import at_most, many, money, share


def print_summary(summary: BatchSummary) -> None:
    """Print what a batch has come to."""
    sys.stdout.write("\n".join(summary_lines(summary)) + "\n")


def summary_lines(summary: BatchSummary) -> list[str]:
    """Return the lines of a summary."""
    lines = [f"{summary.batch}: {summary.batch_status} (project: {summary.project_status})"]
    if summary.total:
        lines.append(
            f"  items     {summary.total:,} in the batch, {summary.control_items:,} control items,"
            f" {summary.failed:,} of {summary.received:,} received rows set aside"
        )
    if summary.automatic:
        lines.append(
            f"  models    {summary.automatic:,} of {summary.total:,}"
            f" ({share(summary.automatic / summary.total)}) labelled automatically"
        )
    if summary.answers:
        lines.append(
            f"  work      {many(summary.answers, 'answer')} ({summary.answers_per_item:.2f} per item),"
            f" {summary.expert_judgements:,} expert judgements"
            f" ({summary.expert_judgements / max(summary.total, 1):.2f} per item,"
            f" {summary.audit_judgements:,} of them for the certificate)"
        )
        planned = (
            ""
            if summary.price_mid is None
            else f"; quoted {money(round(summary.price_low or 0), summary.currency)} to"
            f" {money(round(summary.price_high or 0), summary.currency)}"
        )
        lines.append(f"  cost      {money(summary.spent, summary.currency)}{planned}")
    if summary.certified and summary.certified_bound is not None:
        lines.append(
            f"  quality   proven at {share(summary.confidence)} confidence: at most {at_most(summary.certified_bound)} of"
            f" the labels are wrong (target: {share(round(1 - summary.target_right, 12))}); attempt"
            f" {summary.attempt}, {summary.audit_sample:,} items drawn at random and judged blind,"
            f" {many(summary.errors_found, 'error')} found and corrected"
        )
    if summary.folder:
        lines.append(f"  delivered {summary.folder}")
    if summary.waits_for:
        lines.append(f"  waits     {summary.waits_for}")
    elif summary.batch_status == "Ready for review":
        lines.append(
            f"  next      assay accept {summary.batch}    or    assay reject {summary.batch} --comment ..."
        )
    elif summary.workforce == "people" and summary.batch_status == "In-progress":
        lines.append(
            "  waits     people to label: `assay serve` opens the pages on which they sign in and work"
        )
    if summary.workforce != "people":
        lines.append(f"  DEMONSTRATION: the people of this run are {summary.workforce}")
    return lines
