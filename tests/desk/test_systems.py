"""A supplier's own booking system: tried, connected only when it is good, never showing its key, and left again."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from planner.design.tables import read_tables
from planner.flow.approve_supplier import approve_supplier, claim_for_supplier
from planner.gateways.safe_http import SafeHttp
from planner.gateways.suppliers import RoutedSuppliers
from planner.store import audit, systems
from planner.store.db import db
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.fakes import World
from tests.standins.octo_supplier import KEY
from tests.standins.running import RunningSupplier

WALKS = "operator-a-bali-culture"
FORM = f"/desk/suppliers/system/{WALKS}"
PAGE = f"/desk/suppliers/one/{WALKS}"
SELECT = "SELECT * FROM "
PRODUCTS = [row for row in read_tables().products if row["supplierId"] == WALKS]


@pytest.fixture(scope="module")
def running_supplier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSupplier]:
    supplier = RunningSupplier(tmp_path_factory.mktemp("supplier"))
    yield supplier
    supplier.stop()


@pytest.fixture
def supplier(running_supplier: RunningSupplier, world: World, desk_app: Flask) -> RunningSupplier:
    """Give the stand-in, which the site's own gateway reaches, and a claim of the supplier whose system it is."""
    running_supplier.reset()
    http = SafeHttp([running_supplier.allowed], total_s=1.0)
    world.suppliers = RoutedSuppliers(systems.choose, http)  # type: ignore[assignment]
    desk_app.extensions["planner.services"] = world.services
    with desk_app.app_context():
        claim_for_supplier(WALKS, "Wayan", "", "", "", world.services, people.STAFF)
        approve_supplier(WALKS, world.services, people.STAFF)
    return running_supplier


def their_names() -> dict[str, str]:
    """Call all our walks what the stand-in calls its one walk."""
    return {f"product:{row['id']}": "PK01" for row in PRODUCTS}


def send(who: Visitor, act: str, **fields: Any) -> Any:
    return who.post(FORM, PAGE, act=act, **fields)


def said(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def errors_of(page: Any) -> dict[str, str]:
    """What stands beside each field."""
    found = {}
    for field in re.findall(r'<input id="([^"]+)"[^>]*aria-invalid="true"', page.text):
        told = re.search(rf'id="{re.escape(field)}-h"><span class="err">([^<]+)', page.text)
        assert told, f"{field} is wrong, but nothing is said there"
        found[html.unescape(field)] = html.unescape(told[1])
    return found


def connected(app: Flask) -> Any:
    with app.app_context():
        return systems.find_system(WALKS)


# --- trying ------------------------------------------------------------------------------------------------------


def test_a_try_says_who_answers_and_connects_nothing(ayu: Visitor, desk_app: Flask, supplier: RunningSupplier) -> None:
    page = send(ayu, "try", endpoint=supplier.address, key=KEY, **their_names())
    assert page.status_code == 200
    assert "It answers as Stand-in Walks and offers all that we sell of it. Nothing is connected yet." in said(page)
    assert connected(desk_app) is None
    assert [one["path"] for one in supplier.seen()] == ["/supplier", "/products"]


def test_a_system_without_a_page_of_its_own_will_do(ayu: Visitor, supplier: RunningSupplier) -> None:
    supplier.behave(title="")
    page = send(ayu, "try", endpoint=supplier.address, key=KEY, **their_names())
    assert page.status_code == 200 and "It answers and offers all that we sell" in said(page)


def test_what_it_calls_otherwise_is_told_at_its_field_with_what_it_offers(
    ayu: Visitor, supplier: RunningSupplier
) -> None:
    first, second = PRODUCTS[0]["id"], PRODUCTS[1]["id"]
    names = their_names() | {f"product:{first}": "WALK-9", f"option:{second}/DEFAULT": "MORNING"}
    page = send(ayu, "try", endpoint=supplier.address, key=KEY, **names)
    assert page.status_code == 422
    assert errors_of(page) == {
        f"id-product:{first}": "It offers no product with this id.",
        f"id-option:{second}/DEFAULT": "This product has no option with this id.",
    }
    assert "What it offers (5)" in said(page) and "ST-LBJ-1" in said(page)
    assert 'value="WALK-9"' in page.text and 'value="MORNING"' in page.text


@pytest.mark.parametrize(("endpoint", "key", "field", "words"), [
    ("", KEY, "endpoint", "Say where the system is."),
    ("http://octo.example.com", KEY, "endpoint", "begins with https://"),
    ("https://127.0.0.1/octo", KEY, "endpoint", "We do not go there"),
    ("https://169.254.169.254/latest", KEY, "endpoint", "We do not go there"),
    ("ftp://octo.example.com", KEY, "endpoint", "We do not go there"),
    ("octo.example.com", KEY, "endpoint", "We do not go there"),
    ("https://me:secret@octo.example.com", KEY, "endpoint", "We do not go there"),
    ("{here}", "", "key", "The key is missing."),
    ("{here}", "schlüssel", "key", "This is no key"),
    ("{here}", "another-key", "key", "does not accept this key"),
    ("{here}/v9", KEY, "endpoint", ""),
])  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier, endpoint: str, key: str, field: str, words: str
) -> None:
    endpoint = endpoint.format(here=supplier.address)
    page = send(ayu, "connect", endpoint=endpoint, key=key, sure="yes", **their_names())
    assert page.status_code == 422
    assert words in errors_of(page)[field]
    assert f'name="endpoint" type="url" value="{endpoint}"' in page.text
    assert page.text.count('value="PK01"') == len(PRODUCTS)
    assert connected(desk_app) is None


@pytest.mark.parametrize(("how", "words"), [
    ("black_hole", "did not answer in time"), ("reset", "broke off"), ("not_json", "not in OCTO"),
    ("huge", "too large"), ("500", "it failed"), ("redirect", "it failed"), ("half_json", "not in OCTO"),
])  # fmt: skip
def test_a_system_that_misbehaves_is_told_in_words(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier, how: str, words: str
) -> None:
    supplier.will("products", "before", how)
    page = send(ayu, "connect", endpoint=supplier.address, key=KEY, sure="yes", **their_names())
    assert page.status_code == 422 and words in errors_of(page)["endpoint"]
    assert connected(desk_app) is None


def test_nobody_at_the_door_is_told(ayu: Visitor, supplier: RunningSupplier) -> None:
    supplier.stop()
    try:
        page = send(ayu, "try", endpoint=supplier.address, key=KEY)
        assert errors_of(page)["endpoint"] == "Nobody takes a connection there."
    finally:
        supplier.start()


# --- connecting --------------------------------------------------------------------------------------------------


def test_it_is_connected_when_it_is_good_and_the_box_is_ticked(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier
) -> None:
    fields = {"endpoint": f"{supplier.address}/", "key": KEY, **their_names()}
    page = send(ayu, "connect", **fields)
    assert page.status_code == 422 and "tick the box" in page.text and 'value="PK01"' in page.text
    assert connected(desk_app) is None
    done = send(ayu, "connect", **fields, sure="yes")
    assert (done.status_code, done.location) == (303, PAGE)
    assert "The system is connected: new bookings are made there." in ayu.client.get(PAGE).text
    system = connected(desk_app)
    assert (system.endpoint, system.key) == (supplier.address, KEY)
    assert system.product(PRODUCTS[0]["id"]) == "PK01"
    with desk_app.app_context():
        (act,) = audit.list_all(what="connect_system")
        assert (act.who, act.detail["supplier"], act.detail["endpoint"]) == (people.STAFF, WALKS, supplier.address)
    assert "connected a supplier's system" in said(ayu.client.get("/desk/trail/"))


def test_the_key_is_shown_nowhere(ayu: Visitor, desk_app: Flask, supplier: RunningSupplier) -> None:
    secret = "a-key-that-nobody-may-read"
    pages = [send(ayu, "try", endpoint=supplier.address, key=secret)]
    pages.append(send(ayu, "connect", endpoint=supplier.address, key=KEY, sure="yes", **their_names()))
    pages += [ayu.client.get(address) for address in (PAGE, "/desk/trail/")]
    assert all(secret not in page.text and KEY not in page.text for page in pages)
    with desk_app.app_context():
        rows = [tuple(row) for table in ("supplier_system", "act") for row in db.session.execute(text(SELECT + table))]
    assert supplier.address in str(rows) and KEY not in str(rows)


def test_a_key_that_was_typed_before_needs_not_be_typed_again(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier
) -> None:
    page = send(ayu, "try", endpoint=supplier.address, key=KEY, **their_names())
    kept = re.search(r'name="typed_before" value="([^"]+)"', page.text)[1]
    assert kept and KEY not in kept
    done = send(ayu, "connect", endpoint=supplier.address, key="", typed_before=kept, sure="yes", **their_names())
    assert done.status_code == 303 and connected(desk_app).key == KEY


def test_a_sealed_key_is_of_no_use_to_another_person_or_for_another_supplier(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier, world: World
) -> None:
    page = send(ayu, "try", endpoint=supplier.address, key=KEY, **their_names())
    kept = re.search(r'name="typed_before" value="([^"]+)"', page.text)[1]
    other = people.staff(desk_app, "budi@desk.example")
    refused = send(other, "try", endpoint=supplier.address, typed_before=kept, **their_names())
    assert errors_of(refused) == {"key": "The key is missing."}
    another = next(row["id"] for row in read_tables().suppliers if row["id"] != WALKS)
    with desk_app.app_context():
        claim_for_supplier(another, "Nyoman", "", "", "", world.services, people.STAFF)
    refused = ayu.post(f"/desk/suppliers/system/{another}", PAGE, act="try", endpoint=supplier.address,
                       typed_before=kept)  # fmt: skip
    assert errors_of(refused) == {"key": "The key is missing."}
    assert errors_of(send(ayu, "try", endpoint=supplier.address, typed_before="forged"))["key"]


def test_the_key_in_use_goes_nowhere_else(ayu: Visitor, desk_app: Flask, supplier: RunningSupplier) -> None:
    send(ayu, "connect", endpoint=supplier.address, key=KEY, sure="yes", **their_names())
    changed = their_names() | {f"unit:{PRODUCTS[0]['id']}/adult": "adult"}
    assert send(ayu, "connect", endpoint=supplier.address, sure="yes", **changed).status_code == 303
    elsewhere = supplier.address.replace("127.0.0.1", "localhost")
    assert errors_of(send(ayu, "try", endpoint=elsewhere, **changed)) == {"key": "The key is missing."}


def test_without_a_claim_there_is_nothing_to_connect(ayu: Visitor, desk_app: Flask, supplier: RunningSupplier) -> None:
    another = next(row["id"] for row in read_tables().suppliers if row["id"] != WALKS)
    assert "Write down first who answers" in ayu.client.get(f"/desk/suppliers/one/{another}").text
    answer = ayu.post(f"/desk/suppliers/system/{another}", PAGE, act="try", endpoint=supplier.address, key=KEY)
    assert answer.status_code == 404


# --- disconnecting -----------------------------------------------------------------------------------------------


def test_it_is_left_again_and_its_bookings_are_not(ayu: Visitor, desk_app: Flask, supplier: RunningSupplier) -> None:
    send(ayu, "connect", endpoint=supplier.address, key=KEY, sure="yes", **their_names())
    with desk_app.app_context():
        assert systems.choose("booked-before", WALKS) is not None
    back = {"supplier": WALKS, "back": PAGE}
    ayu.post("/desk/suppliers/end-system", PAGE, **back)
    assert "tick the box" in ayu.client.get(PAGE).text and connected(desk_app) is not None
    ayu.post("/desk/suppliers/end-system", PAGE, **back, sure="yes")
    page = ayu.client.get(PAGE)
    assert "is still given back there" in page.text and "Used before, and still asked" in page.text
    with desk_app.app_context():
        assert systems.choose("booked-before", WALKS).key == KEY
        assert systems.choose("booked-later", WALKS) is None
        assert [act.who for act in audit.list_all(what="end_system")] == [people.STAFF]
    ayu.post("/desk/suppliers/end-system", PAGE, **back, sure="yes")
    assert "No system is connected." in ayu.client.get(PAGE).text


def test_a_carrier_is_asked_for_its_routes(
    ayu: Visitor, desk_app: Flask, supplier: RunningSupplier, world: World
) -> None:
    with desk_app.app_context():
        claim_for_supplier("carrier:ASDP", "Made", "", "", "", world.services, people.STAFF)
    page = ayu.post("/desk/suppliers/system/carrier:ASDP", PAGE, act="try", endpoint=supplier.address, key=KEY)
    assert errors_of(page) == {"id-product:F-PDB-LEM": "It offers no product with this id."}
    fields = {"endpoint": supplier.address, "key": KEY, "product:F-PDB-LEM": "PK01", "act": "try"}
    assert ayu.post("/desk/suppliers/system/carrier:ASDP", PAGE, **fields).status_code == 200


def test_the_section_speaks_indonesian(ayu: Visitor, supplier: RunningSupplier) -> None:
    ayu.client.set_cookie("lang", "id")
    page = send(ayu, "try", endpoint="http://octo.example.com", key="")
    assert "Its own booking system" not in page.text and "The key is missing" not in page.text
    assert "Sistem pemesanannya sendiri" in page.text
    assert "Kelas memasak di Ubud dengan kunjungan ke pasar" in page.text
