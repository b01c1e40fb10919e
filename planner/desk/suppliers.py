"""Suppliers: who is real, whose prices are agreed, whose own system takes bookings, and which seats are ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from planner.desk import words
from planner.desk.acting import acting, make_sure, number, text
from planner.desk.systems import SystemForm, read_form, show_form
from planner.errors import NotFound
from planner.flow import approve_supplier as acts
from planner.flow import connect_system as system_acts
from planner.store import approvals
from planner.store.claims import Claim
from planner.web.accounts import signed_in_as
from planner.web.atlas import in_service
from planner.web.services import services, tables

pages = Blueprint("suppliers", __name__, url_prefix="/suppliers")

ON_A_PAGE = 50
STANDINGS = ("placeholder", "claimed", "approved", "contracted")


@dataclass(frozen=True)
class SupplierView:
    """A supplier of the catalogue, or a carrier of the timetable, with its standing."""

    id: str
    name: str
    kind: str
    claim: Claim | None

    @property
    def standing(self) -> str:
        """Placeholder, claimed, approved or contracted."""
        if self.claim is None:
            return "placeholder"
        if self.claim.approved_at is None:
            return "claimed"
        return "contracted" if self.claim.prices_confirmed_at else "approved"


def _all() -> dict[str, SupplierView]:
    known = approvals.list_claims()
    found = {
        str(row["id"]): SupplierView(str(row["id"]), str(row["name"]), str(row["lintas"]["kind"]), None)
        for row in tables().suppliers
    }
    for route in services().snapshots.timetable().routes:
        carrier = route["operators"] or route["route_id"]
        key = f"carrier:{carrier}"[:80]
        found.setdefault(key, SupplierView(key, carrier, "carrier", None))
    for key, claim in known.items():
        held = found.get(key) or SupplierView(key, key, "carrier", None)
        found[key] = SupplierView(held.id, held.name, held.kind, claim)
    return found


@pages.app_template_filter("supplier_name")
def name_of(supplier_id: str) -> str:
    """Return what the catalogue or the timetable calls a supplier; its id where neither knows it."""
    if "suppliers_by_id" not in g:
        g.suppliers_by_id = _all()
    found = g.suppliers_by_id.get(supplier_id)
    return found.name if found else supplier_id


def _one(supplier_id: str) -> SupplierView:
    found = _all().get(supplier_id)
    if found is None:
        raise NotFound("there is no such supplier")
    return found


@pages.get("/")
def list_suppliers() -> str:
    """Every supplier with its standing, those that wait for us first."""
    everybody = list(_all().values())
    wanted, name = request.args.get("standing", ""), request.args.get("q", "").strip().lower()
    rows = [
        row for row in everybody
        if (wanted not in STANDINGS or row.standing == wanted) and (name in row.name.lower() or name in row.id.lower())
    ]  # fmt: skip
    order = {"claimed": 0, "approved": 1, "contracted": 2, "placeholder": 3}
    rows.sort(key=lambda row: (order[row.standing], row.name))
    counts = {standing: sum(row.standing == standing for row in everybody) for standing in STANDINGS}
    page = max(1, request.args.get("page", 1, type=int))
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    shown = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return render_template(
        "desk/suppliers/list_suppliers.html", rows=shown, counts=counts, standing=wanted, page=page, pages=pages,
        is_demo=services().is_demo,
    )  # fmt: skip


@pages.get("/one/<path:supplier_id>")
def show_supplier(supplier_id: str) -> str:
    """One supplier."""
    row = _one(supplier_id)
    return _page(row, show_form(row.id, row.kind))


def _page(row: SupplierView, form: SystemForm, problem: str = "") -> str:
    return render_template("desk/suppliers/show_supplier.html", row=row, form=form, problem=problem)


@pages.get("/system/<path:supplier_id>")
def lead_back(supplier_id: str) -> Response:
    """Lead whoever reloads what came of a try back to the supplier."""
    return redirect(url_for("desk.suppliers.show_supplier", supplier_id=supplier_id))


@pages.post("/system/<path:supplier_id>")
def try_or_connect(supplier_id: str) -> Response | str | tuple[str, int]:
    """Try a supplier's own system; connect it where that is asked for, if it is good."""
    row = _one(supplier_id)
    if row.claim is None:
        raise NotFound("nobody claimed this supplier yet")
    form, system = read_form(row.id, row.kind)
    if text("act") == "connect":
        if request.form.get("sure") != "yes":
            return _page(row, form, str(words.REFUSALS["not_sure"])), 422
        tried = system_acts.connect_system(row.id, form.ours, system, services(), signed_in_as())
        if tried.is_good:
            flash(_("The system is connected: new bookings are made there."), "success")
            return redirect(url_for("desk.suppliers.show_supplier", supplier_id=row.id), 303)
    else:
        tried = system_acts.try_system(form.ours, system, services())
    shown = replace(form, tried=tried, wrong=tried.wrong)
    return _page(row, shown) if tried.is_good else (_page(row, shown), 422)


@pages.post("/end-system")
@acting
def end_system() -> str:
    """Make new bookings from the allotment again."""
    make_sure()
    system_acts.end_system(_one(text("supplier")).id, services(), signed_in_as())
    return _("The system is disconnected. What was booked there is still given back there.")


@pages.post("/claim")
@acting
def claim() -> str:
    """Write down who it is, on its behalf."""
    make_sure()
    row = _one(text("supplier"))
    acts.claim_for_supplier(
        row.id, text("name"), text("email"), text("phone"), text("bank"), services(), signed_in_as()
    )
    return _("Written down.")


@pages.post("/approve")
@acting
def approve() -> str:
    """Approve a claim."""
    make_sure()
    acts.approve_supplier(_one(text("supplier")).id, services(), signed_in_as())
    return _("The supplier is approved.")


@pages.post("/prices")
@acting
def confirm_prices() -> str:
    """Say that its prices are agreed."""
    make_sure()
    acts.confirm_prices(_one(text("supplier")).id, services(), signed_in_as())
    return _("Its prices are agreed.")


@pages.post("/suspend")
@acting
def suspend() -> str:
    """Sell nothing more of it for real money."""
    make_sure()
    acts.suspend_supplier(_one(text("supplier")).id, services(), signed_in_as())
    return _("The supplier is suspended.")


@pages.get("/seats")
def list_seats() -> str:
    """The routes of which seats are ours."""
    atlas = in_service()
    held = {row.route_id: row for row in approvals.list_allotments()}
    routes = sorted(services().snapshots.timetable().routes, key=lambda route: route["route_id"])
    return render_template("desk/suppliers/list_seats.html", held=held, routes=routes, atlas=atlas)


@pages.post("/seats")
@acting
def allot() -> str:
    """Set the seats of a route."""
    make_sure()
    route_id = text("route")
    acts.allot_seats(route_id, number("seats"), text("source"), services(), signed_in_as())
    return _("The seats of %(route)s are set.", route=route_id)
