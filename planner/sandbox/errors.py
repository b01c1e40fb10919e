"""Errors in Stripe's shape: ``{"error": {"type", "code", "message", "param"}}`` and a status.

``executed`` says whether the request got as far as being carried out: only then does an idempotency key remember the
answer. ``keeps_effect`` says that the rows written so far stay, as after a declined card.
"""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = True,
        keeps_effect: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.keeps_effect = keeps_effect
        self.error: Json = {"type": kind, "message": message, **more}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            self.error["param"] = param

    @property
    def body(self) -> Json:
        return {"error": self.error}


def malformed(param: str, message: str, code: str | None = None) -> ApiError:
    """A parameter that makes no sense: the request was not carried out."""
    return ApiError(message, code=code, param=param, executed=False)


def no_such(kind: str, identifier: str, param: str = "id") -> ApiError:
    return ApiError(f"No such {kind}: '{identifier}'", status=404, code="resource_missing", param=param, executed=False)


def wrong_state(message: str, intent: Json) -> ApiError:
    return ApiError(message, code="payment_intent_unexpected_state", payment_intent=intent)


def unknown_path(method: str, path: str) -> ApiError:
    return ApiError(f"Unrecognized request URL ({method}: {path}).", status=404, executed=False)


def server_error(status: int = 500) -> ApiError:
    return ApiError("The sandbox was told to fail here.", status=status, kind="api_error")
