"""Pages of accounts: signing in, second factors, joining, profile."""


def test_a_visitor_is_sent_to_the_sign_in_page(web):
    response = web.visitor().get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/"


def test_somebody_signed_in_goes_to_the_first_page_of_their_roles(web):
    assert web.page("rita").get("/").headers["Location"] == "/projects/"
    assert web.api("lena").get("/api/v1/work").json() == {"queues": []}
