"""What the first visit costs: counted in bytes, which do not depend on the machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

MOST_BYTES = 60_000
MOST_REQUESTS = 40


def test_the_first_load_is_light(desk: Desk) -> None:
    requests: list[Request] = []
    desk.visitor.context.on("requestfinished", lambda request: requests.append(request))

    desk.open()
    desk.page.wait_for_load_state("networkidle")

    sizes = {request.url: request.sizes() for request in requests}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert any(url.endswith("/js/app.js") for url in sizes)
    assert 0 < total < MOST_BYTES, sizes
    assert len(sizes) <= MOST_REQUESTS


def test_the_second_load_fetches_only_the_page(desk: Desk) -> None:
    desk.open()
    desk.page.wait_for_load_state("networkidle")  # what ends later would count for the second
    fetched: list[str] = []

    def note(request: Request) -> None:
        response = request.response()
        is_icon = request.url.endswith("/icon.svg")  # fetched when the browser likes
        if response is not None and request.sizes()["responseBodySize"] > 0 and not is_icon:
            fetched.append(request.url)

    desk.visitor.context.on("requestfinished", note)
    desk.reload()
    desk.page.wait_for_load_state("networkidle")

    assert fetched == [f"{desk.server.url}/"]
