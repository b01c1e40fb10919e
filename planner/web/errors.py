"""Turn refusals into answers: the only place that knows status codes.

A person gets a page (``templates/errors/<status>.html``, else ``templates/errors/error.html``), a program below
``/api`` a problem document (RFC 9457). What was not foreseen is logged with its request id and shown without details.
"""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, json, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import escape
from werkzeug.exceptions import HTTPException, InternalServerError

from planner.errors import Conflict, Invalid, NotAllowed, NotFound, PlannerError, Unavailable
from planner.web.logs import shown_path

log = structlog.get_logger("planner.errors")

PROBLEM = "application/problem+json"


def status_of(error: PlannerError) -> int:
    """Give the status code of a refusal."""
    if isinstance(error, Invalid):
        named = any(problem.field for problem in error.problems)
        return HTTPStatus.UNPROCESSABLE_ENTITY if named else HTTPStatus.BAD_REQUEST
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, NotAllowed):
        return HTTPStatus.UNAUTHORIZED if error.needs_login else HTTPStatus.FORBIDDEN
    if isinstance(error, Conflict):
        return HTTPStatus.CONFLICT
    if isinstance(error, Unavailable):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def init_app(app: Flask) -> None:
    """Answer for every kind of error."""
    app.register_error_handler(PlannerError, _refuse)
    app.register_error_handler(CSRFError, _refuse_form)
    app.register_error_handler(HTTPException, _refuse_request)
    app.register_error_handler(Exception, _admit_failure)


def is_for_programs() -> bool:
    """Tell whether the request came through a door of programs."""
    return request.path == "/api" or request.path.startswith("/api/")


def problem(status: int, title: str, detail: str = "", code: str = "", **more: Any) -> Response:
    """Give a problem document (RFC 9457)."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": int(status)}
    if detail:
        body["detail"] = detail
    if code:
        body["code"] = code
    body.update(more)
    if request_id := g.get("request_id"):
        body["request_id"] = request_id
    return Response(json.dumps(body, ensure_ascii=False), status=int(status), mimetype=PROBLEM)


def _refuse(error: PlannerError) -> Response:
    status = status_of(error)
    if is_for_programs():
        named = [
            {"field": each.field, "message": each.message, "code": each.code} for each in error.problems if each.field
        ]
        more = {"errors": named} if named else {}
        return problem(status, _phrase(status), error.message, error.code, **more)
    return _page(status, error.message if error.message != error.code else "", error.code)


def _refuse_form(error: CSRFError) -> Response:
    if is_for_programs():
        return problem(error.code or 400, _phrase(400), str(error.description), "form_token")
    return _page(400, _("This form is too old or came from another site. Go back, reload the page and send it again."))


def _refuse_request(error: HTTPException) -> Response:
    """Answer for what Flask and Werkzeug refuse: no such page, wrong method, too large, too often."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if isinstance(error, InternalServerError):
        return _admit_failure(error.original_exception or error)
    if is_for_programs():
        answer = problem(status, _phrase(status), _detail(status, error), _code(status))
    else:
        answer = _page(status)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "location", "www-authenticate", "accept"):
            answer.headers[name] = value
    return answer


def _admit_failure(error: BaseException) -> Response:
    log.error("unforeseen", path=shown_path(), kind=type(error).__name__, exc_info=error)
    if is_for_programs():
        return problem(500, _phrase(500), _("Something failed on our side."), "failure")
    return _page(500)


def _code(status: int) -> str:
    return _phrase(status).lower().replace(" ", "_").replace("-", "_")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _detail(status: int, error: HTTPException) -> str:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _("Too many requests; try again in a moment. The limit is %(limit)s.", limit=error.description)
    return error.description or ""


def _title(status: int) -> str:
    titles = {
        400: _("That request makes no sense"),
        401: _("Please sign in"),
        403: _("You may not do this"),
        404: _("There is no such page"),
        405: _("This cannot be done here"),
        409: _("This is no longer possible"),
        413: _("That is too large"),
        415: _("This form of data is not understood"),
        422: _("Something in the request is not right"),
        429: _("Too many requests"),
        500: _("Something failed on our side"),
        503: _("Not available at the moment"),
    }
    return titles.get(status) or _phrase(status)


def _page(status: int, message: str = "", code: str = "") -> Response:
    """Show the error in the site's clothes; where those are torn too, show it plainly."""
    facts = {
        "status": int(status),
        "title": _title(status),
        "message": message,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    try:
        body = render_template([f"errors/{int(status)}.html", "errors/error.html"], **facts)
    except TemplateNotFound:
        body = _plain_page(facts)
    except Exception as failure:  # an error page that fails must not hide the first error
        log.error("error page failed", kind=type(failure).__name__, exc_info=failure)
        body = _plain_page(facts)
    return Response(body, status=int(status), mimetype="text/html")


def failure_page() -> str:
    """The page that says that something failed on our side, for answers that are on their way already."""
    return _page(500).get_data(as_text=True)


def _plain_page(facts: dict[str, Any]) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(facts["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><main><h1>{escape(facts["title"])}</h1>'
        f'<p>{escape(facts["message"])}</p><p><a href="/">Lintas</a></p>'
        f"<p>{facts['status']} {escape(facts['request_id'])}</p></main></html>"
    )
