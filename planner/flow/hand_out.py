"""The last steps of the saga: tasks for what is bought later, vouchers, the mail to the traveller, and the end."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from planner.booking.quote import Line, Quote
from planner.booking.saga import Step
from planner.booking.states import SOLD_LINES
from planner.flow.deal import Deal
from planner.flow.filings import open_filings
from planner.flow.send_letter import send
from planner.flow.services import Services
from planner.store import audit, ledger, orders, tasks
from planner.store.db import transaction
from planner.values.times import WITA

CAR_DAYS_BEFORE = 3


def open_tasks(deal: Deal, step: Step, services: Services) -> None:
    """Open a dated task for each part that is bought later, and for each filing that a rule asks for."""
    order, now = deal.order, services.clock.now()
    with transaction() as session:
        for row in orders.list_lines(order.id):
            line = Line.from_json(row.data)
            if row.state != "to_buy" or line.buy_on is None:
                continue
            opens = datetime.combine(line.buy_on, time(8), WITA)
            is_car = line.kind == "transfer"
            soon = line.starts_at - timedelta(days=CAR_DAYS_BEFORE) if is_car else opens + timedelta(days=2)
            due = min(max(soon, now + timedelta(days=1)), line.starts_at - timedelta(hours=12))
            kind = "order_car" if is_car else "buy_ticket"
            tasks.open_task(
                session, f"{order.id}:buy:{row.number}", kind, now, max(due, now), order.id, row.number, max(opens, now)
            )
        open_filings(session, order.id, Quote.from_json(order.quote), len(order.travellers), now)
        owed = ledger.balances(order.id).get(f"traveller:{order.id}", 0)  # less than planned after a cheaper change
        balance = min(owed, int(order.plan.get("balance") or 0))
        if balance > 0:
            due = datetime.combine(datetime.fromisoformat(order.plan["due_on"]).date(), time(12), WITA)
            tasks.open_task(session, f"{order.id}:balance", "collect_balance", now, due, order.id, amount=balance)
        orders.note_order(session, order.id, {"has_tasks": True})


def issue_vouchers(deal: Deal, step: Step, services: Services) -> None:
    """Let the vouchers be shown: they are written from the order whenever somebody asks for them."""
    with transaction() as session:
        orders.note_order(session, deal.order.id, {"has_vouchers": True})
        audit.note_act(session, services.clock.now(), "site", "issue_vouchers", deal.order.id)


def tell(deal: Deal, step: Step, services: Services) -> None:
    """Write to the traveller, once for each piece of news."""
    order, what = deal.order, step.why
    news = [what]
    if what == "cancelled":
        gone = [line.number for line in orders.list_lines(order.id) if line.state == "cancelled"]
        news = [f"cancelled:{number}" for number in gone if f"cancelled:{number}" not in order.told]
    elif what == "undone":
        what = deal.news_undone
        news = [what]
    key = f"{order.id}:tell:{'+'.join(news)}"[:120]
    send(key, order.id, lambda: services.letters.tell_traveller(order.id, what), services)
    with transaction() as session:
        fresh = orders.get_order(order.id)
        orders.note_order(session, order.id, {"told": [*fresh.told, *news]})


def finish(deal: Deal, step: Step, services: Services) -> None:
    """Write down that nothing is left to do: an order or change that was undone is over."""
    now, order_id = services.clock.now(), deal.order.id
    with transaction() as session:
        if deal.state == "undoing":
            deal.move(session, "undone", ended_at=now)
        elif deal.change is None and deal.state == "confirmed":
            sold = [line.state for line in orders.list_lines(order_id) if line.price]
            if not any(state in SOLD_LINES or state == "cancelling" for state in sold):
                orders.move_order(session, order_id, "cancelled", ended_at=now)
                tasks.close_tasks(session, order_id, now)
