"""The form for a supplier's own booking system: what was written in it, and what it says beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.booking.supplier_system import Ours, SupplierSystem
from planner.desk.acting import text
from planner.flow.connect_system import LONGEST_ID, Tried, find_key, seal_typed_key
from planner.store import systems
from planner.store.systems import System
from planner.web import filters
from planner.web.accounts import signed_in_as
from planner.web.services import services, tables

RIDE_UNITS = ("adult", "child")


@dataclass(frozen=True)
class SystemForm:
    """What the section shows: the system that is connected, former ones, what we sell, what was typed and is wrong."""

    connected: System | None
    former: list[System]
    ours: tuple[Ours, ...]
    endpoint: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    sealed: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    tried: Tried | None = None

    @property
    def keeps_key(self) -> bool:
        """Whether a key need not be typed (again)."""
        return bool(self.sealed) or self.connected is not None

    def id_of(self, name: str) -> str:
        """What the system calls something of ours, as far as it differs."""
        return self.ids.get(name, "")


def list_ours(supplier_id: str, kind: str) -> tuple[Ours, ...]:
    """List what we sell of a supplier: its products, or of a carrier its routes."""
    if kind == "carrier":
        routes = services().snapshots.timetable().routes
        return tuple(
            Ours(route["route_id"], route["route_long_name"], (), RIDE_UNITS)
            for route in routes
            if f"carrier:{route['operators'] or route['route_id']}"[:80] == supplier_id
        )
    return tuple(_ours(row) for row in tables().products if row["supplierId"] == supplier_id)


def _ours(row: Mapping[str, Any]) -> Ours:
    options = row["options"]
    units = dict.fromkeys(str(unit["id"]) for option in options for unit in option["units"])
    return Ours(
        str(row["id"]), filters.say(str(row["lintas"]["title"])), tuple(str(one["id"]) for one in options), tuple(units)
    )


def show_form(supplier_id: str, kind: str) -> SystemForm:
    """The form as it stands before anything is typed."""
    known = systems.list_systems(supplier_id)
    connected = next((one for one in known if one.ended_at is None), None)
    former = [one for one in known if one.ended_at is not None]
    ours = list_ours(supplier_id, kind)
    if connected is None:
        return SystemForm(None, former, ours)
    return SystemForm(connected, former, ours, connected.endpoint, connected.ids)


def read_form(supplier_id: str, kind: str) -> tuple[SystemForm, SupplierSystem]:
    """What was typed, to be shown again, and the system that it means."""
    blank = show_form(supplier_id, kind)
    endpoint, who = text("endpoint").rstrip("/"), signed_in_as()
    key = find_key(supplier_id, endpoint, text("key"), text("typed_before"), who)
    typed = bool(text("key") or text("typed_before"))
    ids = _ids(blank.ours)
    form = SystemForm(
        blank.connected, blank.former, blank.ours, endpoint, ids,
        seal_typed_key(supplier_id, who, key) if key and typed else "",
    )  # fmt: skip
    return form, SupplierSystem(endpoint, key, ids)


def _ids(ours: tuple[Ours, ...]) -> dict[str, str]:
    found = {}
    for one in ours:
        found[one.id] = text(f"product:{one.id}")
        for kind, parts in (("option", one.options), ("unit", one.units)):
            found |= {f"{one.id}/{part}": text(f"{kind}:{one.id}/{part}") for part in parts}
    return {name: written[:LONGEST_ID] for name, written in found.items() if written}
