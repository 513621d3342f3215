"""On to an identity provider: the library's redirect becomes a page, since our policy lets no form leave the site."""

from allauth.socialaccount.providers.openid_connect import views as library
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def go_to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Ask before leaving, then show a page that goes on to the provider by itself."""
    response: HttpResponse = library.login(request, provider_id)
    target = response.headers.get("Location", "")
    if response.status_code != 302 or not target.startswith(("https://", "http://")):
        return response
    if "\n" in target or '"' in target:
        raise Http404
    return render(request, "socialaccount/onward.html", {"target": target})
