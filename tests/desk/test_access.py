"""Who gets in: every address of the desk against everybody who may knock; a new address without a row fails here."""

import pytest
from flask import Flask

from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.fakes import World

GET = ("tasks.list_tasks", "tasks.show_task", "orders.search", "orders.show_order", "transfers.show_form",
       "transfers.show_proof", "transfers.lead_back", "suppliers.list_suppliers", "suppliers.show_supplier",
       "suppliers.list_seats", "suppliers.lead_back", "books.show_balances", "books.show_account", "books.payout_file",
       "trail.list_acts", "agencies.list_agencies")  # fmt: skip
POST = ("tasks.take", "tasks.give_back", "tasks.close", "orders.confirm", "orders.decline", "orders.bought",
        "orders.cancel", "orders.refund", "orders.resume", "orders.undo", "transfers.record", "suppliers.claim",
        "suppliers.approve", "suppliers.confirm_prices", "suppliers.suspend", "suppliers.allot",
        "suppliers.try_or_connect", "suppliers.end_system",
        "agencies.approve", "agencies.suspend", "agencies.approve_rate",
        "agencies.refuse_rate", "books.pay")  # fmt: skip
MATRIX = {
    **{f"desk.{name}": ("GET", "log-in", 404) for name in GET},
    **{f"desk.{name}": ("POST", "log-in", 404) for name in POST},
}
"""Endpoint: method, where a stranger is led, what a traveller gets. Staff get in."""
VALUES = {"task_id": 1, "code": "LTS-NONE", "number": 1, "payment_id": 1, "supplier_id": "nobody", "account": "bank",
          "agency_id": "nobody", "rate_id": 1}  # fmt: skip


def rules(app: Flask) -> dict[str, str]:
    """Give an address of every view of the desk."""
    found = {}
    with app.test_request_context():
        adapter = app.create_url_adapter(None)
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("desk."):
                values = {name: VALUES[name] for name in rule.arguments}
                found[rule.endpoint] = app.url_for(rule.endpoint, **values).removeprefix("http://localhost")
    del adapter
    return found


def knock(who: Visitor, method: str, path: str):
    if method == "GET":
        return who.client.get(path)
    return who.client.post(path, data={"csrf_token": who.token("/account/register")})


def test_every_address_of_the_desk_stands_in_the_matrix(desk_app: Flask) -> None:
    methods = {
        rule.endpoint: "POST" if "POST" in (rule.methods or ()) else "GET"
        for rule in desk_app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.")
    }
    assert methods == {endpoint: row[0] for endpoint, row in MATRIX.items()}


@pytest.mark.parametrize("endpoint", MATRIX)
def test_a_stranger_is_led_to_the_log_in(desk_app: Flask, world: World, endpoint: str) -> None:
    answer = knock(people.visitor(desk_app), MATRIX[endpoint][0], rules(desk_app)[endpoint])
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/account/log-in")


def test_a_traveller_learns_nothing_of_any_address(desk_app: Flask, world: World) -> None:
    ani = people.traveller(desk_app)
    token = ani.token("/account/home")
    for endpoint, path in rules(desk_app).items():
        if MATRIX[endpoint][0] == "GET":
            answer = ani.client.get(path)
        else:
            answer = ani.client.post(path, data={"csrf_token": token})
        assert answer.status_code == MATRIX[endpoint][2], endpoint


@pytest.mark.parametrize("role", ["operator", "office"])
def test_other_roles_are_strangers_here(desk_app: Flask, world: World, role: str) -> None:
    with desk_app.app_context():
        people.open_account("other@example.org", role)
    other = people.visitor(desk_app)
    other.log_in("other@example.org")
    assert other.client.get("/desk/").status_code == 404


def test_agents_are_strangers_here(desk_app: Flask, world: World) -> None:
    other = people.staff(desk_app, "other@example.org", "agent")
    assert other.client.get("/desk/").status_code == 404


def test_staff_with_a_password_alone_do_not_get_in(desk_app: Flask, world: World) -> None:
    """A role that is given to somebody who is logged in asks for a new log-in."""
    ani = people.traveller(desk_app)
    with desk_app.app_context():
        people.open_account(people.TRAVELLER, "staff")
    answer = ani.client.get("/desk/")
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/account/log-in")
    assert ani.log_in(people.TRAVELLER).location == "/account/second-factor"
    assert ani.client.get("/desk/").status_code == 303


def test_staff_get_in_and_what_is_not_there_is_not_there(ayu: Visitor, desk_app: Flask) -> None:
    there = {
        "desk.tasks.list_tasks", "desk.orders.search", "desk.suppliers.list_suppliers", "desk.suppliers.list_seats",
        "desk.books.show_balances", "desk.books.show_account", "desk.books.payout_file", "desk.trail.list_acts",
        "desk.agencies.list_agencies",
    }  # fmt: skip
    for endpoint, path in rules(desk_app).items():
        if endpoint.endswith(".lead_back"):
            assert ayu.client.get(path).status_code == 302, endpoint
        elif MATRIX[endpoint][0] == "GET":
            assert ayu.client.get(path).status_code == (200 if endpoint in there else 404), endpoint


@pytest.mark.parametrize("endpoint", [name for name, row in MATRIX.items() if row[0] == "POST"])
def test_no_act_without_the_form_s_token(ayu: Visitor, desk_app: Flask, endpoint: str) -> None:
    assert ayu.client.post(rules(desk_app)[endpoint], data={"sure": "yes"}).status_code == 400


def test_who_loses_the_role_is_out_at_once(ayu: Visitor, desk_app: Flask) -> None:
    from planner.store.accounts import take_role

    assert ayu.client.get("/desk/").status_code == 200
    with desk_app.app_context():
        take_role(people.STAFF, "staff")
    assert ayu.client.get("/desk/").status_code == 303


def test_the_desk_is_never_kept_in_a_cache(ayu: Visitor) -> None:
    assert ayu.client.get("/desk/").headers["Cache-Control"] == "no-store"
