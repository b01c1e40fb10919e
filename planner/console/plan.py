"""Plan a trip on the command line, from a brief in a file, from flags, or from both."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from planner.console.site import REFUSED, open_site, stop_for_bad_input

if TYPE_CHECKING:
    from flask import Flask

ISLANDS_OFFSET = "+08:00"
LOOKS_LIKE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}):(\d{2}))?")


class Pair(click.ParamType):
    """``word=number``, as in ``trek=3``."""

    name = "word=number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        word, _equals, number = str(value).partition("=")
        if not word or not number.lstrip("-").isdecimal():
            self.fail(f"{value!r} should be word=number, as in trek=3", param, ctx)
        return word, int(number)


@click.command()
@click.option("--brief", "file", type=click.File(encoding="utf-8"), help="A brief as JSON; - reads standard input.")
@click.option("--from", "entry_hub", metavar="HUB", help="Hub of arrival, as in DPS.")
@click.option("--arrive", metavar="TIME", help="When you are free to go, as in 2027-04-05T12:00 (time of the islands).")
@click.option("--to", "exit_hub", metavar="HUB", help="Hub of departure; without it the hub of arrival.")
@click.option("--leave-by", metavar="TIME", help="When you must be ready to check in there.")
@click.option("--adults", type=int, help="Adults; 2 without it.")
@click.option("--child", "children", type=int, multiple=True, metavar="AGE", help="A child's age. Repeatable.")
@click.option("--resident", is_flag=True, help="Residents' fares and fees.")
@click.option("--rooms", type=int, help="Rooms at each stay.")
@click.option("--must", multiple=True, metavar="PLACE", help="A place to visit. Repeatable.")
@click.option("--must-package", "must_packages", multiple=True, metavar="ID", help="A package to take. Repeatable.")
@click.option("--avoid", multiple=True, metavar="PLACE", help="A place to leave out. Repeatable.")
@click.option("--avoid-mode", "avoid_modes", multiple=True, metavar="MODE", help="As in fast_boat. Repeatable.")
@click.option("--island", "islands", multiple=True, metavar="NAME", help="An island to choose among. Repeatable.")
@click.option("--nights", multiple=True, type=Pair(), metavar="PLACE=N", help="Nights at a place. Repeatable.")
@click.option("--interest", "interests", multiple=True, type=Pair(), metavar="WORD=N", help="0 to 3. Repeatable.")
@click.option("--budget", type=int, metavar="RUPIAH", help="What the trip may cost at most.")
@click.option("--pace", help="relaxed, balanced or packed.")
@click.option("--comfort", help="simple, mid or upper.")
@click.option("--want", type=int, help="How many trips at most.")
@click.option("--lang", type=click.Choice(["en", "id"]), default="en", show_default=True, help="Language.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def plan(file: TextIO | None, lang: str, as_json: bool, **flags: Any) -> None:
    """Plan a trip.

    Flags win over the brief's file. Ends with 0 when there are trips, 3 when the brief cannot be met (the reasons are
    printed), 2 when it makes no sense (field and reason go to standard error).

    \b
    planner plan --from DPS --arrive 2027-04-05T12:00 --to LBJ --leave-by 2027-04-14T15:00 \\
        --adults 2 --must sembalun --interest trek=3
    """
    from planner.errors import Invalid, PlannerError
    from planner.web.brief import check_brief

    try:
        brief = _merged(_read(file), flags)
        check_brief(brief)
    except Invalid as error:
        stop_for_bad_input(error)
    with open_site(lang) as app:
        from planner.console.trip_text import refusal_text, trip_text
        from planner.flow.plan_trip import plan_trip
        from planner.web.services import services

        _prepare_on_first_use(app)
        try:
            answer = plan_trip(brief, services()).as_json()
        except Invalid as error:
            stop_for_bad_input(error)
        except PlannerError as error:
            raise click.ClickException(error.message) from error
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        elif answer["itineraries"]:
            trips = answer["itineraries"]
            click.echo("\n\n".join(trip_text(trip, number, len(trips)) for number, trip in enumerate(trips, 1)))
        else:
            click.echo(refusal_text(answer["refusal"]))
    if not answer["itineraries"]:
        raise SystemExit(REFUSED)


def _prepare_on_first_use(app: "Flask") -> None:
    """Make and fill the default database where this machine has none yet."""
    address = str(app.config["SQLALCHEMY_DATABASE_URI"])
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        from planner.console.start import prepare

        prepare(app)


def _read(file: TextIO | None) -> dict[str, Any]:
    from planner.errors import Invalid

    if file is None:
        return {}
    try:
        brief = json.load(file)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is not JSON: {error}", field="brief") from error
    if not isinstance(brief, dict):
        raise Invalid("The brief must be a JSON object.", field="brief")
    return brief


def _merged(brief: dict[str, Any], flags: dict[str, Any]) -> dict[str, Any]:
    """Lay the flags over the brief of the file."""
    entry, leave, party = (_part(brief, name) for name in ("entry", "exit", "party"))
    if flags["entry_hub"]:
        entry["hub"] = flags["entry_hub"]
    if flags["arrive"]:
        entry["at"] = island_time(flags["arrive"])
    if flags["exit_hub"]:
        leave["hub"] = flags["exit_hub"]
    elif "hub" not in leave and "hub" in entry:
        leave["hub"] = entry["hub"]
    if flags["leave_by"]:
        leave["by"] = island_time(flags["leave_by"])
    if flags["adults"] is not None or "adults" not in party:
        party["adults"] = 2 if flags["adults"] is None else flags["adults"]
    if flags["children"]:
        party["children"] = list(flags["children"])
    if flags["resident"]:
        party["residency"] = "resident"
    if flags["rooms"] is not None:
        party["rooms"] = flags["rooms"]
    merged = {**brief, "entry": entry or None, "exit": leave or None, "party": party}
    merged = {name: value for name, value in merged.items() if value is not None or name in brief}
    for name in ("must", "must_packages", "avoid", "avoid_modes", "islands"):
        if flags[name]:
            merged[name] = list(flags[name])
    for name in ("nights", "interests"):
        if flags[name]:
            merged[name] = dict(flags[name])
    for name in ("pace", "comfort", "want"):
        if flags[name] is not None:
            merged[name] = flags[name]
    if flags["budget"] is not None:
        merged["budget"] = {"amount": flags["budget"], "currency": "IDR", "precision": 0}
    return merged


def _part(brief: dict[str, Any], name: str) -> Any:
    held = brief.get(name, {})
    if not isinstance(held, dict):
        from planner.errors import Invalid

        raise Invalid("This should be a JSON object.", field=name)
    return dict(held)


def island_time(text: str) -> str:
    """Complete what a person types: ``2027-04-05`` means noon, a time without offset is the islands' time."""
    match = LOOKS_LIKE_TIME.fullmatch(text.strip())
    if not match:
        return text
    day, hour, minute = match.groups()
    return f"{day}T{int(hour or 12):02d}:{minute or '00'}:00{ISLANDS_OFFSET}"
