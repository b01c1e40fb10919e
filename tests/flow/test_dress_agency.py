"""An agency shows itself as its owners say; what was shown before stays for what was sent before."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from planner.errors import Invalid
from planner.flow import dress_agency
from planner.flow.run_agency import Card
from planner.store import agencies, audit
from planner.store.logos import BadLogo
from tests.flow.fakes import World
from tests.flow.test_keep_rates import RINA, agency_id, found

__all__ = ["agency_id"]

MADE = "made@tur.example"


def picture(colour: str = "red", size: tuple[int, int] = (900, 300), form: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, form)
    return written.getvalue()


def test_a_logo_is_shown_until_another_and_the_older_one_stays(world: World, agency_id: str) -> None:
    dress_agency.set_logo(agency_id, picture("red"), world.services, RINA)
    first = agencies.get_agency(agency_id).logo
    dress_agency.set_logo(agency_id, picture("blue"), world.services, RINA)
    second = agencies.get_agency(agency_id).logo
    assert first != second and {agencies.get_logo(one).width for one in (first, second)} == {600}
    dress_agency.set_logo(agency_id, picture("red"), world.services, RINA)
    assert agencies.get_agency(agency_id).logo == first, "the same picture has the same name"
    dress_agency.drop_logo(agency_id, world.services, RINA)
    dress_agency.drop_logo(agency_id, world.services, RINA)
    assert agencies.get_agency(agency_id).logo == "" and agencies.get_logo(first).content
    assert [act.what for act in audit.list_all()[:3]] == ["drop_agency_logo", "set_agency_logo", "set_agency_logo"]


def test_two_agencies_may_show_one_picture(world: World, agency_id: str) -> None:
    other = found(world, MADE)
    for one in (agency_id, other):
        dress_agency.set_logo(one, picture(), world.services, RINA)
    shown = {agencies.get_agency(one).logo for one in (agency_id, other)}
    assert len(shown) == 1 and agencies.get_logo(shown.pop()).width == 600


def test_what_is_no_picture_changes_nothing(world: World, agency_id: str) -> None:
    dress_agency.set_logo(agency_id, picture(), world.services, RINA)
    before = agencies.get_agency(agency_id).logo
    with pytest.raises(BadLogo) as refused:
        dress_agency.set_logo(agency_id, b"%PDF-1.7", world.services, RINA)
    assert refused.value.field == "logo" and agencies.get_agency(agency_id).logo == before


def test_a_card_is_changed_and_a_new_licence_or_bank_account_is_written_down(world: World, agency_id: str) -> None:
    licence, count = agencies.get_agency(agency_id).licence, len(audit.list_all())
    same = Card("Lintas Timur", licence, "Kami@tur.example ", " +62 1 ")
    dress_agency.set_card(agency_id, same, "", world.services, RINA)
    agency = agencies.get_agency(agency_id)
    assert (agency.name, agency.email, agency.phone, agency.bank) == ("Lintas Timur", "kami@tur.example", "+62 1", "")
    assert len(audit.list_all()) == count
    dress_agency.set_card(
        agency_id, Card("Lintas Timur", "NIB 9", "k@t.example", "+62 1"), " BCA 7 ", world.services, RINA
    )
    (act, *_) = audit.list_all()
    assert act.detail == {"agency": agency_id, "licence": f"{licence} → NIB 9", "new_bank": True}
    assert agencies.get_agency(agency_id).bank == "BCA 7", "the number itself stands in no trail"


def test_what_is_wrong_with_a_card_is_said_field_by_field(world: World, agency_id: str) -> None:
    with pytest.raises(Invalid) as refused:
        dress_agency.set_card(agency_id, Card("", "x", "no", "+62 1"), "x" * 201, world.services, RINA)
    assert {(one.field, one.code) for one in refused.value.problems} == {
        ("name", "missing"), ("email", "bad_email"), ("bank", "too_long"),
    }  # fmt: skip
    assert agencies.get_agency(agency_id).name
