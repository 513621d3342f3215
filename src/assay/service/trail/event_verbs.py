"""The verbs of events in groups: about projects, for staff, about accounts."""

from collections.abc import Mapping
from typing import Final

PROJECT_VERBS: Final[Mapping[str, str]] = {
    "submit an intake": "a project was ordered",
    "add a batch": "a further batch was added to a project",
    "change labels": "the labels of a project changed",
    "finish receiving data": "the data of a batch have arrived",
    "fail to receive data": "the data of a batch cannot be read",
    "plan": "a plan with price and dates is there",
    "start the pilot (project)": "the pilot began",
    "quote (project)": "the pilot is over, and the quote is there",
    "approve a quote": "a quote was approved",
    "produce (project)": "production began",
    "certify": "a batch was certified",
    "fail to certify": "an audit did not prove the target; labelling goes on",
    "offer the batch": "a batch is ready for review",
    "accept a batch": "a batch was accepted",
    "reject a batch": "a batch was rejected, with reasons",
    "deliver the batch": "a batch was delivered",
    "ask for formats": "a delivered batch was asked for in further formats",
    "deliver a supplement": "further formats of a batch were delivered",
    "refuse a supplement": "further formats of a batch could not be delivered",
    "download a delivery": "a delivery was downloaded",
    "finish (project)": "the last batch of a project was delivered",
    "pause a project": "a project was paused",
    "resume a project": "a project goes on",
    "park a batch": "a batch failed and waits for an operator",
}
"""Events of projects and batches: every owner of a webhook may hear of them."""
STAFF_VERBS: Final[Mapping[str, str]] = {
    "sign in": "somebody signed in, or tried to",
    "join": "somebody made their account",
    "invite a person": "somebody was invited",
    "change a person": "roles, networks or state of an account changed",
    "make a key": "an API key was made",
    "revoke a key": "an API key ended",
    "pause a person": "a labeller was paused",
    "resume a person": "a labeller may work again",
    "appeal": "a labeller appealed",
    "answer an appeal": "an appeal was answered",
    "submit an answer": "an answer was stored",
    "mend an answer": "an answer was stored that supersedes one",
    "export events": "events were exported",
}
"""Further events, of which only those hear who may see events."""

ACCOUNT_CHANGES: Final[Mapping[str, str]] = {
    "mfa/email/totp_activated": "set up an authenticator app",
    "mfa/email/totp_deactivated": "remove an authenticator app",
    "mfa/email/webauthn_added": "add a passkey",
    "mfa/email/webauthn_removed": "remove a passkey",
    "mfa/email/recovery_codes_generated": "make recovery codes",
    "account/email/password_changed": "change the password",
    "account/email/password_reset": "reset the password",
    "account/email/password_set": "set a password",
    "account/email/email_changed": "change the address",
    "socialaccount/email/account_connected": "connect an identity",
    "socialaccount/email/account_disconnected": "disconnect an identity",
}
"""What the account library would tell people is what the trail tells."""
ACCOUNT_SENTENCES: Final[Mapping[str, str]] = {
    "set up an authenticator app": "An authenticator app was set up.",
    "remove an authenticator app": "The authenticator app was removed.",
    "add a passkey": "A passkey was added.",
    "remove a passkey": "A passkey was removed.",
    "make recovery codes": "New recovery codes were made.",
    "change the password": "The password was changed.",
    "reset the password": "The password was replaced by way of a mail.",
    "set a password": "A password was set.",
    "change the address": "The address was changed.",
    "connect an identity": "An identity was connected.",
    "disconnect an identity": "An identity was disconnected.",
}
"""The same as the account's owner reads it."""
ACCOUNT_VERBS: Final = (
    *ACCOUNT_CHANGES.values(),
    "sign out",
    "give a second factor",
    "end sessions",
    "end keys",
    "sign in on a new device",
    "encrypt second factors",
    "change a name",
)
"""What else is written down about accounts."""
