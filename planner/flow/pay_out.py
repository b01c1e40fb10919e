"""Pay operators and agencies what fell due: say what is owed by a day, and write down what the bank has sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.booking import ledger as books
from planner.errors import Conflict, Invalid
from planner.flow.services import Services
from planner.store import agencies, approvals, audit, ledger
from planner.store.db import queue_up, transaction


class AmountChanged(Conflict):
    """What is owed is no longer what was shown; look again."""

    default_code = "amount_changed"


@dataclass(frozen=True)
class Payout:
    """What an operator or agency is to be paid; `bank` is empty where nobody told us. Whole rupiah."""

    account: str
    amount: int
    name: str = ""
    bank: str = ""
    is_approved: bool = False

    @property
    def is_agency(self) -> bool:
        """Tell whether an agency earned it, rather than an operator."""
        return self.account.startswith(ledger.AGENT)

    @property
    def payee_id(self) -> str:
        """The operator's or agency's id."""
        return self.account.partition(":")[2]

    @property
    def may_be_paid(self) -> bool:
        """Tell whether staff looked at where the money would go."""
        return bool(self.amount > 0 and self.bank and self.is_approved)


def list_payouts(until: date) -> list[Payout]:
    """List what operators and agencies are owed by a day; a negative amount is owed to us, as after a cancellation."""
    known = approvals.list_claims()
    found = []
    for account, amount in ledger.owed_by(until).items():
        claim = known.get(account.removeprefix(ledger.SUPPLIER))
        found.append(
            Payout(
                account, amount, claim.claimed_by if claim else "", claim.bank if claim else "",
                bool(claim and claim.approved_at),
            )
        )  # fmt: skip
    for account, amount in ledger.owed_by(until, ledger.AGENT).items():
        agency = agencies.get_agency(account.removeprefix(ledger.AGENT))
        found.append(Payout(account, amount, agency.name, agency.bank, is_approved=True))
    return found


def pay_out(account: str, until: date, shown: int, reference: str, services: Services, who: str) -> None:
    """Write down that an operator or agency was paid what it is owed by a day.

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
        due = next((one for one in list_payouts(until) if one.account == account), None)
        if due is None or due.amount != shown or shown <= 0:
            raise AmountChanged("another sum is owed by now", params={"amount": due.amount if due else 0})
        if not due.may_be_paid:
            raise Conflict("approve the supplier and its bank account first", code="not_approved")
        key = f"payout:{account}:{ledger.last_entry(session, account)}"
        ledger.post(session, key[:120], "payout", books.payout(account, shown), now, note=reference)
        audit.note_act(
            session, now, who, "pay_out", account=account, amount=shown, until=until.isoformat(),
            reference=reference,
        )  # fmt: skip
