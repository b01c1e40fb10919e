"""Find the place that a traveller meant, however it was spelled."""

from __future__ import annotations

from rapidfuzz import fuzz, process, utils

from planner.web.atlas import Atlas

SURE_ENOUGH = 84.0
"""Score of 100 from which the best spelling is taken without asking."""
WORTH_ASKING = 60.0


def suggest_places(text: str, atlas: Atlas, limit: int = 6) -> list[str]:
    """Place ids whose names come near to what was typed, nearest first."""
    wanted = utils.default_process(text)
    if not wanted:
        return []
    ranked = process.extract(
        wanted, atlas.spellings.keys(), scorer=_likeness, limit=limit * 3, score_cutoff=WORTH_ASKING
    )
    found: list[str] = []
    for name, _score, _index in ranked:
        place_id = atlas.spellings[name]
        if place_id not in found:
            found.append(place_id)
    return found[:limit]


def find_place(text: str, atlas: Atlas) -> str | None:
    """The one place that was meant, or None where that is not sure."""
    wanted = utils.default_process(text)
    if text in atlas.places:
        return text
    if wanted in atlas.spellings:
        return atlas.spellings[wanted]
    best: dict[str, float] = {}
    for name, score, _index in process.extract(
        wanted, atlas.spellings.keys(), scorer=fuzz.ratio, limit=6, score_cutoff=0
    ):
        place_id = atlas.spellings[name]
        best[place_id] = max(score, best.get(place_id, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < SURE_ENOUGH - 6:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 4:
        return None
    return ranked[0][0]


def _likeness(typed: str, name: str, **_options: object) -> float:
    """How near a name comes: a good beginning counts as much as a whole name spelled roughly."""
    if name.startswith(typed):
        return 100.0 - len(name) / 100
    return max(fuzz.ratio(typed, name), 0.92 * fuzz.partial_ratio(typed, name) if len(typed) >= 4 else 0.0)
