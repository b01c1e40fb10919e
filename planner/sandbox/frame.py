"""What every request to ``/v1`` passes through: key, parameters, idempotency, one transaction, an answer in JSON."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from planner.sandbox import faults, forms, idempotency, ids
from planner.sandbox.desk import API_VERSION, Desk
from planner.sandbox.errors import ApiError, Json, malformed, server_error, unknown_path
from planner.sandbox.expanding import expand
from planner.sandbox.faults import Fault
from planner.sandbox.machine import Machine
from planner.sandbox.reading import Params
from planner.sandbox.routes import ROUTES, Handler

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def register(app: Flask) -> None:
    """Add the API to an app that carries a machine."""
    api = Blueprint("v1", __name__)
    for method, path, handler in ROUTES:
        api.add_url_rule(path, f"{method} {path}", _view(handler), methods=[method], provide_automatic_options=False)
    api.add_url_rule("/v1/<path:rest>", "unknown", _view(_nothing), methods=METHODS)
    app.register_blueprint(api)


def _nothing(desk: Desk, params: Params, rest: str) -> Json:
    raise unknown_path(request.method, request.path)


def _view(handler: Handler) -> Any:
    def answer(**named: str) -> Response:
        machine: Machine = current_app.extensions["sandbox"]
        # Flask answers HEAD with what answers GET; Stripe does not speak it.
        request_id, version = ids.new("req", 14), request.headers.get("Stripe-Version") or API_VERSION
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        fault: Fault | None = request.environ.get(faults.KEY)
        replayed = False
        try:
            _check_key(machine)
            tree = _tree()
            with machine.keys_in_use.claim(key):
                faults.pause(fault, "before", machine.faults)
                status, body, replayed = _carry_out(machine, handler, named, tree, key, request_id, version, fault)
                faults.pause(fault, "after", machine.faults)
        except ApiError as error:
            status, body = error.status, error.body
        machine.requests.append(
            {
                "id": request_id,
                "method": request.method,
                "path": request.path,
                "status": status,
                "idempotency_key": key,
                "replayed": replayed,
            }
        )
        response = jsonify(body)
        response.status_code = status
        response.headers["Request-Id"] = request_id
        response.headers["Stripe-Version"] = version
        if key:
            response.headers["Idempotency-Key"] = key
        if replayed:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    return answer


def _carry_out(
    machine: Machine,
    handler: Handler,
    named: dict[str, str],
    tree: Json,
    key: str | None,
    request_id: str,
    version: str,
    fault: Fault | None,
) -> tuple[int, Json, bool]:
    """Answer from memory, or for the first time; whatever is remembered is written with the effect itself."""
    print_ = idempotency.fingerprint(request.method, request.path, tree)
    with machine.desk(request.host_url, api_version=version, request_id=request_id, idempotency_key=key) as desk:
        if key is not None:
            before = idempotency.recall(desk.rows, key, print_, desk.time)
            if before is not None:
                return before.status, before.body, True
        status, body, executed = _execute(desk, handler, named, tree, fault)
        if key is not None and executed:
            idempotency.remember(desk.rows, key, print_, status, body, desk.time)
    return status, body, False


def _execute(
    desk: Desk, handler: Handler, named: dict[str, str], tree: Json, fault: Fault | None
) -> tuple[int, Json, bool]:
    """Give status and body, and whether the request was carried out."""
    failing = faults.stored_error(fault, "before")
    if failing:
        return failing, server_error(failing).body, True
    params = Params(tree)
    kept: ApiError | None = None
    try:
        with desk.rows.undo_on(ApiError):
            expanding = params.words("expand") or []
            try:
                body = handler(desk, params, **named)
                params.close()
                body = expand(desk, body, expanding)
            except ApiError as error:
                if not error.keeps_effect:
                    raise
                kept = error
    except ApiError as error:
        return error.status, error.body, error.executed
    failing = faults.stored_error(fault, "after")
    if failing:
        return failing, server_error(failing).body, True
    if kept is not None:
        return kept.status, kept.body, True
    return 200, body, True


def _check_key(machine: Machine) -> None:
    """See that the request carries a test key.

    Raises:
        ApiError: 401, without a key or with a wrong one.
    """
    given = request.authorization
    key = ""
    if given is not None:
        key = (given.token if given.type == "bearer" else given.username) or ""
    if not key:
        raise ApiError("You did not provide an API key.", status=401, executed=False)
    right = key == machine.key if machine.key else key.startswith("sk_test_") and len(key) > len("sk_test_")
    if not right:
        shown = key[:8] + "*" * max(0, len(key) - 8)
        raise ApiError(f"Invalid API Key provided: {shown}", status=401, executed=False)


def _tree() -> Json:
    """Read the parameters of a request, wherever its method puts them."""
    if request.method == "GET":
        return forms.parse(request.query_string.decode())
    body = request.get_data().decode("utf-8", "replace")
    if body and request.mimetype != "application/x-www-form-urlencoded":
        raise malformed("body", f"Invalid content type: {request.mimetype}; a form is needed.")
    return forms.parse(body)
