"""Addresses of accounts and administration; they stand before the account library's own."""

from django.conf import settings
from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import IntConverter

from assay.entry.web.account import identity_provider_page, join_page, key_pages, own_account_pages
from assay.entry.web.administration import (
    access_table_page,
    event_pages,
    people_pages,
    retention_page,
    webhook_pages,
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
    path("account/join/", join_page.join),
    path("account/profile/", own_account_pages.profile),
    path("account/profile/sessions/<row:session>/end/", own_account_pages.end_one),
    path("account/profile/sessions/end-others/", own_account_pages.end_others),
    path("account/keys/", key_pages.keys),
    path("account/keys/<row:key>/revoke/", key_pages.revoke),
    path("account/oidc/<str:provider_id>/login/", identity_provider_page.go_to_provider),
    # What the library offers and this installation does another way, or not.
    path("account/sessions/", own_account_pages.to_profile),
    re_path(r"^account/(?:email|confirm-email|social|login/code)/", own_account_pages.not_here),
    path("people/", people_pages.people),
    path("people/invitations/<row:invitation>/revoke/", people_pages.revoke_invited),
    path("people/<row:person>/", people_pages.person),
    path("people/<row:person>/disable/", people_pages.set_state, {"state": "disabled"}),
    path("people/<row:person>/enable/", people_pages.set_state, {"state": "active"}),
    path("people/<row:person>/sessions/end/", people_pages.end_all),
    path("people/<row:person>/sessions/<row:session>/end/", people_pages.end_one),
    path("people/<row:person>/second-factor/reset/", people_pages.reset_factor),
    path("people/<row:person>/keys/<row:key>/revoke/", people_pages.revoke),
    path("access/", access_table_page.access),
    path("retention/", retention_page.retention),
    path("events/", event_pages.events),
    path("events/export.csv", event_pages.export),
    path("events/verification/", event_pages.verification),
    path("events/<row:event>/", event_pages.event),
    path("webhooks/", webhook_pages.webhooks),
    path("webhooks/<row:webhook>/", webhook_pages.webhook),
    path("webhooks/<row:webhook>/pause/", webhook_pages.set_state, {"state": "paused"}),
    path("webhooks/<row:webhook>/resume/", webhook_pages.set_state, {"state": "active"}),
    path("webhooks/<row:webhook>/remove/", webhook_pages.set_state, {"state": "removed"}),
    path("webhooks/<row:webhook>/messages/<row:message>/again/", webhook_pages.again),
]
if not settings.ASSAY.mail_host:
    urlpatterns.append(re_path(r"^account/password/reset/", own_account_pages.not_here))
