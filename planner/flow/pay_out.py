"""Pay operators what fell due: say what is owed by a day, and write down what the bank has sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.booking import ledger as books
from planner.errors import Conflict, Invalid
from planner.flow.services import Services
from planner.store import approvals, audit, ledger
from planner.store.db import queue_up, transaction


class AmountChanged(Conflict):
    """What is owed is no longer what was shown; look again."""

    default_code = "amount_changed"


@dataclass(frozen=True)
class Payout:
    """What one operator is to be paid; `bank` is empty where nobody told us. Whole rupiah."""

    supplier_id: str
    amount: int
    name: str = ""
    bank: str = ""
    is_approved: bool = False

    @property
    def may_be_paid(self) -> bool:
        """Tell whether staff looked at where the money would go."""
        return bool(self.amount > 0 and self.bank and self.is_approved)


def list_payouts(until: date) -> list[Payout]:
    """List what every operator is owed by a day; a negative amount is owed to us, as after a cancellation."""
    known = approvals.list_claims()
    found = []
    for supplier_id, amount in ledger.owed_to_suppliers(until).items():
        claim = known.get(supplier_id)
        found.append(
            Payout(
                supplier_id, amount, claim.claimed_by if claim else "", claim.bank if claim else "",
                bool(claim and claim.approved_at),
            )
        )  # fmt: skip
    return found


def pay_out(supplier_id: str, until: date, shown: int, reference: str, services: Services, who: str) -> None:
    """Write down that an operator was paid what it is owed by a day.

    Raises:
        Invalid: the bank's reference is missing, or the day lies ahead.
        AmountChanged: another sum is owed by now, as when it was paid a moment ago.
        Conflict: the supplier is not approved, or has no bank account.
    """
    reference = reference.strip()[:120]
    if not reference:
        raise Invalid("the bank's reference is needed", field="reference", code="no_reference")
    if until > services.clock.today():
        raise Invalid("that day lies ahead", field="until", code="day_ahead")
    now = services.clock.now()
    with transaction() as session:
        queue_up(session, "payout")
        due = next((one for one in list_payouts(until) if one.supplier_id == supplier_id), None)
        if due is None or due.amount != shown or shown <= 0:
            raise AmountChanged("another sum is owed by now", params={"amount": due.amount if due else 0})
        if not due.may_be_paid:
            raise Conflict("approve the supplier and its bank account first", code="not_approved")
        account = f"{ledger.SUPPLIER}{supplier_id}"
        key = f"payout:{supplier_id}:{ledger.last_entry(session, account)}"
        ledger.post(session, key[:120], "payout", books.payout(supplier_id, shown), now, note=reference)
        audit.note_act(
            session, now, who, "pay_out", supplier=supplier_id, amount=shown, until=until.isoformat(),
            reference=reference,
        )  # fmt: skip
