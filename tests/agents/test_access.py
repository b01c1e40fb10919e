"""Who gets in: every address of agencies against everybody who may knock; a new address without a row fails here."""

from flask import Flask

from planner.flow import run_agency
from planner.flow.draft_proposal import begin_proposal
from planner.flow.keep_enquiries import Asked, open_enquiry, set_trip
from planner.flow.keep_trip import begin_trip
from planner.store import agencies
from planner.web.services import services
from tests.agents.conftest import DEWA, MADE, RINA, Agents
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.fakes import World

GET, POST = "GET", "POST"
ANYBODY = {"agents.joining.show_form": GET, "agents.joining.show_standing": GET, "agents.joining.apply": POST,
           "agents.joining.join": POST}  # fmt: skip
"""For whoever has an account."""
MEMBERS = {"agents.house.show_house": GET, "agents.pricing.show_price": GET, "agents.enquiries.list_enquiries": GET,
           "agents.enquiries.show_enquiry": GET, "agents.clients.list_clients": GET, "agents.clients.show_client": GET,
           "agents.papers.list_bookings": GET, "agents.rates.list_rates": GET}  # fmt: skip
SELLERS = {"agents.enquiries.show_form": GET, "agents.enquiries.add": POST, "agents.enquiries.move_on": POST,
           "agents.enquiries.note": POST, "agents.enquiries.set_trip": POST,
           "agents.papers.show_statement": GET,
           "agents.papers.show_statement_paper": GET, "agents.papers.show_statement_table": GET}  # fmt: skip
CLIENT_SELLERS = {
    **dict.fromkeys((f"agents.clients.{page}" for page in ("show_form", "show_card", "show_new_traveller",
                     "show_traveller", "export", "show_import", "show_template")), GET),
    **dict.fromkeys((f"agents.clients.{act}" for act in ("add", "set_card", "add_traveller", "set_traveller",
                     "drop_traveller", "erase", "preview", "import_rows")), POST),
}  # fmt: skip
PAPERS = dict.fromkeys(
    (f"agents.papers.show_{paper}" for paper in ("booking", "purchase_orders", "driver_sheets", "rooming_list",
                                                 "itinerary", "invoice", "invoice_table")),
    GET,
)  # fmt: skip
"""Of one order: who gets in there stands in `test_papers`."""
PROPOSAL_MEMBERS = {"agents.proposals.show_proposal": GET, "agents.proposals.preview": GET,
                    "agents.proposals.show_version": GET, "agents.proposals.show_paper": GET}  # fmt: skip
PROPOSAL_SELLERS = dict.fromkeys(
    (f"agents.proposals.{act}" for act in ("begin", "set_words", "add_option", "set_option", "copy_option",
                                           "drop_option", "send", "withdraw", "answer", "check", "keep_promise",
                                           "book")),
    POST,
)  # fmt: skip
OWNERS = {"agents.house.set_prices": POST, "agents.house.invite": POST, "agents.house.set_work": POST,
          "agents.house.let_go": POST, "agents.house.set_card": POST, "agents.house.set_logo": POST,
          "agents.house.drop_logo": POST, "agents.rates.ask": POST, "agents.rates.withdraw": POST}  # fmt: skip
MATRIX = {**ANYBODY, **MEMBERS, **SELLERS, **CLIENT_SELLERS, **PAPERS, **PROPOSAL_MEMBERS, **PROPOSAL_SELLERS, **OWNERS}


def path_of(app: Flask, endpoint: str, its_id: int = 1) -> str:
    with app.test_request_context():
        needs = app.url_map._rules_by_endpoint[endpoint][0].arguments
        return app.url_for(endpoint, **{one: "a" if one == "key" else its_id for one in needs}).removeprefix("http://localhost")


GUARDED = {one: method for one, method in MATRIX.items() if one not in ANYBODY}


def knock(who: Visitor, method: str, path: str, page: str = "/account/home"):
    return who.client.get(path) if method == GET else who.client.post(path, data={"csrf_token": who.token(page)})


def test_every_address_of_agencies_stands_in_the_matrix(desk_app: Flask) -> None:
    methods = {
        rule.endpoint: POST if POST in (rule.methods or ()) else GET
        for rule in desk_app.url_map.iter_rules()
        if rule.endpoint.startswith("agents.")
    }
    assert methods == MATRIX


def test_a_stranger_is_led_to_the_log_in(desk_app: Flask, world: World) -> None:
    stranger = people.visitor(desk_app)
    for endpoint, method in MATRIX.items():
        answer = knock(stranger, method, path_of(desk_app, endpoint), "/account/register")
        assert answer.status_code in (302, 303), endpoint
        assert answer.location.split("?")[0].endswith("/account/log-in"), endpoint


def test_a_traveller_may_apply_and_learns_nothing_of_the_rest(desk_app: Flask, world: World) -> None:
    ani = people.traveller(desk_app)
    for endpoint, method in GUARDED.items():
        assert knock(ani, method, path_of(desk_app, endpoint)).status_code == 404, endpoint
    assert knock(ani, GET, path_of(desk_app, "agents.joining.show_form")).status_code == 200


def test_staff_are_no_agents(desk_app: Flask, world: World) -> None:
    ayu = people.staff(desk_app)
    for endpoint, method in GUARDED.items():
        assert knock(ayu, method, path_of(desk_app, endpoint)).status_code == 404, endpoint


def test_sellers_look_and_price_but_do_not_run_the_agency(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        enquiry = open_enquiry(agents.agency_id, Asked("Komodo", "Maren", ""), services(), RINA)
        ids = {"enquiry": enquiry.id, "client": enquiry.client_id}
    for endpoint, method in {**MEMBERS, "agents.enquiries.show_form": GET, "agents.clients.export": GET}.items():
        its_id = ids["client" if endpoint.startswith("agents.clients") else "enquiry"]
        assert knock(agents.dewa, method, path_of(desk_app, endpoint, its_id)).status_code == 200, endpoint
    with desk_app.app_context():
        rina = agencies.list_members(agents.agency_id)[0].id
    for endpoint, method in OWNERS.items():
        assert knock(agents.dewa, method, path_of(desk_app, endpoint, rina)).status_code == 403, endpoint
    with desk_app.app_context():
        assert [one.work for one in agencies.list_members(agents.agency_id)] == ["owner", "seller"]


def test_readers_look_and_change_nothing(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.set_work(agents.agency_id, dewa, "reader", services(), RINA)
        enquiry = open_enquiry(agents.agency_id, Asked("Komodo", "Maren", ""), services(), RINA)
        ids = {"enquiry": enquiry.id, "client": enquiry.client_id}
        trip = begin_trip({}, {"items": []}, services(), "en")
        set_trip(agents.agency_id, enquiry.id, trip.edit_secret, services(), RINA)
        key, look = trip.edit_secret, trip.view_secret
    for endpoint, method in {**SELLERS, **CLIENT_SELLERS}.items():
        its_id = ids["client" if endpoint.startswith("agents.clients") else "enquiry"]
        assert knock(agents.dewa, method, path_of(desk_app, endpoint, its_id)).status_code == 403, endpoint
    page = agents.dewa.client.get(f"/agency/enquiries/{ids['enquiry']}").text
    assert "Komodo" in page and "<textarea" not in page
    assert look in page and key not in page, "the link that changes the trip is not for readers"
    assert key in agents.rina.client.get(f"/agency/enquiries/{ids['enquiry']}").text


def test_another_agency_s_enquiries_are_not_there(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        enquiry = open_enquiry(agents.agency_id, Asked("Komodo", "Maren", ""), services(), RINA)
        its_id = enquiry.id
    for endpoint in ("show_enquiry", "move_on", "note", "set_trip"):
        path, method = path_of(desk_app, f"agents.enquiries.{endpoint}", its_id), MATRIX[f"agents.enquiries.{endpoint}"]
        given = {"sure": "yes", "note": "x", "trip": "https://localhost/plans/x", "state": "lost"}
        answer = agents.made.client.get(path) if method == GET else agents.made.post(path, "/account/home", **given)
        assert answer.status_code in (404, 422) and "Maren" not in answer.text, endpoint
    assert "Maren" not in agents.made.client.get("/agency/enquiries/").text


def test_people_of_another_agency_are_not_there(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        theirs = [one.id for one in agencies.list_members(agents.agency_id)]
    for member_id in theirs:
        for endpoint in ("agents.house.set_work", "agents.house.let_go"):
            answer = agents.made.post(path_of(desk_app, endpoint, member_id), work="reader")
            assert answer.status_code == 404, endpoint
    assert RINA not in agents.made.client.get("/agency/").text and MADE in agents.made.client.get("/agency/").text


def test_a_password_alone_opens_no_agency(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        people.open_account("late@tur.example", "agent")
    late = people.visitor(desk_app)
    assert late.log_in("late@tur.example").location == "/account/second-factor"
    assert late.client.get("/agency/").status_code == 303


def test_an_agent_whose_agency_is_suspended_or_who_is_let_go_is_out_at_once(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.let_go(agents.agency_id, dewa, services(), RINA)
        run_agency.suspend_agency(agents.other_id, services(), people.STAFF)
    assert agents.dewa.client.get("/agency/").status_code == 303
    assert agents.made.client.get("/agency/").status_code == 303
    assert agents.rina.client.get("/agency/").status_code == 200


def test_a_role_without_an_agency_opens_nothing(desk_app: Flask, world: World) -> None:
    alone = people.staff(desk_app, DEWA, "agent")
    assert alone.client.get("/agency/").status_code == 404
    assert alone.client.get("/agency/apply").status_code == 200


def test_no_act_without_the_form_s_token(desk_app: Flask, agents: Agents) -> None:
    for endpoint in (name for name, method in MATRIX.items() if method == POST):
        assert agents.rina.client.post(path_of(desk_app, endpoint)).status_code == 400, endpoint


def test_what_stands_here_is_never_kept_in_a_cache(agents: Agents) -> None:
    for page in ("/agency/", "/agency/price", "/agency/standing"):
        assert agents.rina.client.get(page).headers["Cache-Control"] == "no-store"


def test_another_agency_s_proposals_are_not_there(desk_app: Flask, agents: Agents) -> None:
    proposal_id = begun(desk_app, agents)
    for endpoint, method in {**PROPOSAL_MEMBERS, **PROPOSAL_SELLERS}.items():
        answer = knock(agents.made, method, path_of(desk_app, endpoint, proposal_id))
        assert answer.status_code == 404 and "Maren" not in answer.text, endpoint
    assert agents.dewa.client.get(f"/agency/proposals/{proposal_id}").status_code == 200


def test_readers_change_no_proposal(desk_app: Flask, agents: Agents) -> None:
    proposal_id = begun(desk_app, agents)
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.set_work(agents.agency_id, dewa, "reader", services(), RINA)
    for endpoint, method in PROPOSAL_SELLERS.items():
        assert knock(agents.dewa, method, path_of(desk_app, endpoint, proposal_id)).status_code == 403, endpoint
    page = agents.dewa.client.get(f"/agency/proposals/{proposal_id}")
    assert page.status_code == 200 and "Freeze and send" not in page.text


def begun(app: Flask, agents: Agents) -> int:
    """Begin a proposal without a trip."""
    with app.app_context():
        enquiry = open_enquiry(agents.agency_id, Asked("Komodo", "Maren", ""), services(), RINA)
        return begin_proposal(agents.agency_id, enquiry.id, services(), RINA).id
