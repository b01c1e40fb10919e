"""The words that staff read for the codes of orders, lines, payments, tasks, acts and accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from planner.store import agencies
from planner.web import filters
from planner.web.atlas import in_service
from planner.web.rate_words import share

Word = Any

TASKS: dict[str, Word] = {
    "unknown_outcome": _l("Answer got lost"),
    "await_answer": _l("Supplier to answer"),
    "buy_ticket": _l("Ticket to buy"),
    "order_car": _l("Car to order"),
    "file_park": _l("Park filing"),
    "collect_balance": _l("Balance to collect"),
    "refund_failed": _l("Refund failed"),
    "refund_transfer": _l("Transfer to pay back"),
    "hand_ticket_back": _l("Ticket to hand back"),
    "dispute": _l("Disputed payment"),
    "mail_failed": _l("Mail not sent"),
}
TO_DO: dict[str, Word] = {
    "unknown_outcome": _l("Ring the supplier. Then confirm or decline the part on its behalf."),
    "await_answer": _l("Ring the supplier if the day goes on. Without an answer by then the part counts as declined."),
    "buy_ticket": _l("Buy the ticket when its sale opens, then record its reference and what it cost."),
    "order_car": _l("Order the car and driver, then record the reference and what it costs."),
    "file_park": _l("File the names with the park, then close this with the number of the filing."),
    "collect_balance": _l("The rest is due. Record the transfer when it has come."),
    "refund_failed": _l("The provider did not pay back. Try by hand, or by transfer with a reason."),
    "refund_transfer": _l("The books say it went back: send the transfer, then close this with its reference."),
    "hand_ticket_back": _l("Hand the ticket back at the counter and note what came back."),
    "dispute": _l("The cardholder's bank asks for proof. Answer it at the payment provider before the day."),
    "mail_failed": _l("No mail server took it. Ring, or send it from elsewhere."),
}
TASK_STATES: dict[str, Word] = {"open": _l("Open"), "done": _l("Done"), "dropped": _l("No longer needed")}
ORDERS: dict[str, Word] = {
    "held": _l("Held"),
    "paying": _l("Payment page open"),
    "lapsed": _l("Hold ran out"),
    "authorised": _l("Paid, being confirmed"),
    "undoing": _l("Being undone"),
    "undone": _l("Undone"),
    "confirmed": _l("Confirmed"),
    "cancelled": _l("Cancelled"),
}
LINES: dict[str, Word] = {
    "planned": _l("Not sold here"),
    "held": _l("Held"),
    "confirming": _l("Being asked"),
    "unknown": _l("Answer got lost"),
    "requested": _l("Supplier to answer"),
    "declined": _l("Declined"),
    "replaced": _l("Replaced"),
    "confirmed": _l("Confirmed"),
    "cancelling": _l("Being cancelled"),
    "cancelled": _l("Cancelled"),
    "to_buy": _l("To be bought"),
    "bought": _l("Bought"),
    "released": _l("Given back"),
}
TONES = {
    "confirmed": "ok", "bought": "ok", "captured": "ok", "paid": "ok", "done": "ok",
    "unknown": "stop", "undoing": "stop", "declined": "stop", "failed": "stop",
    "requested": "warn", "authorised": "warn", "to_buy": "warn", "cancelling": "warn", "confirming": "warn",
    "paying": "warn",
}  # fmt: skip
PAYMENTS: dict[str, Word] = {
    "open": _l("Page open"),
    "authorised": _l("Authorised"),
    "captured": _l("Captured"),
    "paid": _l("Received"),
    "voided": _l("Released"),
    "failed": _l("Failed"),
    "expired": _l("Page lapsed"),
    "refunded": _l("Paid back"),
}
KINDS: dict[str, Word] = {"card": _l("Card"), "transfer": _l("Transfer")}
PURPOSES: dict[str, Word] = {
    "whole": _l("the whole trip"),
    "deposit": _l("deposit"),
    "balance": _l("balance"),
    "change": _l("a change"),
}
STEPS: dict[str, Word] = {
    "confirm": _l("Confirm"),
    "ask": _l("Ask the supplier"),
    "cancel_line": _l("Cancel a part"),
    "capture": _l("Capture"),
    "void": _l("Release the payment"),
    "refund": _l("Refund"),
    "refund_all": _l("Refund"),
    "refund_by_hand": _l("Refund by hand"),
}
POSTED: dict[str, Word] = {
    "sale": _l("Sale"),
    "payment": _l("Payment"),
    "refund": _l("Refund"),
    "cancellation": _l("Cancellation"),
    "purchase": _l("Purchase"),
    "payout": _l("Payout"),
    "dispute": _l("Dispute lost"),
}
ACTS: dict[str, Word] = {
    "hold": _l("held the trip"),
    "extend": _l("put the hold off"),
    "release": _l("gave the places back"),
    "open_payment": _l("opened the payment page"),
    "pay_balance": _l("paid the balance"),
    "authorised": _l("saw the payment authorised"),
    "authorised_too_late": _l("saw a payment after the hold"),
    "authorisation_lost": _l("saw the authorisation lapse"),
    "confirm": _l("confirmed a part"),
    "decline": _l("declined a part"),
    "no_answer": _l("counted silence as a no"),
    "give_up": _l("gave the trip up"),
    "substitute": _l("replaced a part"),
    "cancel": _l("cancelled a part"),
    "ask_to_cancel": _l("asked to cancel a part"),
    "capture": _l("captured the payment"),
    "capture_refused": _l("was refused the capture"),
    "void": _l("released the payment"),
    "refund": _l("paid back"),
    "refund_by_hand": _l("paid back by hand"),
    "refund_refused": _l("was refused a refund"),
    "hold_change": _l("held a change of the trip"),
    "release_change": _l("gave a change up"),
    "change": _l("put a change in force"),
    "issue_vouchers": _l("issued the vouchers"),
    "record_purchase": _l("recorded a purchase"),
    "record_transfer": _l("recorded a transfer"),
    "resume_order": _l("set the order going"),
    "undo_order": _l("undid the order"),
    "take_task": _l("took a task"),
    "give_task_back": _l("gave a task back"),
    "close_task": _l("closed a task"),
    "claim_supplier": _l("wrote down who a supplier is"),
    "approve_supplier": _l("approved a supplier"),
    "confirm_prices": _l("said that prices are agreed"),
    "suspend_supplier": _l("suspended a supplier"),
    "allot_seats": _l("set the seats of a route"),
    "pay_out": _l("recorded a payout"),
    "connect_system": _l("connected a supplier's system"),
    "end_system": _l("disconnected a supplier's system"),
    "apply_as_agency": _l("applied as an agency"),
    "approve_agency": _l("approved an agency"),
    "suspend_agency": _l("suspended an agency"),
    "invite_to_agency": _l("invited somebody to an agency"),
    "join_agency": _l("joined an agency"),
    "erase_client": _l("erased a client of an agency"),
    "import_clients": _l("imported clients of an agency"),
    "keep_traveller": _l("wrote down who travels with a client of an agency"),
    "drop_traveller": _l("forgot who travels with a client of an agency"),
    "set_work": _l("changed what somebody does at an agency"),
    "let_go": _l("let somebody of an agency go"),
    "set_agency_prices": _l("changed how an agency prices"),
    "set_agency_card": _l("changed who an agency is"),
    "set_agency_logo": _l("changed the logo of an agency"),
    "drop_agency_logo": _l("removed the logo of an agency"),
    "ask_rate": _l("asked for a contract rate"),
    "withdraw_rate": _l("took a contract rate back"),
    "approve_rate": _l("approved a contract rate"),
    "refuse_rate": _l("refused a contract rate"),
    "dispute": _l("disputed a payment"),
    "dispute_won": _l("saw a dispute won"),
    "dispute_lost": _l("saw a dispute lost"),
}
WHO: dict[str, Word] = {
    "site": _l("the site"),
    "traveller": _l("the traveller"),
    "supplier": _l("the supplier"),
    "link": _l("the supplier, by link"),
    "cardholder": _l("the cardholder's bank"),
}
DISPUTED: dict[str, Word] = {
    "fraudulent": _l("the cardholder says that it was somebody else"),
    "product_not_received": _l("the cardholder says that nothing was delivered"),
    "product_unacceptable": _l("the cardholder says that it was not as promised"),
    "credit_not_processed": _l("the cardholder says that a refund is missing"),
    "duplicate": _l("the cardholder says that it was paid twice"),
    "unrecognized": _l("the cardholder does not recognise it"),
    "subscription_canceled": _l("the cardholder says that it was cancelled"),
    "general": _l("no reason given"),
}
NOTES: dict[str, Word] = {
    "dispute_won": _l("The bank decided for us: the money stays."),
    "dispute_lost": _l("The bank decided for the cardholder: the money is gone, and the loss is in the books."),
}
"""What the site itself writes down where a task closes by itself."""
ACCOUNTS: dict[str, Word] = {
    "card": _l("At the payment provider"),
    "bank": _l("Bank"),
    "platform": _l("Platform"),
    "to_buy": _l("Kept for tickets"),
    "rounding": _l("Rounding"),
}
REFUSALS: dict[str, Word] = {
    "not_sure": _l("Nothing was done: tick the box that says what will happen, then send again."),
    "no_amount": _l("That is no amount in whole rupiah."),
    "no_day": _l("That is no day."),
    "no_note": _l("Say in a few words how it was settled."),
    "no_reference": _l("The reference is missing."),
    "no_reason": _l("The reason is missing."),
    "no_payer": _l("Say who paid."),
    "no_name": _l("Say who answers for the supplier."),
    "bad_email": _l("This is no mail address."),
    "bad_commission": _l("A commission is between 0 and 10 per cent: it is paid out of our own share."),
    "no_source": _l("Say which agreement this is."),
    "bad_seats": _l("Between 0 and 1000 seats."),
    "day_ahead": _l("That day lies ahead."),
    "bad_proof": _l("The file is missing, larger than 5 MB, or neither a PDF nor a PNG nor a JPEG that can be read."),
    "recorded_before": _l("This transfer is in the books already."),
    "taken_by_other": _l("Somebody else works on this. Ask, or give it back first."),
    "task_over": _l("This task is no longer open."),
    "record_it_instead": _l("A ticket is closed by recording its reference and price on the order."),
    "wrong_state": _l("This is not possible any more: the order has moved on. Look at it again."),
    "hold_lapsed": _l("This hold is over."),
    "amount_changed": _l("Another sum is owed by now. Look again."),
    "not_approved": _l("Approve the supplier and its bank account first."),
    "no_system": _l("No system is connected."),
    "no_such_claim": _l("Nobody claimed this supplier yet."),
    "no_such_route": _l("There is no such route."),
    "terms_changed": _l("The refund is another one by now. Look again."),
    "outcome_unknown": _l("No answer came. It may have happened or not: try again, it happens once."),
    "payment_refused": _l("The payment provider says no."),
    "store_unavailable": _l("The database does not answer. Try again in a moment."),
}


OUTCOMES: dict[str, Word] = {
    "confirmed": _l("confirmed"),
    "declined": _l("declined"),
    "pending": _l("a person there decides"),
    "unknown": _l("answer got lost"),
    "cancelled": _l("cancelled"),
    "asked": _l("asked"),
    "captured": _l("captured"),
    "voided": _l("released"),
    "refunded": _l("paid back"),
    "refused": _l("refused"),
}
WHYS: dict[str, Word] = {
    "hold_lapsed": _l("the payment came after the hold"),
    "authorisation_lapsed": _l("the authorisation lapsed"),
    "payment_refused": _l("the payment provider said no"),
    "declined": _l("a supplier said no"),
    "no_answer": _l("a supplier did not answer"),
    "cancelled": _l("cancelled"),
    "by_desk": _l("undone at the desk"),
    "not_found": _l("the supplier knows of no booking"),
    "timeout": _l("no answer in time"),
    "void": _l("the payment could not be released"),
    **DISPUTED,
}
"""Why something happened, where the program says it; people and suppliers write what they like."""
DETAILS: dict[str, Word] = {
    "amount": _l("amount"),
    "total": _l("total"),
    "refund": _l("refund"),
    "paid": _l("paid"),
    "difference": _l("difference"),
    "why": _l("why"),
    "reason": _l("reason"),
    "note": _l("note"),
    "reference": _l("reference"),
    "supplier": _l("supplier"),
    "route": _l("route"),
    "seats": _l("seats"),
    "task": _l("task"),
    "kind": _l("kind"),
    "was": _l("before"),
    "by": _l("by"),
    "until": _l("until"),
    "due_at": _l("due"),
    "paid_on": _l("paid on"),
    "payment": _l("payment"),
    "file": _l("file"),
    "names": _l("names"),
    "endpoint": _l("address"),
    "dispute": _l("dispute"),
    "change": _l("change"),
    "version": _l("version"),
    "agency": _l("agency"),
    "licence": _l("licence"),
    "product": _l("product"),
    "contract": _l("contract"),
    "commission_bp": _l("commission"),
    "markup_bp": _l("mark-up"),
}
MONEY = ("amount", "total", "refund", "paid", "difference")
SYSTEMS: dict[str, Word] = {
    "no_endpoint": _l("Say where the system is."),
    "address_refused": _l("We do not go there: it must be a public address that begins with https://, without ? or #."),
    "no_key": _l("The key is missing."),
    "bad_key": _l("This is no key: only plain letters, digits and signs, 500 at most."),
    "no_address": _l("Its name leads nowhere."),
    "refused": _l("Nobody takes a connection there."),
    "timeout": _l("It did not answer in time."),
    "tls": _l("Its certificate does not fit."),
    "broken_off": _l("Its answer broke off."),
    "too_large": _l("Its answer is too large."),
    "no_reply": _l("No answer came."),
    "key_refused": _l("It answers, but does not accept this key."),
    "no_octo_here": _l("It answers, but there is no OCTO at this address."),
    "system_failed": _l("It answers that it failed."),
    "not_octo": _l("It answers, but not in OCTO."),
    "no_such_product": _l("It offers no product with this id."),
    "no_such_option": _l("This product has no option with this id."),
    "no_such_unit": _l("This product has no unit with this id."),
}


def account_name(account: str) -> str:
    """Say an account of the ledger in words."""
    if account in ACCOUNTS:
        return str(ACCOUNTS[account])
    kind, _colon, rest = account.partition(":")
    if kind == "supplier":
        return _("Operator %(name)s", name=rest)
    if kind == "traveller":
        return _("Traveller")
    if kind == "agent":
        return _("Agency %(name)s", name=agencies.name_of(rest))
    return account


def who_name(who: str) -> str:
    """Say who acted."""
    return str(WHO.get(who, who))


def why_name(why: str) -> str:
    """Say why something happened; what a person wrote stays as it is."""
    return str(WHYS.get(why, why))


def details_of(detail: Mapping[str, Any]) -> list[str]:
    """Say what is written down beside an act, one phrase each."""
    return list(_details_of(detail))


def _details_of(detail: Mapping[str, Any]) -> Iterator[str]:
    for name, value in detail.items():
        if name == "new_bank":
            if value:
                yield _("new bank account")
        elif value not in ("", None):
            yield f"{DETAILS.get(name, name)} {_value(name, value)}"


def _value(name: str, value: Any) -> str:
    if name in MONEY and isinstance(value, int):
        return filters.money(value)
    if name == "kind":
        return str(TASKS.get(value, value))
    if name in ("why", "note"):
        return str(NOTES.get(value) or why_name(str(value)))
    if name == "agency":
        return agencies.name_of(str(value))
    if name == "product":
        return in_service().product_name(str(value)) or str(value)
    if name in ("commission_bp", "markup_bp") and isinstance(value, int):
        return share(value)
    if name in ("until", "due_at", "paid_on"):
        return _day(str(value))
    return str(value)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-01-01") else datetime.fromisoformat(text).date()
    except ValueError:
        return text
    return filters.full_day(day)


def who_code(typed: str) -> str:
    """Return whom somebody means: a mail address as it is, a role by its name in the reader's language."""
    named = {str(word).lower(): code for code, word in WHO.items()}
    return named.get(typed.lower(), typed)
