"""Record a transfer with its proof, and hand the proof out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from planner.desk.acting import day, make_sure, refusal, rupiah, text
from planner.errors import NotFound, PlannerError
from planner.flow.record_transfer import amount_due, record_transfer
from planner.store import orders, payments, proofs
from planner.web import errors
from planner.web.accounts import signed_in_as
from planner.web.services import services

pages = Blueprint("transfers", __name__, url_prefix="/orders/<code>/transfers")


def _instance() -> Path:
    return Path(current_app.instance_path)


@pages.get("/new")
def show_form(code: str) -> str:
    """The form for a transfer that came."""
    return _form(code)


def _form(code: str, problem: PlannerError | None = None) -> str:
    order = orders.get_order_by_code(code)
    return render_template(
        "desk/transfers/show_form.html", order=order, due=amount_due(order), today=services().clock.today(),
        given=request.form, problem=refusal(problem) if problem else "", field=problem.field if problem else "",
    )  # fmt: skip


@pages.get("")
def lead_back(code: str) -> Answer:
    """Lead whoever reloads a form that was refused back to it."""
    return redirect(url_for("desk.transfers.show_form", code=code))


@pages.post("")
def record(code: str) -> Answer | tuple[str, int]:
    """Write it down; the order goes on."""
    order = orders.get_order_by_code(code)
    sent = request.files.get("proof")
    content = sent.stream.read(proofs.MOST_BYTES + 1) if sent else b""
    try:
        make_sure()
        record_transfer(
            order.id, rupiah("amount"), text("payer"), day("paid_on"), text("reference"), content, _instance(),
            services(), signed_in_as(),
        )  # fmt: skip
    except PlannerError as refused:
        return _form(code, refused), errors.status_of(refused)
    flash(_("The transfer is recorded; the order goes on."), "success")
    return redirect(url_for("desk.orders.show_order", code=order.code), 303)


@pages.get("/<int:payment_id>/proof")
def show_proof(code: str, payment_id: int) -> Response:
    """The proof, to be saved and not opened here."""
    order = orders.get_order_by_code(code)
    facts: dict[str, Any] = next((p.proof for p in payments.list_payments(order.id) if p.id == payment_id), {})
    if not facts.get("file"):
        raise NotFound("there is no such file")
    content, kind = proofs.read_proof(_instance(), str(facts["file"]))
    ending = str(facts["file"]).rpartition(".")[2]
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{order.code}-{payment_id}.{ending}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
