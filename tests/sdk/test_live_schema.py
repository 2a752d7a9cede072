"""Everything that the description of the API allows, asked of a running server: it may refuse, but
it may not fail."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.browser.double import Double
from tests.sdk.live import Sdks

pytestmark = [pytest.mark.process, pytest.mark.model]

MODEL = "double/parrot"
EXAMPLES = 20


def test_it_never_fails(sdks: Sdks, double: Double, subtests: pytest.Subtests) -> None:
    schema = schemathesis.openapi.from_url(f"{sdks.address}/api/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]

    for operation in operations:
        with subtests.test(operation.label):
            _ask(operation, key=sdks.key)

    assert len(operations) > 15


def _ask(operation: Any, *, key: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asking(case: Any) -> None:
        # A model that is there, so that what lies behind the door is reached as well.
        if isinstance(case.body, dict) and isinstance(case.body.get("model"), str):
            case.body["model"] = MODEL
        if "model" in case.path_parameters:
            case.path_parameters["model"] = MODEL

        response = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=30)

        assert response.status_code < 500, (response.text, case.as_curl_command())

    asking()
