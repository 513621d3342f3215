"""Forms of one's own account: joining, a name, a key; they say what is missing; what may be, the service decides."""

from typing import Any

from django import forms

DAYS = ((7, "a week"), (30, "30 days"), (90, "90 days"), (365, "a year"))
ROLE_WORDS = {
    "requester": "orders labelled data, reviews and accepts it",
    "operator": "keeps projects, people and queues going",
    "labeller": "labels items and is paid per answer",
    "expert": "reviews, decides disagreements, judges audits",
    "auditor": "reads everything, changes nothing",
    "administrator": "people, roles, keys and settings",
}
"""What each role is for, in a few words."""


class JoinForm(forms.Form):
    """What a newcomer says about themselves."""

    code = forms.CharField(max_length=200, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=100, label="Your name", widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.CharField(
        max_length=254,
        label="Your address",
        widget=forms.EmailInput({"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        max_length=1_000,
        strip=False,
        label="A password",
        help_text="At least 12 characters. Long and easy to remember is better than short and odd.",
        widget=forms.PasswordInput({"autocomplete": "new-password", "minlength": "12"}),
    )


class CodeForm(forms.Form):
    """The code of an invitation."""

    code = forms.CharField(
        max_length=200,
        label="Invitation code",
        help_text="It came with the link you were given.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )


class NameForm(forms.Form):
    """How somebody is called."""

    name = forms.CharField(max_length=100, label="Name", widget=forms.TextInput({"autocomplete": "name"}))


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(
        max_length=100,
        label="Name",
        help_text="By which you will know it, for example the machine that uses it.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=90, label="Good for")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="May act as",
        error_messages={"required": "Choose at least one role."},
    )

    def __init__(self, *args: Any, own: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(role, role) for role in own]
        self.initial.setdefault("scopes", list(own))
