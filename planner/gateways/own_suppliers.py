"""Suppliers without a system of their own: the places they gave us are ours to confirm, and we number the bookings."""

from __future__ import annotations

from planner.booking.request import Answer, BookingRequest


class AllottedSuppliers:
    """Confirms from the allotment. The places themselves are guarded in our database, where the line has taken them."""

    def confirm(self, wanted: BookingRequest) -> Answer:
        """Confirm under our own reference: the agreement is that what is allotted is ours to sell."""
        return Answer("confirmed", reference=wanted.reference)

    def look_up(self, wanted: BookingRequest) -> Answer:
        """Answer as at confirming: nothing outside can differ."""
        return Answer("confirmed", reference=wanted.reference)

    def cancel(self, wanted: BookingRequest, reason: str) -> Answer:
        """Give the booking back; the operator reads it in its list."""
        return Answer("cancelled", reference=wanted.reference)
