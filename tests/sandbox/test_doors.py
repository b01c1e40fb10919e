"""Keys, headers, unknown paths and strange forms."""

import subprocess
import sys
from typing import Any

import pytest
import requests
import stripe

from planner.sandbox import forms
from planner.sandbox.errors import ApiError
from tests.sandbox.running import KEY, RunningSandbox, run_sandbox


@pytest.mark.parametrize("key", ["sk_live_1234567890", "pk_test_1234567890", "nonsense", "sk_test_"])
def test_only_a_test_key_opens(sandbox: RunningSandbox, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        sandbox.client(key).v1.events.list()
    assert refused.value.http_status == 401
    assert key[8:] == "" or key[8:] not in str(refused.value)


def test_a_sandbox_with_a_key_of_its_own_takes_no_other(tmp_path: Any) -> None:
    running = run_sandbox(tmp_path, key="sk_test_mine")
    with pytest.raises(stripe.AuthenticationError):
        running.client().v1.events.list()
    assert running.client("sk_test_mine").v1.events.list().data == []
    running.stop()


def test_no_key_is_refused(sandbox: RunningSandbox) -> None:
    answer = requests.get(f"{sandbox.base_url}/v1/events", timeout=5)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/subscriptions"), ("DELETE", "/v1/payment_intents"), ("POST", "/v1/refunds/x/y")]
)
def test_other_paths_answer_stripes_404(sandbox: RunningSandbox, method: str, path: str) -> None:
    answer = requests.request(method, sandbox.base_url + path, auth=(KEY, ""), timeout=5)
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "look", ["payment_intents", "charges", "refunds", "customers", "events", "disputes", "payment_methods"]
)
def test_what_does_not_exist_is_missing(client: stripe.StripeClient, look: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(client.v1, look).retrieve("xx_nobody")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_every_answer_names_its_request_and_version(sandbox: RunningSandbox) -> None:
    answer = requests.get(
        f"{sandbox.base_url}/v1/events", headers={"Stripe-Version": "2026-01-01.test"}, auth=(KEY, ""), timeout=5
    )
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-01-01.test"


def test_only_forms_are_read(sandbox: RunningSandbox) -> None:
    answer = requests.post(f"{sandbox.base_url}/v1/customers", json={"name": "Ayu"}, auth=(KEY, ""), timeout=5)
    assert answer.status_code == 400


def test_brackets_are_read_into_groups_and_lists() -> None:
    assert forms.parse("a[0][b]=1&a[0][c]=2&a[1][b]=3&expand[]=x&expand[]=y&m[0]=z&e=") == {
        "a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}},
        "expand": {"0": "x", "1": "y"},
        "m": {"0": "z"},
        "e": "",
    }


@pytest.mark.parametrize("text", ["a[=1", "a]b=1", "[a]=1", "a=1&a[b]=2", "a[b]=2&a=1", "a" + "[b]" * 50 + "=1"])
def test_brackets_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ApiError):
        forms.parse(text)


def test_the_sandbox_loads_nothing_of_the_planner() -> None:
    """Import rules name the planner's packages one by one; this sees those that nobody has named yet."""
    code = (
        "import sys, planner.sandbox.__main__\n"
        "print(*[m for m in sys.modules if m.startswith('planner.') and not m.startswith('planner.sandbox')])\n"
        "print(*[m for m in ('stripe', 'sqlalchemy', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
