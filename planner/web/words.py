"""The words that travellers read for the codes of a brief and of a plan."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

Word = Any

MODES: dict[str, Word] = {
    "ferry": _l("Ferry"),
    "fast_boat": _l("Fast boat"),
    "public_boat": _l("Public boat"),
    "ship": _l("Ship"),
    "flight": _l("Flight"),
    "bus": _l("Bus"),
    "shuttle": _l("Shuttle"),
    "road": _l("Private car"),
    "charter_boat": _l("Chartered boat"),
    "liveaboard": _l("Liveaboard"),
    "walk": _l("On foot"),
}
MODE_ICONS = {
    "ferry": "ferry",
    "fast_boat": "fast",
    "public_boat": "ferry",
    "ship": "ferry",
    "flight": "plane",
    "bus": "bus",
    "shuttle": "bus",
    "road": "car",
    "charter_boat": "fast",
    "liveaboard": "ferry",
    "walk": "walk",
}
BOATS = ("ferry", "fast_boat", "public_boat", "ship", "charter_boat", "liveaboard")

INTERESTS: dict[str, Word] = {
    "snorkel": _l("Snorkelling"),
    "dive": _l("Diving"),
    "wildlife": _l("Wildlife"),
    "weaving": _l("Weaving"),
    "culture": _l("Culture"),
    "trek": _l("Walking and trekking"),
    "volcano": _l("Volcanoes"),
    "beach": _l("Beaches"),
    "surf": _l("Surfing"),
    "food": _l("Food"),
    "coffee": _l("Coffee"),
    "family": _l("With children"),
}
INTEREST_ICONS = {
    "snorkel": "dive",
    "dive": "dive",
    "wildlife": "dragon",
    "weaving": "weave",
    "culture": "globe",
    "trek": "trek",
    "volcano": "volcano",
    "beach": "wave0",
    "surf": "wave2",
    "food": "food",
    "coffee": "food",
    "family": "user",
}
OTHER_INTERESTS: dict[str, Word] = {
    "waterfall": _l("Waterfalls"),
    "farm": _l("Farms"),
    "homestay": _l("Village homestays"),
    "viewpoint": _l("Views"),
    "shopping": _l("Shopping"),
    "luxury": _l("Comfort"),
    "camp": _l("Camping"),
    "transit": _l("On the way"),
    "pearl": _l("Pearls"),
    "pottery": _l("Pottery"),
    "savanna": _l("Savanna"),
    "nightlife": _l("Nightlife"),
    "wellness": _l("Wellness"),
    "couple": _l("For two"),
}
WEIGHTS: dict[int, Word] = {0: _l("Not for us"), 1: _l("A little"), 2: _l("Yes"), 3: _l("Above all")}

PACES: dict[str, Word] = {"relaxed": _l("Slow"), "balanced": _l("Even"), "packed": _l("Full")}
COMFORTS: dict[str, Word] = {"simple": _l("Simple"), "mid": _l("Middle"), "upper": _l("Upper")}
RESIDENCIES: dict[str, Word] = {"foreign": _l("Foreign visitors"), "resident": _l("Residents of Indonesia")}

SELF: dict[str, Word] = {
    "stay": _l("Beds"),
    "package": _l("Days out"),
    "flight": _l("Flights"),
    "ferry": _l("Ferries"),
    "fast_boat": _l("Fast boats"),
    "road": _l("Cars"),
}
LABELS: dict[str, Word] = {
    "best": _l("Best"),
    "cheapest": _l("Cheapest"),
    "least_travel": _l("Least travel"),
    "calmest": _l("Calmest seas"),
    "greenest": _l("Least carbon"),
}
SURE: dict[str, Word] = {"verified": _l("Verified"), "typical": _l("Typical"), "estimated": _l("Our estimate")}
SOLD: dict[str, Word] = {
    "here": _l("Sold here"),
    "self": _l("You arrange it"),
    "on_spot": _l("Paid on the spot"),
}
BASES: dict[str, Word] = {
    "per_person": _l("per person"),
    "per_vehicle": _l("per car, whole party"),
    "per_boat": _l("per boat, whole party"),
    "per_room_night": _l("per room and night"),
    "per_group": _l("for the group"),
    "per_person_fee": _l("per person"),
    "included": _l("included"),
}
QUANTITIES: dict[str, Word] = {
    "adult": _l("adult"),
    "child": _l("child"),
    "infant": _l("infant"),
    "car": _l("car"),
    "minibus": _l("minibus"),
    "boat": _l("boat"),
    "room_night": _l("room and night"),
    "group": _l("group"),
    "person": _l("person"),
}
EXPOSURES: dict[int, Word] = {
    0: _l("Sheltered"),
    1: _l("Moderate sea"),
    2: _l("Rough at times"),
    3: _l("Often stopped"),
}
SEA: dict[int, Word] = {0: _l("Calm"), 1: _l("Moderate"), 2: _l("Rough"), 3: _l("Often stopped")}
PROVINCES = {
    "Bali": "bali",
    "NTB": "ntb",
    "NTT": "ntt",
    "West Nusa Tenggara": "ntb",
    "East Nusa Tenggara": "ntt",
    "East Java": "bali",
}
PROVINCE_NAMES: dict[str, Word] = {
    "bali": _l("Bali"),
    "ntb": _l("West Nusa Tenggara"),
    "ntt": _l("East Nusa Tenggara"),
}
VERDICTS: dict[str, Word] = {
    "needs_filing": _l("Names needed"),
    "needs_paper": _l("Paper needed"),
    "warning": _l("Take care"),
    "known": _l("Good to know"),
    "applied": _l("Applied"),
    "kept": _l("Kept"),
    "ok": _l("Kept"),
    "warn": _l("Take care"),
    "warned": _l("Take care"),
    "fee": _l("Fee"),
    "quota": _l("Names needed"),
    "require": _l("Needed"),
    "broken": _l("Broken"),
    "context": _l("Good to know"),
    "forbid": _l("Kept"),
    "connection": _l("Kept"),
    "listed": _l("In force"),
}
KINDS: dict[str, Word] = {
    "leg": _l("Boats, flights and buses"),
    "transfer": _l("Cars, chartered boats and walks"),
    "package": _l("Days out and tours"),
    "stay": _l("Nights"),
    "fee": _l("Fees and levies"),
}
TOTALS: dict[str, Word] = {
    "per_person": _l("for all, counted per person"),
    "per_vehicle": _l("per car, whole party"),
    "per_boat": _l("per boat, whole party"),
    "per_room_night": _l("for the stay"),
    "per_group": _l("for the group"),
    "per_person_fee": _l("for all, counted per person"),
    "included": _l("included"),
}
STRAITS: dict[str, tuple[Word, Word]] = {
    "badung": (_l("Badung Strait"), _l("Sanur to Nusa Penida")),
    "lombok": (_l("Lombok Strait"), _l("Padang Bai to the Gilis and Lembar")),
    "alas": (_l("Alas Strait"), _l("Kayangan to Poto Tano")),
    "sape": (_l("Sape Strait"), _l("Sape to Labuan Bajo")),
    "komodo": (_l("Komodo waters"), _l("boats from Labuan Bajo")),
    "sumba": (_l("Sumba Strait"), _l("Sape and Aimere to Sumba")),
}
AREAS: dict[str, Word] = {
    "flores-e": _l("Seas of East Flores"),
    "flores-w": _l("Coast of West Flores"),
    "bali": _l("Seas south of Bali"),
    "lombok-isl": _l("Seas west of Lombok"),
    "sumbawa-isl": _l("Seas north of Sumbawa"),
    "sumba-isl": _l("Seas east of Sumba"),
}
VESSELS: dict[str, Word] = {
    "ferry": _l("Ferries and ships"),
    "fast_boat": _l("Fast boats"),
    "tour_boat": _l("Tour boats"),
}
LEVELS = COMFORTS

EVENT_KINDS: dict[str, Word] = {
    "culture": _l("Culture"),
    "religious": _l("Faith"),
    "weaving": _l("Weaving"),
    "food": _l("Food"),
    "coffee": _l("Coffee"),
    "surf": _l("Surfing"),
    "sport": _l("Sport"),
    "holiday": _l("Holiday"),
    "season": _l("Season"),
}
CROWDING: tuple[Word, ...] = (
    _l("no crowds"),
    _l("some more people"),
    _l("crowded"),
    _l("full; book early"),
)
"""How crowded an event makes its places, 0 to 3."""

EDITS: dict[str, Word] = {
    "drop_package": _l("tour left out"),
    "add_package": _l("tour added"),
    "swap_package": _l("another tour"),
    "move_package": _l("tour on another day"),
    "swap_way": _l("another way"),
    "drop_stop": _l("place left out"),
    "add_stop": _l("place added"),
    "more_nights": _l("a night more"),
    "fewer_nights": _l("a night less"),
    "earlier": _l("stop earlier"),
    "later": _l("stop later"),
    "move_stop": _l("stop moved"),
    "swap_stay": _l("another house"),
    "see_to": _l("who books a part"),
    "end_later": _l("a day more at the end"),
    "end_earlier": _l("a day less at the end"),
    "as_it_is": _l("planned anew"),
    "keep": _l("pin"),
}
"""What was done to a trip by hand, as undoing and doing again name it."""
