"""Tell the owner of an account what happened with it: a notice on their page, and a mail where mail is sent."""

from django.conf import settings
from django.core.mail import send_mail
from django.db.transaction import on_commit

from assay.service.stored_times import moment_of
from assay.store.accounts.account_members import MemberRow
from assay.store.accounts.notices import add_notice


def tell_owner(member: MemberRow, sentence: str, *, mailed: bool = True, now: int) -> None:
    """Inside a transaction: keep a sentence for the member, and mail it once the transaction holds."""
    add_notice(member=member.id, text=sentence, now=now)
    if mailed and settings.ASSAY.mail_host:
        on_commit(lambda: _mail(member, sentence, now=now))


def _mail(member: MemberRow, sentence: str, *, now: int) -> None:
    """Send the mail; a mail server that does not answer stops nobody."""
    where = f"{settings.ASSAY.url}/account/profile/" if settings.ASSAY.url else "your account page"
    send_mail(
        "Something changed about your account",
        f"Hello {member.name},\n\n{sentence} That was on {moment_of(now):%d %B %Y at %H:%M} UTC.\n\n"
        f"If it was not you: look at {where}, change your password, and end keys and sessions that you do not know.\n",
        settings.DEFAULT_FROM_EMAIL,
        [member.email],
        fail_silently=True,
    )
