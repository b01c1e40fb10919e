"""The pages that a browser sees: the card form, 3-D Secure, a receipt. They work without a script."""

import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request

from planner.sandbox import amounts, attempts, cards, sessions, words
from planner.sandbox.cards import Entry
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json
from planner.sandbox.machine import Machine

pages = Blueprint("pages", __name__)

FIELDS = ("email", "number", "expiry", "cvc", "name")


@pages.get("/c/pay/<session>")
def show(session: str) -> Any:
    """The card form of an open session."""
    with _machine().desk(request.host_url) as desk:
        found = desk.rows.find("checkout.session", session)
        if found is None:
            return _missing()
        return _form(desk, found, _problems_so_far(desk, found), {})


@pages.post("/c/pay/<session>")
def pay(session: str) -> Any:
    """The Pay button."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    with _machine().desk(request.host_url) as desk:
        found = desk.rows.find("checkout.session", session)
        if found is None:
            return _missing()
        if found["status"] == "open" and not found["customer_email"] and "@" not in typed["email"]:
            return _form(desk, found, {"email": "invalid_email"}, typed)
        outcome = sessions.pay(desk, found, entry_of(typed))
        return _go_on(desk, outcome, typed)


@pages.get("/c/3ds/<intent>")
def challenge(intent: str) -> Any:
    """The bank's question."""
    with _machine().desk(request.host_url) as desk:
        found = desk.rows.find("payment_intent", intent)
        if found is None:
            return _missing()
        session = _session_of(desk, found)
        if found["status"] != "requires_action":
            return _over(session) if session else _missing()
        language = _language(session)
        total = amounts.written(found["amount"], found["currency"], language)
        return _page("challenge.html", language, intent=found, total=total, allow=_origins(desk, found, session))


@pages.post("/c/3ds/<intent>")
def answer_challenge(intent: str) -> Any:
    """Either button of the bank's question."""
    passed = request.form.get("answer") == "pass"
    with _machine().desk(request.host_url) as desk:
        found = desk.rows.find("payment_intent", intent)
        if found is None:
            return _missing()
        session = _session_of(desk, found)
        if session is not None:
            return _go_on(desk, sessions.answer_challenge(desk, session, passed), {})
        if found["status"] == "requires_action":
            attempts.answer_challenge(desk, found, passed)
        back = desk.rows.secret(found["id"]).get("return_url")
        if not back:
            return _missing()
        joint = "&" if urlsplit(back).query else "?"
        status = "failed" if found["last_payment_error"] else "succeeded"
        return redirect(f"{back}{joint}payment_intent={found['id']}&redirect_status={status}", 303)


@pages.get("/receipts/<charge>")
def receipt(charge: str) -> Any:
    with _machine().desk(request.host_url) as desk:
        found = desk.rows.find("charge", charge)
    if found is None or not found["paid"]:
        return _missing()
    language = words.language_of(None, request.headers.get("Accept-Language"))

    def written(amount: int) -> str:
        return amounts.written(amount, found["currency"], language)

    return _page("receipt.html", language, charge=found, written=written)


def entry_of(typed: dict[str, str]) -> Entry:
    month, year = cards.expiry(typed.get("expiry", ""))
    return Entry(
        cards.digits(typed.get("number", "")),
        month,
        year,
        typed.get("cvc", ""),
        typed.get("name", ""),
        typed.get("email", ""),
    )


def _machine() -> Machine:
    found: Machine = current_app.extensions["sandbox"]
    return found


def _go_on(desk: Desk, outcome: sessions.Outcome, typed: dict[str, str]) -> Any:
    session = outcome.session
    if outcome.result == "paid":
        return redirect(_success(session), 303)
    if outcome.result == "challenge" and outcome.intent is not None:
        return redirect(outcome.intent["next_action"]["redirect_to_url"]["url"], 303)
    if outcome.result == "refused":
        return _form(desk, session, outcome.problems, typed)
    return _over(session)


def _form(desk: Desk, session: Json, problems: dict[str, str], typed: dict[str, str]) -> Any:
    if session["status"] != "open":
        return _over(session)
    language = _language(session)
    secret = desk.rows.secret(session["id"])

    def written(amount: int) -> str:
        return amounts.written(amount, session["currency"], language)

    until = datetime.datetime.fromtimestamp(session["expires_at"], datetime.UTC)
    page = _page(
        "pay.html",
        language,
        session=session,
        lines=list(zip(secret["lines"], secret["notes"], strict=True)),
        written=written,
        problems=problems,
        # A number or code that was typed never comes back in a page.
        typed={name: typed.get(name, "") for name in ("email", "name", "expiry")},
        until=f"{until:%H:%M}",
        held=secret["intent"]["capture_method"] == "manual",
        examples=words.EXAMPLES,
        allow=_origins(desk, None, session),
    )
    page.status_code = 400 if typed and problems else 200
    return page


def _problems_so_far(desk: Desk, session: Json) -> dict[str, str]:
    """Say why the last try failed to somebody who comes back to the form."""
    if session["payment_intent"] is None:
        return {}
    error = desk.rows.get("payment_intent", session["payment_intent"])["last_payment_error"]
    return {} if error is None else {"number": error.get("decline_code") or error["code"]}


def _over(session: Json) -> Any:
    back = _success(session) if session["status"] == "complete" else session["cancel_url"] or session["success_url"]
    return _page("over.html", _language(session), reason=session["status"], back=back)


def _missing() -> Any:
    language = words.language_of(None, request.headers.get("Accept-Language"))
    page = _page("over.html", language, reason="missing", back=None)
    page.status_code = 404
    return page


def _success(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _session_of(desk: Desk, intent: Json) -> Json | None:
    owner = desk.rows.parent(intent["id"])
    return desk.rows.get("checkout.session", owner) if owner else None


def _language(session: Json | None) -> str:
    return words.language_of(session["locale"] if session else None, request.headers.get("Accept-Language"))


def _origins(desk: Desk, intent: Json | None, session: Json | None) -> str:
    """Give where a form may lead: browsers hold redirects after a form to the page's own ``form-action``."""
    back = session["success_url"] if session else None
    if intent is not None and session is None:
        back = desk.rows.secret(intent["id"]).get("return_url")
    if not back:
        return ""
    parts = urlsplit(back)
    return f" {parts.scheme}://{parts.netloc}"


def _page(template: str, language: str, allow: str = "", **given: Any) -> Response:
    page = make_response(render_template(template, word=words.WORDS[language], language=language, **given))
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{allow}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers["X-Content-Type-Options"] = "nosniff"
    return page
