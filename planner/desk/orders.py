"""Orders: found by code, mail, day and state; one order with everything that happened to it, and what may be done."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from planner.booking.quote import Line
from planner.desk import words
from planner.desk.acting import acting, asked_day, make_sure, rupiah, text
from planner.desk.tasks import view_of
from planner.flow import answer_for_supplier as answers
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.record_purchase import record_purchase
from planner.flow.record_transfer import amount_due
from planner.flow.refund_by_hand import REFUNDED_FROM, list_unanswered, refund_by_hand
from planner.flow.steer_order import RESUMED, resume_order, undo_order
from planner.store import agencies, attempts, audit, changes, ledger, orders, payments, tasks
from planner.store.orders import OrderLine
from planner.web import filters
from planner.web.accounts import signed_in_as
from planner.web.atlas import in_service
from planner.web.services import services
from planner.web.vouchers import what_of

pages = Blueprint("orders", __name__, url_prefix="/orders")

UNDONE_FROM = ("held", "paying", "authorised")


@dataclass(frozen=True)
class PartView:
    """One line of an order."""

    row: OrderLine
    line: Line
    what: str
    name: str

    @property
    def waits(self) -> bool:
        """Whether somebody may answer for its supplier."""
        return self.row.state in answers.OPEN


@pages.get("/")
def search() -> str:
    """Orders by code or mail address, by state, by the day they start."""
    state = request.args.get("state", "")
    found = orders.search_orders(
        request.args.get("q", ""), state if state in words.ORDERS else "", asked_day("from"), asked_day("until")
    )
    return render_template("desk/orders/search.html", found=found, states=words.ORDERS, state=state)


@pages.get("/<code>")
def show_order(code: str) -> str:
    """Everything about one order."""
    order = orders.get_order_by_code(code)
    now = services().clock.now()
    change = changes.find_live_change(order.id)
    proposed = orders.list_proposed(order.id, change.number) if change else []
    lines = [_part(row) for row in (*orders.list_lines(order.id), *proposed)]
    refunds = refunds_now(order.id, services()) if order.state == "confirmed" else []
    paid = payments.list_payments(order.id)
    return render_template(
        "desk/orders/show_order.html",
        order=order,
        agency=agencies.get_agency(order.agency_id) if order.agency_id else None,
        parts=lines,
        payments=paid,
        refundable=[one for one in paid if one.state in REFUNDED_FROM and one.captured > one.refunded],
        unanswered=list_unanswered(order.id),
        attempts=attempts.list_attempts(order.id),
        entries=ledger.list_of_order(order.id),
        acts=audit.list_acts(order.id),
        tasks=[view_of(task, now) for task in tasks.list_tasks(order.id)],
        due=amount_due(order),
        refunds={refund.line: refund for refund in refunds if not refund.has_begun},
        change=change,
        changes=changes.list_changes(order.id),
        may_undo=(change.state if change else order.state) in UNDONE_FROM,
        may_resume=order.state in RESUMED,
        form_key=secrets.token_hex(12),
        now=now,
    )


def _part(row: OrderLine) -> PartView:
    what, name = what_of(row.data["item"], in_service())
    return PartView(row, Line.from_json(row.data), what, name)


def _id(code: str) -> str:
    return str(orders.get_order_by_code(code).id)


@pages.post("/<code>/parts/<int:number>/confirm")
@acting
def confirm(code: str, number: int) -> str:
    """Say yes for a supplier."""
    make_sure()
    answers.answer_for_supplier(_id(code), number, True, services(), signed_in_as(), reference=text("reference"))
    return _("Part %(number)s is confirmed.", number=number)


@pages.post("/<code>/parts/<int:number>/decline")
@acting
def decline(code: str, number: int) -> str:
    """Say no for a supplier."""
    make_sure()
    answers.answer_for_supplier(_id(code), number, False, services(), signed_in_as(), reason=text("reason"))
    return _("Part %(number)s is declined.", number=number)


@pages.post("/<code>/parts/<int:number>/bought")
@acting
def bought(code: str, number: int) -> str:
    """Record what was bought later."""
    make_sure()
    record_purchase(_id(code), number, text("reference"), rupiah("paid"), services(), signed_in_as())
    return _("The purchase of part %(number)s is in the books.", number=number)


@pages.post("/<code>/parts/cancel")
@acting
def cancel(code: str) -> str:
    """Cancel parts by their terms, as the traveller could."""
    make_sure()
    numbers = [int(number) for number in request.form.getlist("part") if number.isdigit()]
    refunds = {refund.line: refund.amount for refund in refunds_now(_id(code), services())}
    shown = sum(int(request.form.get(f"refund_{number}", "-1")) for number in numbers)
    if not numbers or not set(numbers) <= set(refunds):
        return _nothing()
    total = cancel_booking(_id(code), numbers, shown, services(), signed_in_as())
    return _("Being cancelled; %(amount)s goes back.", amount=filters.money(total))


def _nothing() -> str:
    return _("No part was chosen; nothing was done.")


@pages.post("/<code>/refund")
@acting
def refund(code: str) -> str:
    """Pay back by hand."""
    make_sure()
    amount, payment = rupiah("amount"), text("payment")
    key = "".join(letter for letter in text("form") if letter.isalnum())[:40]
    refund_by_hand(
        _id(code), int(payment) if payment.isdigit() else 0, amount, text("reason"), key, services(), signed_in_as()
    )
    return _("%(amount)s is paid back.", amount=filters.money(amount))


@pages.post("/<code>/resume")
@acting
def resume(code: str) -> str:
    """Have the workers look at it now."""
    make_sure()
    resume_order(_id(code), services(), signed_in_as())
    return _("The order is taken on now.")


@pages.post("/<code>/undo")
@acting
def undo(code: str) -> str:
    """Undo what is not confirmed yet."""
    make_sure()
    undo_order(_id(code), text("reason"), services(), signed_in_as())
    return _("The order is being undone.")


def tone(state: str) -> str:
    """The class of a state's tag."""
    name = words.TONES.get(state, "")
    return f"tag tag-{name}" if name else "tag"


@pages.app_context_processor
def said() -> dict[str, Any]:
    """Give the desk's templates its words."""
    return {"said": words, "tone": tone}
