"""Lists, the newest first, in pages."""

from collections.abc import Callable

from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json, malformed
from planner.sandbox.reading import Params


def page(desk: Desk, params: Params, kind: str, url: str, wanted: Callable[[Json], bool] = lambda _: True) -> Json:
    """Give one page of a kind of object, by ``limit``, ``starting_after``, ``ending_before`` and ``created``."""
    made = _span(params)
    found = [item for item in desk.rows.all(kind) if wanted(item) and made(item.get("created", 0))]
    return cut(params, found, url)


def cut(params: Params, found: list[Json], url: str) -> Json:
    """Give one page of a list.

    Raises:
        ApiError: a limit that is no number from 1 to 100, or a cursor that is not in the list.
    """
    given = params.whole("limit")
    limit = 10 if given is None else given
    if not 1 <= limit <= 100:
        raise malformed("limit", "limit must be from 1 to 100", "parameter_invalid_integer")
    after, before = params.text("starting_after"), params.text("ending_before")
    if after:
        found = found[_place(found, after, "starting_after") + 1 :]
    if before:
        # The page before a cursor is the one that touches it, not the first of the list.
        found = found[: _place(found, before, "ending_before")]
        shown = found[-limit:]
    else:
        shown = found[:limit]
    return {"object": "list", "data": shown, "has_more": len(found) > limit, "url": url}


def _place(found: list[Json], identifier: str, param: str) -> int:
    for place, item in enumerate(found):
        if item["id"] == identifier:
            return place
    raise malformed(param, f"No such object in this list: '{identifier}'", "resource_missing")


def _span(params: Params) -> Callable[[int], bool]:
    """Read ``created``: a moment, or bounds."""
    if params.is_group("created"):
        bounds = params.group("created")
        low, above = bounds.whole("gte"), bounds.whole("gt")
        high, below = bounds.whole("lte"), bounds.whole("lt")
        return lambda created: (
            (low is None or created >= low)
            and (above is None or created > above)
            and (high is None or created <= high)
            and (below is None or created < below)
        )
    exact = params.whole("created")
    return lambda created: exact is None or created == exact
