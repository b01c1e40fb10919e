"""The agency's clients: found by name or address, each with a card and whoever travels with them; taken over by table.

list_clients -> show_form -> add -> show_client -> show_card -> set_card
show_client -> show_new_traveller -> add_traveller | show_traveller -> set_traveller | drop_traveller | export | erase
show_import -> preview -> import_rows
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from planner.agents import words
from planner.agents.guards import by_sellers, may_sell
from planner.errors import Conflict, Invalid
from planner.flow import import_clients, keep_clients
from planner.flow.client_card import ClientCard
from planner.flow.import_clients import COLUMNS, WRONG, Row
from planner.flow.keep_clients import KEPT, Traveller
from planner.store import enquiries
from planner.store.enquiries import Client
from planner.store.seals import SealBroken
from planner.values.passports import NATIONALITIES
from planner.web.accounts import signed_in_as
from planner.web.currency import NAMES
from planner.web.limits import BOOKING, READING, limiter
from planner.web.papers.spreadsheet import write_table
from planner.web.services import services

pages = Blueprint("clients", __name__, url_prefix="/clients")
SPOKEN = {"en": "English", "id": "Bahasa Indonesia"}


@pages.get("/")
@limiter.limit(READING)
def list_clients() -> str:
    """The agency's clients by name, or those with a text in name or addresses, a page at a time."""
    text = request.args.get("q", "").strip()
    return render_template(
        "agents/clients/list_clients.html",
        agency=g.agency,
        found=enquiries.search_clients(g.agency.id, text, request.args.get("page", 1, type=int)),
        q=text,
        spoken=SPOKEN,
        may_act=may_sell(),
    )


@pages.get("/new")
@limiter.limit(READING)
@by_sellers
def show_form() -> str:
    """Ask who a client is."""
    return _card_page({"language": "en", "currency": "IDR"}, {})


def _card_page(typed: Mapping[str, str], wrong: Mapping[str, str], client: Client | None = None, seen: str = "") -> str:
    return render_template(
        "agents/clients/show_card.html",
        agency=g.agency, typed=typed, wrong=wrong, client=client, seen=seen, names=NAMES, spoken=SPOKEN,
    )  # fmt: skip


def _typed_card() -> ClientCard:
    return ClientCard(**{name: request.form.get(name, "") for name in COLUMNS})


@pages.post("/new")
@limiter.limit(BOOKING)
@by_sellers
def add() -> Any:
    """Write a client down."""
    try:
        client = keep_clients.add_client(g.agency.id, _typed_card(), services())
    except Invalid as refused:
        return _card_page(request.form, words.at_fields(refused)), 422
    return redirect(url_for("agents.clients.show_client", client_id=client.id), 303)


@pages.get("/<int:client_id>")
@limiter.limit(READING)
def show_client(client_id: int) -> str:
    """One client, who travels with them, and what they asked for."""
    return _client_page(client_id)


def _client_page(client_id: int, wrong: Mapping[str, str] | None = None) -> str:
    client = enquiries.get_client(g.agency.id, client_id)
    travellers: Sequence[Traveller] | None
    try:
        travellers = keep_clients.travellers_of(client_id)
    except SealBroken:
        travellers = None
    return render_template(
        "agents/clients/show_client.html",
        agency=g.agency,
        client=client,
        travellers=travellers,
        asked=enquiries.list_of_client(client_id),
        may_act=may_sell(),
        today=services().clock.today(),
        countries=get_locale().territories,
        names=NAMES,
        spoken=SPOKEN,
        words=words,
        wrong=wrong or {},
    )


@pages.get("/<int:client_id>/card")
@limiter.limit(READING)
@by_sellers
def show_card(client_id: int) -> str:
    """A client's card, to be changed."""
    client = _living(client_id)
    card = ClientCard.of(client)
    return _card_page({name: getattr(card, name) for name in COLUMNS}, {}, client, card.mark)


def _living(client_id: int) -> Client:
    return enquiries.get_living_client(g.agency.id, client_id)


@pages.post("/<int:client_id>/card")
@limiter.limit(BOOKING)
@by_sellers
def set_card(client_id: int) -> Any:
    """Change a client's card."""
    try:
        keep_clients.change_client(g.agency.id, client_id, request.form.get("seen", ""), _typed_card())
    except (Invalid, Conflict) as refused:
        client = _living(client_id)
        mark = ClientCard.of(client).mark if isinstance(refused, Conflict) else request.form.get("seen", "")
        return _card_page(request.form, words.at_fields(refused), client, mark), _status(refused)
    return _to_client(client_id)


def _status(refused: Exception) -> int:
    return 409 if isinstance(refused, Conflict) else 422


def _to_client(client_id: int) -> Any:
    return redirect(url_for("agents.clients.show_client", client_id=client_id), 303)


@pages.get("/<int:client_id>/travellers/new")
@limiter.limit(READING)
@by_sellers
def show_new_traveller(client_id: int) -> str:
    """Ask who travels with a client."""
    return _traveller_page(client_id, {}, {})


def _traveller_page(
    client_id: int, typed: Mapping[str, str], wrong: Mapping[str, str], traveller_id: int = 0, seen: str = ""
) -> str:
    territories = get_locale().territories
    countries = sorted(((code, territories[code]) for code in NATIONALITIES), key=lambda pair: pair[1])
    return render_template(
        "agents/clients/show_traveller.html",
        agency=g.agency,
        client=_living(client_id),
        typed=typed,
        wrong=wrong,
        traveller_id=traveller_id,
        seen=seen,
        countries={"": _("Not known yet"), **dict(countries)},
    )


def _read_traveller() -> Traveller:
    given = {name: request.form.get(name, "") for name in KEPT}
    return keep_clients.read_traveller(given, services().clock.today())


@pages.post("/<int:client_id>/travellers/new")
@limiter.limit(BOOKING)
@by_sellers
def add_traveller(client_id: int) -> Any:
    """Write down who travels with a client."""
    try:
        keep_clients.add_traveller(g.agency.id, client_id, _read_traveller(), services(), signed_in_as())
    except (Invalid, Conflict) as refused:
        return _traveller_page(client_id, request.form, words.at_fields(refused)), _status(refused)
    return _to_client(client_id)


@pages.get("/<int:client_id>/travellers/<int:traveller_id>")
@limiter.limit(READING)
@by_sellers
def show_traveller(client_id: int, traveller_id: int) -> str:
    """Whoever travels with a client, with the whole number of their document, to be changed."""
    one = keep_clients.get_traveller(g.agency.id, client_id, traveller_id)
    return _traveller_page(client_id, one.facts(), {}, one.id, one.seen)


@pages.post("/<int:client_id>/travellers/<int:traveller_id>")
@limiter.limit(BOOKING)
@by_sellers
def set_traveller(client_id: int, traveller_id: int) -> Any:
    """Change what is known of whoever travels with a client."""
    seen = request.form.get("seen", "")
    try:
        keep_clients.change_traveller(
            g.agency.id, client_id, traveller_id, seen, _read_traveller(), services(), signed_in_as()
        )
    except (Invalid, Conflict) as refused:
        kept = keep_clients.get_traveller(g.agency.id, client_id, traveller_id)
        mark = kept.seen if isinstance(refused, Conflict) else seen
        return _traveller_page(client_id, request.form, words.at_fields(refused), traveller_id, mark), _status(refused)
    return _to_client(client_id)


@pages.post("/<int:client_id>/travellers/<int:traveller_id>/drop")
@limiter.limit(BOOKING)
@by_sellers
def drop_traveller(client_id: int, traveller_id: int) -> Any:
    """Forget who travelled with a client, where the box was ticked that says so."""
    if request.form.get("sure") != "yes":
        one = keep_clients.get_traveller(g.agency.id, client_id, traveller_id)
        return _traveller_page(client_id, one.facts(), {"": str(words.WRONG["not_sure"])}, one.id, one.seen), 422
    keep_clients.drop_traveller(g.agency.id, client_id, traveller_id, services(), signed_in_as())
    return _to_client(client_id)


@pages.get("/<int:client_id>/all.json")
@limiter.limit(READING)
@by_sellers
def export(client_id: int) -> Response:
    """All that is known of a client, as a file to hand to them."""
    answer = jsonify(keep_clients.export_client(g.agency.id, client_id))
    answer.headers["Content-Disposition"] = f'attachment; filename="client-{client_id}.json"'
    return answer


@pages.post("/<int:client_id>/erase")
@limiter.limit(BOOKING)
@by_sellers
def erase(client_id: int) -> Any:
    """Forget a client, where the box was ticked that says so."""
    if request.form.get("sure") != "yes":
        return _client_page(client_id, {"": str(words.WRONG["not_sure"])}), 422
    keep_clients.erase_client(g.agency.id, client_id, services(), signed_in_as())
    return _to_client(client_id)


@pages.get("/import")
@limiter.limit(READING)
@by_sellers
def show_import() -> str:
    """Ask for a table of clients, and say what its columns mean."""
    return _import_page({})


def _import_page(wrong: Mapping[str, str]) -> str:
    return render_template(
        "agents/clients/show_import.html", agency=g.agency, wrong=wrong, columns=words.COLUMNS, names=NAMES,
        spoken=SPOKEN, most_rows=import_clients.MOST_ROWS,
    )  # fmt: skip


@pages.get("/import/clients.csv")
@limiter.limit(READING)
@by_sellers
def show_template() -> Response:
    """A table with nothing but its columns, to be filled in."""
    name = 'attachment; filename="clients.csv"'
    return Response(write_table(COLUMNS, []), mimetype="text/csv", headers={"Content-Disposition": name})


@pages.post("/import")
@limiter.limit(BOOKING)
@by_sellers
def preview() -> Any:
    """Show what each row of a table would do; nothing is kept of it before it is imported."""
    sent = request.files.get("table")
    content = sent.stream.read(import_clients.MOST_BYTES + 1) if sent else b""
    try:
        if not content:
            raise Invalid("choose a table first", field="file", code="no_table")
        table = import_clients.read_table(content)
    except Invalid as refused:
        return _import_page(words.at_fields(refused)), 422
    return _preview_page(table.rows, {}, table.left_out)


def _preview_page(rows: Sequence[Row], wrong: Mapping[str, str], left_out: Sequence[str] = ()) -> str:
    seen = import_clients.look_at(g.agency.id, rows)
    fates = [one.fate for one in seen]
    return render_template(
        "agents/clients/show_preview.html",
        agency=g.agency,
        seen=seen,
        counts={fate: fates.count(fate) for fate in words.FATES},
        has_wrong=WRONG in fates,
        has_new=import_clients.NEW in fates,
        rows=import_clients.rows_as_text(rows),
        left_out=left_out,
        wrong=wrong,
        words=words,
    )


@pages.post("/import/rows")
@limiter.limit(BOOKING)
@by_sellers
def import_rows() -> Any:
    """Add the good rows of a table that was looked at; with wrong ones among them, only where the box was ticked."""
    try:
        rows = import_clients.read_rows(request.form.get("rows", ""))
    except Invalid as refused:
        return _import_page(words.at_fields(refused)), 422
    try:
        taken = import_clients.import_rows(
            g.agency.id, rows, request.form.get("leave_out") == "yes", services(), signed_in_as()
        )
    except Invalid as refused:
        return _preview_page(rows, words.at_fields(refused)), 422
    flash(ngettext("%(num)d client was added.", "%(num)d clients were added.", taken.new), "clients")
    return redirect(url_for("agents.clients.list_clients"), 303)
