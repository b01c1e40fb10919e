"""Whatever a program sends, the API answers as its document says: no unforeseen error, no shape that it does not tell.

A brief of the right shape may still name a place or a day that is not there, so that it is refused proves nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

pytestmark = pytest.mark.slow
OFTEN = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture
def operations(site: Flask) -> list[Any]:
    """Give every operation of the document that the site serves."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", site)
    return [found.ok() for found in schema.get_all_operations()]


def test_every_answer_is_as_documented(operations: list[Any], subtests: Any) -> None:
    assert len(operations) >= 5
    for operation in operations:
        with subtests.test(operation.label):
            _try(operation)


def _try(operation: Any) -> None:
    @OFTEN
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])

    answers()
