"""Which verb of the permissions each operation of the API needs; the documents and the tests read it from here.

The actions behind an operation decide, each by `require`; this table says beforehand what they will say, and
the access matrix of the tests compares the two for every role.
"""

from collections.abc import Mapping
from typing import Final

from assay.service.access.permissions import PERMISSIONS, ROLES, SYSTEM

ANYBODY: Final = "anybody"
"""Whoever has a key or a session, whatever their roles."""
SESSIONS: Final = frozenset({"post_key"})
"""Operations for whoever is signed in themselves: a key is refused, whatever its roles."""
VERBS: Final[Mapping[str, str]] = {
    "list_work": "see own work",
    "get_work": "take a task",
    "claim": "take a task",
    "submit": "submit an answer",
    "list_answers": "mend an answer",
    "mend": "mend an answer",
    "skip": "skip a task",
    "renew": "renew a task",
    "release": "release a task",
    "list_drafts": "edit a draft",
    "post_draft": "edit a draft",
    "get_draft": "edit a draft",
    "put_draft": "edit a draft",
    "delete_draft": "edit a draft",
    "get_files": "edit a draft",
    "post_files": "edit a draft",
    "delete_files": "edit a draft",
    "get_wanted": "edit a draft",
    "get_preview": "edit a draft",
    "get_quote": "edit a draft",
    "post_submit": "edit a draft",
    "list_projects": "see projects",
    "post_project": "edit a draft",
    "post_batch": "add a batch",
    "get_project": "see projects",
    "get_plan": "see projects",
    "get_labels": "see projects",
    "post_labels": "change labels",
    "post_labels_dry_run": "change labels",
    "get_summaries": "see projects",
    "post_approve": "approve a quote",
    "get_batch": "see projects",
    "get_summary": "see projects",
    "post_accept": "accept a batch",
    "post_reject": "reject a batch",
    "get_certificate": "see projects",
    "list_supplements": "see projects",
    "post_supplement": "ask for formats",
    "list_items": "see items",
    "get_item": "see items",
    "post_remark": "comment on an item",
    "list_deliveries": "see projects",
    "get_delivery": "see projects",
    "get_archive": "download a delivery",
    "get_file": "download a delivery",
    "get_me": ANYBODY,
    "list_people": "see people",
    "get_person": "see people",
    "patch_person": "manage people",
    "list_invitations": "see people",
    "invite": "manage people",
    "delete_invitation": "manage people",
    "delete_second_factor": "manage people",
    "delete_sessions": "manage people",
    "delete_session": "manage people",
    "list_keys": "manage own keys",
    "post_key": "manage own keys",
    "delete_key": "manage own keys",
    "list_events": "see events",
    "stream_events": "see events",
    "get_event": "see events",
    "list_webhooks": "manage webhooks",
    "post_webhook": "manage webhooks",
    "list_verbs": ANYBODY,
    "get_webhook": "manage webhooks",
    "patch_webhook": "manage webhooks",
    "delete_webhook": "manage webhooks",
    "post_secret": "manage webhooks",
    "list_messages": "manage webhooks",
    "post_again": "manage webhooks",
    "get_operations": "see queues",
    "get_queues": "see queues",
    "get_reviews": "see the review queue",
    "post_pause": "pause or resume a project",
    "post_resume": "pause or resume a project",
    "post_plan": "plan again",
    "post_requester_labels": "let a requester label",
    "post_item_again": "queue an item again",
    "get_workforce": "see people at work",
    "post_pause_person": "pause or resume a person",
    "post_exclude_person": "exclude a person",
    "post_resume_person": "pause or resume a person",
    "get_appeals": "answer an appeal",
    "post_appeal_answer": "answer an appeal",
    "get_my_work": "see own work",
    "post_appeal": "appeal",
}


def roles_of(operation: str) -> list[str]:
    """Return the roles that may call an operation, in the order of the permissions."""
    verb = VERBS[operation]
    return [role for role in ROLES if role != SYSTEM and (verb == ANYBODY or role in PERMISSIONS[verb])]
