"""Routes that can be opened with one click: five searches, begun in the next month that suits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from planner.travellers.brief_form import write_query
from planner.web.atlas import Atlas

LEAD_DAYS = 21


@dataclass
class Route:
    """A ready-made search: its words, its cloth and the query that asks for it."""

    name: str
    text: str
    days: int
    ends_in: str
    cloths: list[str]
    picture: str
    months: list[int]
    start: date
    query: str


def routes(atlas: Atlas, today: date) -> list[Route]:
    """The ready-made routes, each begun on a day of a good month not sooner than three weeks from today."""
    return [
        _route(
            today,
            _("The long thread: Ubud to Labuan Bajo"),
            _("Looms and Gili reefs, Sembalun farms, whale sharks in Saleh Bay, then Komodo, one way."),
            14,
            "LBJ",
            ["bali", "ntb", "ntt"],
            "",
            range(4, 10),
            must=["gili-air", "sembalun", "saleh-bay", "labuan-bajo"],
            interests={"weaving": 2, "wildlife": 3, "snorkel": 2},
        ),
        _route(
            today,
            _("Sasak hills and looms"),
            _("Tetebatu and Pringgasela, ending on Gili Meno."),
            7,
            "LOP",
            ["ntb"],
            "loom",
            range(4, 12),
            entry="LOP",
            must=["tetebatu", "pringgasela", "gili-meno"],
            interests={"weaving": 3, "culture": 2},
        ),
        _route(
            today,
            _("Flores overland"),
            _("Spider fields, Bena, Kelimutu and the ikat of Sikka, one way to Maumere."),
            10,
            "MOF",
            ["ntt"],
            "lakes",
            range(5, 10),
            entry="LBJ",
            must=["ruteng", "bajawa", "moni"],
            interests={"culture": 3, "volcano": 2, "weaving": 2},
        ),
        _route(
            today,
            _("Dragons of Komodo"),
            _("By air to Labuan Bajo, days on the water, with a day to spare."),
            6,
            "DPS",
            ["ntt"],
            "ntt",
            range(4, 12),
            must=["labuan-bajo", "komodo"],
            interests={"wildlife": 3, "snorkel": 2},
        ),
        _route(
            today,
            _("Two islands, no rush"),
            _("Amed, Gili Air and warm shallow water."),
            9,
            "DPS",
            ["bali", "ntb"],
            "ntb",
            range(4, 11),
            must=["amed", "gili-air"],
            interests={"snorkel": 3, "beach": 2},
            pace="relaxed",
        ),
    ]


def _route(
    today: date,
    name: str,
    text: str,
    days: int,
    leave: str,
    cloths: list[str],
    picture: str,
    months: range,
    *,
    entry: str = "DPS",
    must: list[str],
    interests: Mapping[str, int],
    pace: str = "balanced",
) -> Route:
    start = today + timedelta(days=LEAD_DAYS)
    while start.month not in months or start.weekday() != 0:
        start += timedelta(days=1)
    brief: dict[str, Any] = {
        "entry": {"hub": entry, "at": f"{start}T12:00:00+08:00"},
        "exit": {"hub": leave, "by": f"{start + timedelta(days=days - 1)}T20:00:00+08:00"},
        "party": {"adults": 2, "children": [], "residency": "foreign", "rooms": 1},
        "must": must,
        "interests": dict(interests),
        "pace": pace,
        "comfort": "mid",
    }
    return Route(name, text, days, leave, cloths, picture, list(months), start, urlencode(write_query(brief)))
