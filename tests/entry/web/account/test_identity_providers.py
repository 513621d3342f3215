"""Signing in through an OpenID Connect provider: identities are keyed by provider and subject (SEC-7, SEC-20)."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import override_settings
from tests.support.webpages import PASSWORD, web_of

from assay.store.accounts import account_members
from assay.store.trail import events

CALLBACK = "/account/oidc/acme/login/callback/"


class Provider(ThreadingHTTPServer):
    """A small identity provider on this machine; `person` is whoever signs in there."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.person = {"sub": "s-1", "email": "lena@example.org"}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked = []

    def configuration(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
        }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        said = self.server.configuration() if "well-known" in self.path else self.server.person
        self.reply(said)

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(form)
        claims = {**self.server.person, "iss": self.server.url, "aud": "assay", "exp": 2**33}
        self.reply({"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32)})

    def reply(self, said):
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def provider():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def apps(provider):
    app = {"provider_id": "acme", "name": "Acme", "client_id": "assay", "secret": "word"}
    found = {"openid_connect": {"APPS": [{**app, "settings": {"server_url": provider.url}}]}}
    with override_settings(SOCIALACCOUNT_PROVIDERS=found):
        yield


@pytest.fixture
def web(place, apps):
    with web_of(place, outbound_allowed=("127.0.0.1",)) as found:
        yield found


def go(client, process="login"):
    """Press the button, sign in at the provider, and come back."""
    page = client.post(f"/account/oidc/acme/login/?process={process}").content.decode()
    target = re.search(r'href="(http://127[^"]*/authorize[^"]*)"', page).group(1).replace("&amp;", "&")
    asked = parse_qs(urlsplit(target).query)
    assert asked["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    return client.get(CALLBACK, {"code": "c", "state": asked["state"][0]}, follow=True)


def connect(web, name="lena"):
    web.member(name, password=PASSWORD)
    client = web.visitor()
    client.post("/account/login/", {"login": f"{name}@example.org", "password": PASSWORD})
    go(client, "connect")
    return client


def test_the_sign_in_page_offers_the_provider(web):
    page = web.visitor().get("/account/login/").content.decode()
    assert "Sign in with Acme" in page
    assert 'action="/account/oidc/acme/login/' in page


def test_an_identity_that_nobody_connected_opens_nothing_also_with_a_known_address(web):
    web.member("lena")
    client = web.visitor()
    assert "Accounts are made by invitation" in go(client).content.decode()
    assert client.get("/account/profile/").status_code == 302


def test_a_connected_identity_signs_in_and_counts_as_a_second_factor(web, provider):
    browser = connect(web, "rita")
    assert "1 connected identity" in browser.get("/account/3rdparty/").content.decode()
    client = web.visitor()
    go(client)
    assert client.get("/account/profile/").status_code == 200
    assert provider.asked[0]["client_secret"] == ["word"]
    verbs = [one.verb for one in events.list_events(web.installation.scope)]
    assert verbs == ["sign in", "connect an identity", "sign in", "sign in on a new device"]
    provider.person = {"sub": "s-2", "email": "rita@example.org"}
    other = web.visitor()
    go(other)
    assert other.get("/account/profile/").status_code == 302


def test_an_identity_belongs_to_one_account(web):
    connect(web, "lena")
    other = connect(web, "luis")
    assert "No identity is connected" in other.get("/account/3rdparty/").content.decode()


def test_an_identity_is_disconnected(web):
    browser = connect(web)
    page = browser.get("/account/3rdparty/").content.decode()
    number = re.search(r'name="account" value="(\d+)"', page).group(1)
    browser.post("/account/3rdparty/", {"account": number})
    assert "No identity is connected" in browser.get("/account/3rdparty/").content.decode()
    verbs = [one.verb for one in events.list_events(web.installation.scope)]
    assert verbs[-1] == "disconnect an identity"


def test_where_registration_is_open_a_new_identity_becomes_a_labeller(place, apps, provider):
    with web_of(place, sign_up=True, outbound_allowed=("127.0.0.1",)) as web:
        client = web.visitor()
        go(client)
        assert account_members.find_member("lena@example.org").roles == {"labeller"}
        assert client.get("/account/profile/").status_code == 200


def test_a_provider_in_a_private_network_that_nobody_allowed_is_not_asked(place, apps):
    with web_of(place) as web:
        response = web.visitor().post("/account/oidc/acme/login/")
        assert response.status_code == 502
        assert "private network" in response.content.decode()


def test_a_cancelled_sign_in_and_a_strange_state_say_so(web):
    client = web.visitor()
    page = client.get(CALLBACK, {"code": "c", "state": "strange"}, follow=True).content.decode()
    assert "The identity provider did not let you in." in page
    assert client.get("/account/profile/").status_code == 302


def test_a_provider_that_nobody_named_leads_nowhere(web):
    assert web.visitor().post("/account/oidc/nobody/login/").status_code == 404
