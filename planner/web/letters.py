"""Write mails from an order in its reader's language."""

from __future__ import annotations

from flask import Flask, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from planner.booking.letter import Mail
from planner.store import claims, orders


class WrittenLetters:
    """Writes from templates; `address` begins every link."""

    def __init__(self, app: Flask, address: str) -> None:
        self._app = app
        self._address = address.rstrip("/")

    def ask_supplier(self, order_id: str, line: int, is_reminder: bool) -> Mail | None:
        """Write the question to a supplier on request; in Indonesian first."""
        row = orders.get_line(order_id, line)
        claim = claims.find_claim(row.supplier_id)
        to = claim.email if claim and claim.email else f"{row.supplier_id[:60]}@suppliers.invalid"
        link = f"{self._address}/answer/{row.answer_token}"
        with force_locale("id"):
            subject = _("Can you take this booking?")
            text = render_template("mail/ask_supplier.txt", line=row, link=link, is_reminder=is_reminder)
        return Mail(to, subject, text)

    def tell_traveller(self, order_id: str, what: str) -> Mail | None:
        """Write to the traveller how the order ended."""
        order = orders.get_order(order_id)
        to = str(order.contact.get("email", ""))
        if not to:
            return None
        link = f"{self._address}/bookings/{order.code}/{order.secret}"
        with force_locale(order.language):
            subject = {
                "confirmed": _("Your trip %(code)s is confirmed", code=order.code),
                "undone": _("Your trip %(code)s could not be booked", code=order.code),
                "cancelled": _("Cancelled: %(code)s", code=order.code),
            }[what]
            text = render_template("mail/tell_traveller.txt", order=order, what=what, link=link)
        return Mail(to, subject, text)
