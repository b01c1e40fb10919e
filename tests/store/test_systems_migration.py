"""Moving suppliers' systems to a table of their own loses none, and knows where everything was booked so far."""

import uuid

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from planner.booking.request import NAMESPACE
from planner.store.db import MIGRATIONS, db

ORDER = (
    "INSERT INTO trip_order (id, code, secret, state, visitor, language, itinerary_id, quote, total, currency,"
    " starts_on, ends_on, hold_until, extensions, contact, travellers, consent, plan, why, told, has_tasks,"
    " has_vouchers, created_at) VALUES ('o1', 'LTS-A', 's', 'confirmed', '', 'en', 'it', '{}', 0, 'IDR', '2026-12-01',"
    " '2026-12-02', '2026-11-24', 0, '{}', '[]', '', '{}', '', '[]', false, false, '2026-11-24')"
)
LINE = (
    "INSERT INTO order_line (order_id, number, way, state, supplier_id, price, data, tried_at, answered_by, tries,"
    " before_person, supplier_uuid, reference, why, refund_due) VALUES ('o1', :number, 'held', 'confirmed', :supplier,"
    " 0, '{}', :tried, '', 1, false, '', '', '', 0)"
)
CLAIM = (
    "INSERT INTO supplier_claim (supplier_id, claimed_by, email, phone, bank, octo_endpoint, octo_key, octo_ids)"
    " VALUES (:supplier, '', '', '', '', :endpoint, 'sealed', '{\"PK01\": \"walk\"}')"
)


def booked(number: int) -> str:
    return str(uuid.uuid5(NAMESPACE, f"o1:{number}:1"))


def test_systems_and_bookings_are_carried_over_and_back(empty_store: Flask) -> None:
    downgrade(directory=str(MIGRATIONS), revision="0004")
    with db.engine.begin() as connection:
        connection.execute(text(ORDER))
        for number, supplier, tried in ((1, "a", "2026-11-24"), (2, "b", "2026-11-24"), (3, "a", None)):
            connection.execute(text(LINE), {"number": number, "supplier": supplier, "tried": tried})
        for supplier, endpoint in (("a", "https://a.example"), ("b", "")):
            connection.execute(text(CLAIM), {"supplier": supplier, "endpoint": endpoint})
    upgrade(directory=str(MIGRATIONS), revision="0005")
    with db.engine.connect() as connection:
        (system,) = connection.execute(text("SELECT id, supplier_id, endpoint, sealed_key FROM supplier_system")).all()
        assert tuple(system)[1:] == ("a", "https://a.example", "sealed")
        told = {row.uuid: row.system_id for row in connection.execute(text("SELECT uuid, system_id FROM booked_in"))}
    assert told == {booked(1): system.id, booked(2): None}
    downgrade(directory=str(MIGRATIONS), revision="0004")
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT supplier_id, octo_endpoint, octo_key FROM supplier_claim ORDER BY 1"))
        assert [tuple(row) for row in rows] == [("a", "https://a.example", "sealed"), ("b", "", "")]
