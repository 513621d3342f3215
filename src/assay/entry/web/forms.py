"""Forms of accounts and administration: they say what is missing; what may be, the service decides."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from assay.service.person_words import GIVEN_ROLES

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
_PLAIN = RegexValidator(r"\A[^\x00]*\Z", "The text holds a zero byte.")


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


class RolesField(forms.MultipleChoiceField):
    """Some of the roles, as boxes with what each is for."""

    def __init__(self, **options: Any) -> None:
        choices = [(role, role) for role in GIVEN_ROLES]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **options)


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.CharField(
        max_length=254,
        label="Their address",
        widget=forms.EmailInput({"autocomplete": "off", "placeholder": "lena@example.org"}),
    )
    roles = RolesField(error_messages={"required": "Choose at least one role."})


class PersonForm(forms.Form):
    """What an administrator may change about a person."""

    roles = RolesField(error_messages={"required": "Choose at least one role."})
    networks = forms.CharField(
        max_length=3_000,
        required=False,
        validators=[_PLAIN],
        label="Networks",
        help_text="One address or network a line, like 192.0.2.0/24. Empty: from anywhere.",
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )

    def clean_networks(self) -> list[str]:
        """Return the networks one by one."""
        return str(self.cleaned_data["networks"]).replace(",", " ").split()


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
        field.initial = list(own)


class WebhookForm(forms.Form):
    """Where to tell of events, and of which."""

    url = forms.CharField(
        max_length=2_000,
        label="Address",
        help_text="https:// and a host. Messages are posted there, signed.",
        widget=forms.URLInput({"placeholder": "https://example.org/assay", "autocomplete": "off"}),
    )
    verbs = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Only these events"
    )

    def __init__(self, *args: Any, verbs: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["verbs"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(verb, verb) for verb in verbs]


class EventForm(forms.Form):
    """Which events to show; everything may be left out."""

    verb = forms.CharField(
        label="What", widget=forms.TextInput({"list": "verbs"}), max_length=300, required=False
    )
    actor = forms.CharField(label="Who", max_length=300, required=False)
    subject = forms.CharField(label="About", max_length=300, required=False)
    outcome = forms.ChoiceField(
        required=False,
        label="Outcome",
        choices=(("", "any"), ("done", "done"), ("refused", "refused"), ("failed", "failed")),
    )
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
