"""Addresses of accounts and administration; they stand before the account library's own."""

from django.conf import settings
from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import IntConverter

from assay.entry.web.views import (
    access_table,
    account,
    events,
    identity,
    join,
    keys,
    people,
    retention,
    webhooks,
)


class RowConverter(IntConverter):
    """A number that a table can give."""

    def to_python(self, value: str) -> int:
        """Return the number; one that no table gives is no address."""
        number = super().to_python(value[:20])
        if number >= 2**63:
            raise ValueError(value)
        return number


register_converter(RowConverter, "row")

urlpatterns: list[URLPattern] = [
    path("account/join/", join.join),
    path("account/profile/", account.profile),
    path("account/profile/sessions/<row:session>/end/", account.end_one),
    path("account/profile/sessions/end-others/", account.end_others),
    path("account/keys/", keys.keys),
    path("account/keys/<row:key>/revoke/", keys.revoke),
    path("account/oidc/<str:provider_id>/login/", identity.go_to_provider),
    # What the library offers and this installation does another way, or not.
    path("account/sessions/", account.to_profile),
    re_path(r"^account/(?:email|confirm-email|social|login/code)/", account.not_here),
    path("people/", people.people),
    path("people/invitations/<row:invitation>/revoke/", people.revoke_invited),
    path("people/<row:person>/", people.person),
    path("people/<row:person>/disable/", people.set_state, {"state": "disabled"}),
    path("people/<row:person>/enable/", people.set_state, {"state": "active"}),
    path("people/<row:person>/sessions/end/", people.end_all),
    path("people/<row:person>/sessions/<row:session>/end/", people.end_one),
    path("people/<row:person>/second-factor/reset/", people.reset_factor),
    path("people/<row:person>/keys/<row:key>/revoke/", people.revoke),
    path("access/", access_table.access),
    path("retention/", retention.retention),
    path("events/", events.events),
    path("events/export.csv", events.export),
    path("events/verification/", events.verification),
    path("events/<row:event>/", events.event),
    path("webhooks/", webhooks.webhooks),
    path("webhooks/<row:webhook>/", webhooks.webhook),
    path("webhooks/<row:webhook>/pause/", webhooks.set_state, {"state": "paused"}),
    path("webhooks/<row:webhook>/resume/", webhooks.set_state, {"state": "active"}),
    path("webhooks/<row:webhook>/remove/", webhooks.set_state, {"state": "removed"}),
    path("webhooks/<row:webhook>/messages/<row:message>/again/", webhooks.again),
]
if not settings.ASSAY.mail_host:
    urlpatterns.append(re_path(r"^account/password/reset/", account.not_here))
