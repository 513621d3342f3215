"""Forms of accounts and administration: they say what is missing; what may be, the service decides."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from assay.service.accounts.names_and_addresses import GIVEN_ROLES

_PLAIN = RegexValidator(r"\A[^\x00]*\Z", "The text holds a zero byte.")


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
