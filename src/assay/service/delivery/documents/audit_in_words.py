"""How a certificate was tested, so that a statistician can repeat it with pencil and paper: design, hypothesis, data, stop."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from assay.core.labels.label_values import Choice
from assay.core.labels.loss_rules import BRANCH, StatedLoss
from assay.core.quality.betting_martingale import BETS, Outcome
from assay.core.quality.certificate import Certificate
from assay.service import figures_in_words
from assay.tasktypes import TASK_TYPES

MOST_RUNS: Final = 300
"""Of a longer sample the losses stand in `audit.jsonl` alone."""


def compared(task: str) -> str:
    """Return how labels are compared, "" where they are right or wrong or nobody knows the task type."""
    if task not in TASK_TYPES.names():
        return ""
    found = TASK_TYPES.get(task)
    return "" if found.produces is Choice else found.compared


def test_words(certificate: Certificate) -> Sequence[tuple[str, str]]:
    """Return (name, sentences) of everything that the proof rests on."""
    return (
        ("Population", _population(certificate)),
        ("Loss X of a label", _loss(certificate)),
        ("Draw", _draw(certificate)),
        ("Judgements", _judgements(certificate)),
        ("Hypothesis and test", _test(certificate)),
        ("Stopping", _stopping(certificate)),
        ("Bounds", _bounds(certificate)),
        ("Attempts", _attempts(certificate)),
    )


def losses_in_order(certificate: Certificate) -> str:
    """Return the losses in the order of the draw, equal ones together: `15 x 0, 1, 13 x 0`."""
    runs = [
        (f"{loss:.6g}", len(list(same))) for loss, same in groupby(line.loss for line in certificate.sample)
    ]
    shown = ", ".join(
        loss if count == 1 else f"{count:,} \N{MULTIPLICATION SIGN} {loss}"
        for loss, count in runs[:MOST_RUNS]
    )
    return (
        shown + (", and so on in audit.jsonl" if len(runs) > MOST_RUNS else "")
        if shown
        else "nothing was judged"
    )


def _population(certificate: Certificate) -> str:
    return (
        f"The N = {certificate.items:,} labels of the batch, frozen under their digest before the draw; labels by a model"
        f" alone and labels that experts redid are among them. Outside it: {figures_in_words.many(certificate.control_items, 'control item')}"
        f" and {figures_in_words.many(certificate.set_aside, 'row')} set aside."
    )


def _loss(certificate: Certificate) -> str:
    how, loss = compared(certificate.task), certificate.loss
    named = f"Its name is {_named(loss)}."
    if certificate.questions:
        losses = dict(loss.questions)
        each = "; ".join(
            f"'{one.name}' weighs {one.weight:g} and is compared by {_named(losses[one.name])}"
            for one in certificate.questions
        )
        named += f" It is the weighted mean over the questions that are asked: {each}."
    if how:
        return (
            f"From 0 (as the expert says) to 1 (all wrong); {how}. Shares right are means of 1 - X. {named}"
        )
    if dict(loss.parameters).get(BRANCH.name, 1.0) < 1.0:
        return (
            "0 where the label is what the expert says, else 1, and less for a label of the same branch."
            f" Shares right are means of 1 - X. {named}"
        )
    return f"0 where the label is what the expert says, else 1. Shares right are shares of labels. {named}"


def _named(loss: StatedLoss) -> str:
    chosen = "".join(f", {name} = {value:g}" for name, value in loss.parameters)
    return f"{loss.name}, version {loss.version}{chosen}"


def _draw(certificate: Certificate) -> str:
    return (
        "Without replacement, from all N: HMAC-SHA-256 of the labels' digest under the committed nonce seeds the order;"
        f" the first n = {len(certificate.sample):,} of it are the sample. Neither labels nor sample could be chosen to suit the other."
    )


def _judgements(certificate: Certificate) -> str:
    found = certificate.figures
    fresh = len(certificate.sample) - found.reused
    said = f"{figures_in_words.many(fresh, 'item')} judged by an expert who did not see the label."
    if found.reused:
        said += (
            f" {figures_in_words.many(found.reused, 'drawn item')} had been judged by an expert before the labels were frozen and carried"
            " that expert's label: X = 0 by definition, since experts are the standard here."
        )
    if found.twice_judged:
        said += f" Of {found.twice_judged:,} judged twice, both experts agreed on {found.agreed:,}."
    else:
        said += " None was judged twice, so the experts' own error is not measured."
    return said


def _test(certificate: Certificate) -> str:
    bets = ", ".join(f"{bet:g}" for bet in BETS)
    return (
        f"H: the mean of X over all N is {certificate.allowed:g} or more (a). With S the losses before draw t and"
        " m = (N a - S) / (N - t + 1), the mean that H leaves for the rest, the wealth is the mean over f in"
        f" {{{bets}}} of the products of 1 + f (m - X) / (1 - m). Under H it is a nonnegative supermartingale that starts at 1,"
        f" so it ever reaches 1/delta = {1.0 / certificate.delta_spent:,.4g} with probability delta ="
        f" {certificate.delta_spent:.4g} at most (Ville's inequality), for any N and any losses: no normal approximation."
    )


def _stopping(certificate: Certificate) -> str:
    test = certificate.figures.standing
    if test.outcome is Outcome.CERTIFIED:
        ended = f"it ended at a wealth of {min(test.wealth, 1e300):,.4g}, and H is rejected"
    elif test.outcome is Outcome.EXHAUSTED:
        ended = (
            "so many are judged that the batch meets the target even if every other label is all wrong:"
            " that is certain, whatever the wealth"
        )
    else:
        ended = f"it stands at a wealth of {min(test.wealth, 1e300):,.4g}, and H is not rejected"
    return f"After any draw, by any rule: the inequality holds for all of them at once, so looking often costs nothing. {ended[:1].upper()}{ended[1:]}."


def _bounds(certificate: Certificate) -> str:
    found = certificate.figures
    return (
        f"The total loss D is the largest that the same test at the same delta does not reject: D / N ="
        f" {found.process_error_bound:.4g} before correction. What corrections mended in the sample is taken off:"
        f" {found.certified_bound:.4g} as delivered. Nothing else changed after the freeze."
    )


def _attempts(certificate: Certificate) -> str:
    said = f"This was attempt {certificate.attempt}, which may spend {certificate.delta_spent:.4g}."
    return (
        f"{said} Attempt 1 spends 1 - confidence, attempt r from 2 on spends that divided by 2 to the r, each on labels frozen"
        " anew; so all attempts at a batch together err with 1.5 times (1 - confidence) at most."
    )
