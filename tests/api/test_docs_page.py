"""The API's page for people, in a real browser under the site's content policy."""

import pytest

pytestmark = pytest.mark.browser


def test_the_page_draws_the_document_without_a_refused_script_or_a_foreign_request(app, serve, page):
    address = serve(app)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}/api/docs")
    page.wait_for_selector("#operations-Plans-makePlan")
    assert page.locator(".opblock").count() == 5
    page.click("#operations-Plans-makePlan .opblock-summary-control")
    page.wait_for_selector("#operations-Plans-makePlan .try-out, #operations-Plans-makePlan .execute")
    assert complaints == []
    assert [url for url in requests if not url.startswith((address, "data:"))] == []
