"""What staff do to an order: answer for a supplier, record tickets and transfers, pay back, set going, undo."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from planner.booking.payment import OutcomeUnknown, PaymentRefused, payment_plans
from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid, NotFound
from planner.flow.answer_for_supplier import answer_for_supplier
from planner.flow.record_purchase import record_purchase
from planner.flow.record_transfer import RecordedBefore, amount_due, record_transfer
from planner.flow.refund_by_hand import list_unanswered, refund_by_hand
from planner.flow.steer_order import resume_order, undo_order
from planner.flow.take_payment import name_travellers
from planner.store import attempts, audit, ledger, orders, payments, tasks
from planner.store.proofs import BadProof, read_proof
from tests.booking.making import START, package, ride, stay
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, LOST_BEFORE, NO, World

AYU = "ayu@desk"
WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
FERRY = ride(3, 261_200)
CRUISE = package(4, "PK47", 11_000_000, "requested")
PDF = b"%PDF-1.7\n%%EOF\n"


def asked(world: World) -> str:
    """Give an order that waits for a supplier's word."""
    order_id = shop.paid(world, [WALK, CRUISE])
    shop.run(world, order_id, stop_at="wait")
    assert shop.states(order_id) == ["confirmed", "requested"]
    return order_id


def confirmed(world: World) -> str:
    order_id = shop.paid(world, [WALK, HOUSE, FERRY])
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"
    return order_id


def card_payment(order_id: str) -> payments.Payment:
    (payment,) = payments.list_payments(order_id)
    return payment


def acts(order_id: str, who: str = AYU) -> list[str]:
    return [act.what for act in audit.list_acts(order_id) if act.who == who]


def transfer(world: World, order_id: str, amount: int, folder: Path, **more) -> None:
    facts = {"payer": "Ani Bee", "paid_on": world.clock.today(), "reference": "BCA-1", "proof": PDF, **more}
    record_transfer(order_id, amount, instance=folder, services=world.services, who=AYU, **facts)


# --- answers -----------------------------------------------------------------------------------------------------


def test_a_yes_by_telephone_confirms_the_trip(world: World) -> None:
    order_id = asked(world)
    answer_for_supplier(order_id, 4, True, world.services, AYU, reference="WA-77")
    line = orders.get_line(order_id, 4)
    assert (line.state, line.reference, line.answered_by) == ("confirmed", "WA-77", AYU)
    shop.run(world, order_id)
    assert (shop.state(order_id), world.payments.taken()) == ("confirmed", 12_000_000)
    assert acts(order_id) == ["confirm"]
    assert world.queue.orders[-1] == order_id


def test_a_no_by_telephone_undoes_the_trip_without_consent(world: World) -> None:
    order_id = asked(world)
    answer_for_supplier(order_id, 4, False, world.services, AYU, reason="boat in the yard")
    shop.run(world, order_id)
    assert (shop.state(order_id), world.payments.taken()) == ("undone", 0)
    assert acts(order_id) == ["decline"]


@pytest.mark.parametrize(("says_yes", "field"), [(True, "reference"), (False, "reason")])
def test_an_answer_says_where_it_comes_from(world: World, says_yes: bool, field: str) -> None:
    order_id = asked(world)
    with pytest.raises(Invalid) as refused:
        answer_for_supplier(order_id, 4, says_yes, world.services, AYU, reference=" ", reason=" ")
    assert refused.value.field == field
    assert shop.states(order_id)[1] == "requested"


def test_only_what_waits_for_an_answer_can_be_answered(world: World) -> None:
    order_id = asked(world)
    with pytest.raises(WrongState):
        answer_for_supplier(order_id, 1, False, world.services, AYU, reason="no")
    with pytest.raises(NotFound):
        answer_for_supplier(order_id, 9, True, world.services, AYU, reference="R")


def test_an_unknown_outcome_is_settled_by_who_rang(world: World) -> None:
    order_id = shop.paid(world, [WALK])
    world.suppliers.will("confirm", LOST_AFTER)
    world.suppliers.will("look_up", *[LOST_BEFORE] * 40)
    shop.run(world, order_id, stop_at="call_a_person")
    assert shop.open_tasks(order_id) == ["unknown_outcome"]
    answer_for_supplier(order_id, 1, True, world.services, AYU, reference="RANG-1")
    shop.run(world, order_id)
    assert (shop.state(order_id), shop.open_tasks(order_id)) == ("confirmed", [])


# --- tickets -----------------------------------------------------------------------------------------------------


def test_a_ticket_bought_later_has_its_reference_and_its_price_in_the_books(world: World) -> None:
    order_id = confirmed(world)
    record_purchase(order_id, 3, "ASDP-123", 255_000, world.services, AYU)
    line = orders.get_line(order_id, 3)
    assert (line.state, line.reference) == ("bought", "ASDP-123")
    balances = ledger.balances(order_id)
    assert ("to_buy" in balances, balances["bank"], balances["platform"]) == (False, -255_000, -190_000 - 6_200)
    assert shop.open_tasks(order_id) == []
    (task,) = tasks.list_queue("buy_ticket", state="done")
    assert (task.owner, task.reference) == (AYU, "ASDP-123")


def test_a_ticket_is_recorded_once_and_only_for_a_confirmed_trip(world: World) -> None:
    order_id = confirmed(world)
    record_purchase(order_id, 3, "ASDP-123", 261_200, world.services, AYU)
    with pytest.raises(WrongState):
        record_purchase(order_id, 3, "ASDP-124", 261_200, world.services, AYU)
    waiting = shop.hold(world, [FERRY])
    with pytest.raises(WrongState):
        record_purchase(waiting, 3, "ASDP-125", 261_200, world.services, AYU)
    with pytest.raises(Invalid):
        record_purchase(order_id, 3, "ASDP-126", 0, world.services, AYU)


# --- transfers ---------------------------------------------------------------------------------------------------


def test_a_transfer_confirms_the_trip_as_a_card_would(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK, FERRY])
    transfer(world, order_id, 1_261_200, tmp_path)
    payment = card_payment(order_id)
    assert (payment.kind, payment.state, payment.captured) == ("transfer", "paid", 1_261_200)
    assert payment.proof["recorded_by"] == AYU
    assert read_proof(tmp_path, payment.proof["file"]) == (PDF, "application/pdf")
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"
    balances = ledger.balances(order_id)
    assert (balances["bank"], "card" in balances, f"traveller:{order_id}" in balances) == (1_261_200, False, False)
    assert acts(order_id) == ["record_transfer"]


def test_an_open_payment_page_is_closed_before_a_transfer_counts(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    page = shop.open_page(world, order_id)
    transfer(world, order_id, 1_000_000, tmp_path)
    assert world.payments.pages[page].state == "expired"
    assert shop.state(order_id) == "authorised"


def test_who_paid_by_card_in_that_very_moment_is_not_paid_for_twice(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    shop.pay(world, order_id)
    with pytest.raises(WrongState):
        transfer(world, order_id, 1_000_000, tmp_path)
    assert [payment.kind for payment in payments.list_payments(order_id)] == ["card"]
    assert list((tmp_path / "proofs").glob("*")) == []


def test_less_than_is_due_is_not_taken(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    with pytest.raises(Invalid) as refused:
        transfer(world, order_id, 999_999, tmp_path)
    assert (refused.value.field, refused.value.params["due"]) == ("amount", 1_000_000)
    assert (shop.state(order_id), payments.list_payments(order_id)) == ("held", [])


def test_what_was_paid_too_much_goes_back_by_a_person(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    transfer(world, order_id, 1_000_123, tmp_path)
    shop.run(world, order_id)
    shop.run(world, order_id)
    (task,) = tasks.list_queue("refund_transfer")
    assert task.facts["amount"] == 123


def test_a_deposit_and_then_the_balance_come_by_transfer(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    order = orders.get_order(order_id)
    plans = payment_plans(order.total, order.starts_on, world.clock.today())
    name_travellers(order_id, shop.CONTACT, shop.TRAVELLERS, "undo", plans[1], world.services)
    transfer(world, order_id, plans[1].now, tmp_path)
    shop.run(world, order_id)
    assert shop.open_tasks(order_id) == ["collect_balance"]
    assert amount_due(orders.get_order(order_id)) == plans[1].balance
    with pytest.raises(RecordedBefore):
        transfer(world, order_id, plans[1].balance, tmp_path)
    transfer(world, order_id, plans[1].balance, tmp_path, reference="BCA-2")
    shop.run(world, order_id)
    assert shop.open_tasks(order_id) == []
    assert f"traveller:{order_id}" not in ledger.balances(order_id)
    assert [payment.purpose for payment in payments.list_payments(order_id)] == ["deposit", "balance"]


@pytest.mark.parametrize(
    "wrong",
    [{"payer": " "}, {"reference": ""}, {"paid_on": date(2027, 1, 1)}, {"proof": b""}, {"proof": b"<svg/>"}],
    ids=["no payer", "no reference", "a day ahead", "no file", "a drawing that may run"],
)  # fmt: skip
def test_a_transfer_without_its_facts_is_not_taken(world: World, tmp_path: Path, wrong: dict) -> None:
    order_id = shop.hold(world, [WALK])
    with pytest.raises(Invalid):
        transfer(world, order_id, 1_000_000, tmp_path, **wrong)
    assert (shop.state(order_id), payments.list_payments(order_id)) == ("held", [])


def test_a_picture_is_drawn_anew_so_that_nothing_hides_in_it(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, "PNG")
    transfer(world, order_id, 1_000_000, tmp_path, proof=written.getvalue() + b"<script>hidden</script>")
    content, kind = read_proof(tmp_path, card_payment(order_id).proof["file"])
    assert (kind, b"hidden" in content) == ("image/png", False)


def test_a_file_that_only_begins_like_a_picture_is_refused(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    with pytest.raises(BadProof):
        transfer(world, order_id, 1_000_000, tmp_path, proof=b"\xff\xd8\xff" + b"no picture" * 9)


@pytest.mark.parametrize("name", ["../lintas.sqlite3", "secret_key", "0" * 32 + ".svg", ""])
def test_only_names_of_our_own_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret_key").write_text("x")
    with pytest.raises(NotFound):
        read_proof(tmp_path, name)


def test_money_for_an_order_that_is_over_is_not_recorded(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    undo_order(order_id, "nobody came", world.services, AYU)
    with pytest.raises(WrongState):
        transfer(world, order_id, 1_000_000, tmp_path)


# --- refunds -----------------------------------------------------------------------------------------------------


def test_goodwill_is_paid_back_once_and_is_ours_to_bear(world: World) -> None:
    order_id = confirmed(world)
    before = ledger.balances(order_id)["platform"]
    for _ in range(2):  # the same form twice
        refund_by_hand(order_id, card_payment(order_id).id, 50_000, "wet luggage", "form-1", world.services, AYU)
    assert card_payment(order_id).refunded == 50_000
    assert world.payments.taken() == 2_161_200 - 50_000
    balances = ledger.balances(order_id)
    assert (balances["platform"] - before, balances["card"]) == (50_000, 2_111_200)
    assert f"traveller:{order_id}" not in balances
    assert acts(order_id) == ["refund_by_hand"]
    shop.run(world, order_id)
    assert world.payments.taken() == 2_111_200


def test_never_more_goes_back_than_was_taken(world: World) -> None:
    order_id = confirmed(world)
    payment_id = card_payment(order_id).id
    refund_by_hand(order_id, payment_id, 2_000_000, "half of it", "form-1", world.services, AYU)
    for amount in (161_201, 0, -5):
        with pytest.raises(Invalid):
            refund_by_hand(order_id, payment_id, amount, "more", f"form-{amount}", world.services, AYU)
    refund_by_hand(order_id, payment_id, 161_200, "the rest", "form-2", world.services, AYU)
    assert (card_payment(order_id).state, world.payments.taken()) == ("refunded", 0)


def test_a_refund_whose_answer_was_lost_is_sent_again_and_paid_once(world: World) -> None:
    order_id = confirmed(world)
    payment_id = card_payment(order_id).id
    world.payments.will("refund", LOST_AFTER)
    with pytest.raises(OutcomeUnknown):
        refund_by_hand(order_id, payment_id, 50_000, "wet luggage", "form-1", world.services, AYU)
    assert card_payment(order_id).refunded == 0
    (open_one,) = list_unanswered(order_id)
    facts = open_one.detail
    refund_by_hand(order_id, payment_id, facts["amount"], facts["reason"], facts["form"], world.services, AYU)
    assert (world.payments.taken(), card_payment(order_id).refunded) == (2_111_200, 50_000)
    assert list_unanswered(order_id) == []


def test_a_form_that_was_sent_cannot_be_sent_with_another_amount(world: World) -> None:
    order_id = confirmed(world)
    payment_id = card_payment(order_id).id
    world.payments.will("refund", LOST_AFTER)
    with pytest.raises(OutcomeUnknown):
        refund_by_hand(order_id, payment_id, 50_000, "wet luggage", "form-1", world.services, AYU)
    with pytest.raises(WrongState):
        refund_by_hand(order_id, payment_id, 60_000, "wet luggage", "form-1", world.services, AYU)


def test_a_refund_that_is_refused_changes_no_book(world: World) -> None:
    order_id = confirmed(world)
    before = ledger.balances(order_id)
    world.payments.will("refund", NO)
    with pytest.raises(PaymentRefused):
        refund_by_hand(order_id, card_payment(order_id).id, 50_000, "wet luggage", "form-1", world.services, AYU)
    assert (ledger.balances(order_id), card_payment(order_id).refunded) == (before, 0)
    assert attempts.list_attempts(order_id)[-1].outcome == "refused"


def test_a_transfer_is_paid_back_by_the_bank_and_only_written_down(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    transfer(world, order_id, 1_000_000, tmp_path)
    shop.run(world, order_id)
    refund_by_hand(order_id, card_payment(order_id).id, 100_000, "late boat", "form-1", world.services, AYU)
    assert (ledger.balances(order_id)["bank"], world.payments.count("refund")) == (900_000, 0)


def test_another_orders_payment_is_not_touched(world: World) -> None:
    order_id, other = confirmed(world), shop.hold(world, [WALK])
    with pytest.raises(WrongState):
        refund_by_hand(other, card_payment(order_id).id, 1, "x", "form-1", world.services, AYU)


# --- steering ----------------------------------------------------------------------------------------------------


def test_an_order_that_waits_is_looked_at_now(world: World) -> None:
    order_id = asked(world)
    resume_order(order_id, world.services, AYU)
    assert orders.get_order(order_id).due_at == world.clock.now()
    assert (world.queue.orders[-1], acts(order_id)) == (order_id, ["resume_order"])


def test_there_is_nothing_to_resume_in_a_hold(world: World) -> None:
    with pytest.raises(WrongState):
        resume_order(shop.hold(world, [WALK]), world.services, AYU)


def test_undoing_a_paid_trip_gives_everything_back(world: World) -> None:
    order_id = asked(world)
    undo_order(order_id, "volcano", world.services, AYU)
    shop.run(world, order_id)
    assert (shop.state(order_id), world.payments.taken(), world.suppliers.held()) == ("undone", 0, [])
    assert orders.list_taken(order_id) == []


def test_undoing_a_hold_gives_its_places_back(world: World) -> None:
    order_id = shop.hold(world, [WALK])
    assert shop.counts(WALK) == (2, 0)
    undo_order(order_id, "asked by mail", world.services, AYU)
    assert (shop.counts(WALK), shop.state(order_id)) == ((0, 0), "undone")


def test_a_confirmed_trip_is_cancelled_by_its_terms_not_undone(world: World) -> None:
    with pytest.raises(Conflict):
        undo_order(confirmed(world), "changed our mind", world.services, AYU)
    with pytest.raises(Invalid):
        undo_order(asked(world), " ", world.services, AYU)


def test_a_day_later_the_bank_day_may_be_yesterday(world: World, tmp_path: Path) -> None:
    order_id = shop.hold(world, [WALK])
    transfer(world, order_id, 1_000_000, tmp_path, paid_on=world.clock.today() - timedelta(days=1))
    assert shop.state(order_id) == "authorised"
