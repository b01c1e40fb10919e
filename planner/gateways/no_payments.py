"""Stands where no payment provider was named, as for a command on the console: every call says that it is not there."""

from __future__ import annotations

from typing import NoReturn

from planner.booking.payment import CheckoutRequest, OutcomeUnknown


class NoPayments:
    """Answers every call with `OutcomeUnknown`: nothing was charged, and nobody can be asked."""

    def open_checkout(self, wanted: CheckoutRequest) -> NoReturn:
        """Refuse."""
        self._refuse()

    def get_checkout(self, session_id: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def close_checkout(self, session_id: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def get_charge(self, intent_id: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def capture(self, intent_id: str, amount: int, key: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def void(self, intent_id: str, key: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def refund(self, intent_id: str, amount: int, key: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def get_dispute(self, dispute_id: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def read_event(self, body: bytes, signature: str) -> NoReturn:
        """Refuse."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise OutcomeUnknown("no payment provider is connected; start the site with `make run`")
