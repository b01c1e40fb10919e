"""Accounts: log-in, second factor, rests after failures, new passwords by mail, and sessions that can be ended."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from planner.app import create_app
from planner.booking.letter import Mail
from planner.errors import NotFound, Unavailable
from planner.settings import Settings
from planner.store import accounts, web_sessions
from planner.store.accounts import MOST_FAILURES, REST, Account
from planner.store.db import MIGRATIONS, db, transaction
from planner.store.web_sessions import WebSession
from planner.web.passwords import is_common
from planner.web.sessions import LIGHT, hashed
from tests.conftest import settings_in
from tests.desk import people
from tests.desk.people import PASSWORD, STAFF, TRAVELLER, Visitor, visitor
from tests.postgresql import Server

NEW_PASSWORD = "sandal-lontar-compass"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        yield laid_out(folder, f"sqlite:///{folder / 'house.sqlite3'}")
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as address:
        yield laid_out(folder, address)


def laid_out(folder: Path, address: str, **given: str) -> Flask:
    app = create_app(settings_in(folder / "instance", DATABASE_URL=address, **given), TESTING=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    return app


@pytest.fixture
def site(house: Flask) -> Flask:
    with house.app_context():
        people.forget_everybody()
        people.open_account(TRAVELLER, "traveller")
    return house


@pytest.fixture
def ani(site: Flask) -> Visitor:
    """Give a traveller who is not logged in yet."""
    return visitor(site)


@pytest.fixture
def mails(site: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    sent: list[Mail] = []
    postman = site.extensions["planner.services"].mailer
    monkeypatch.setattr(type(postman), "send", lambda self, mail: sent.append(mail))
    return sent


def is_in(who: Visitor) -> bool:
    return who.client.get("/account/home").status_code == 200


def rows(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(WebSession)) or 0)


def cookie(who: Visitor) -> str:
    found = who.client.get_cookie("session")
    return found.value if found else ""


def link_in(mail: Mail) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", mail.text)[1]


def main_of(page: TestResponse) -> str:
    """Give what a page says, without what was typed and without the form's token."""
    return re.sub(r'value="[^"]*"', "", page.text.partition("<main")[2].partition("</main>")[0])


# --- log-in ------------------------------------------------------------------------------------------------------


def test_the_right_password_opens_and_a_wrong_one_does_not(ani: Visitor) -> None:
    assert ani.log_in(TRAVELLER, "wrong-password-here").status_code == 200
    assert not is_in(ani)
    assert ani.log_in(TRAVELLER).status_code == 302
    assert is_in(ani)


def test_an_unknown_address_and_a_wrong_password_look_alike(ani: Visitor) -> None:
    assert main_of(ani.log_in(TRAVELLER, "wrong-password-here")) == main_of(ani.log_in("nobody@home.example"))


def test_the_address_may_be_spelled_in_capitals(ani: Visitor) -> None:
    assert ani.log_in("ANI@Home.Example").status_code == 302


def test_a_log_in_leads_back_only_to_this_site(ani: Visitor) -> None:
    assert ani.log_in(TRAVELLER, next_page="/places").location == "/places"
    other = visitor(ani.app)
    answer = other.log_in(TRAVELLER, next_page="https://elsewhere.example/")
    assert "elsewhere" not in (answer.location or "")


def test_nothing_is_sent_without_the_form_s_token(ani: Visitor) -> None:
    answer = ani.client.post("/account/log-in", data={"email": TRAVELLER, "password": PASSWORD})
    assert answer.status_code == 400
    assert not is_in(ani)


def test_logging_out_takes_a_form_not_a_link(ani: Visitor) -> None:
    ani.log_in(TRAVELLER)
    assert ani.client.get("/account/log-out").status_code == 405
    assert is_in(ani)
    assert ani.post("/account/log-out").status_code == 302
    assert not is_in(ani)


def test_passwords_are_kept_as_argon2(site: Flask) -> None:
    with site.app_context():
        assert accounts.get_account(TRAVELLER).password.startswith("$argon2id$")


def test_a_deactivated_account_is_out_at_once(ani: Visitor) -> None:
    ani.log_in(TRAVELLER)
    with ani.app.app_context(), transaction() as session:
        session.execute(update(Account).values(active=False))
    assert not is_in(ani)
    assert ani.log_in(TRAVELLER).status_code == 200


# --- rests after failures ----------------------------------------------------------------------------------------


def fail(who: Visitor, times: int) -> None:
    for _ in range(times):
        who.log_in(TRAVELLER, "wrong-password-here")


def set_clock(app: Flask, ago: timedelta) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Account).values(failed_at=datetime.now(UTC) - ago))


def test_after_too_many_failures_even_the_right_password_looks_wrong(ani: Visitor) -> None:
    fail(ani, MOST_FAILURES)
    right, wrong = ani.log_in(TRAVELLER), ani.log_in(TRAVELLER, "wrong-password-here")
    assert right.status_code == 200 and main_of(right) == main_of(wrong) and "is not right" in main_of(right)
    assert not is_in(ani)


def test_whoever_reads_the_mails_gets_in_though_others_guessed(ani: Visitor, mails: list[Mail]) -> None:
    fail(ani, MOST_FAILURES)
    ani.post("/account/reset", "/account/reset", email=TRAVELLER)
    path = link_in(mails[0])
    ani.post(path, path, password=NEW_PASSWORD, password_confirm=NEW_PASSWORD)
    assert ani.log_in(TRAVELLER, NEW_PASSWORD).status_code == 302


def test_one_failure_less_and_it_opens_and_the_count_begins_anew(ani: Visitor) -> None:
    fail(ani, MOST_FAILURES - 1)
    assert ani.log_in(TRAVELLER).status_code == 302
    with ani.app.app_context():
        assert accounts.get_account(TRAVELLER).failures == 0


def test_tries_while_it_rests_do_not_make_it_longer(ani: Visitor) -> None:
    fail(ani, MOST_FAILURES)
    set_clock(ani.app, REST - timedelta(seconds=30))
    fail(ani, 3)
    set_clock(ani.app, REST + timedelta(seconds=1))
    assert ani.log_in(TRAVELLER).status_code == 302


def test_failures_long_ago_are_forgotten(ani: Visitor) -> None:
    fail(ani, MOST_FAILURES - 1)
    set_clock(ani.app, REST)
    fail(ani, 1)
    assert ani.log_in(TRAVELLER).status_code == 302


def test_one_address_may_try_only_so_often(tmp_path: Path) -> None:
    app = laid_out(tmp_path, "", LIMIT_REQUESTS="true")
    here = visitor(app)
    statuses = [here.log_in(f"n{number}@home.example").status_code for number in range(12)]
    assert statuses[:10] == [200] * 10 and statuses[10:] == [429] * 2
    assert here.client.get("/account/log-in").status_code == 200


# --- second factor -----------------------------------------------------------------------------------------------


def test_staff_set_up_a_second_factor_before_anything_opens(site: Flask) -> None:
    with site.app_context():
        people.open_account(STAFF, "staff")
    ayu = visitor(site)
    assert ayu.log_in(STAFF).location == "/account/second-factor"
    assert not is_in(ayu)
    assert ayu.set_up_second_factor().location == "/account/arrive"
    assert is_in(ayu)


def test_the_next_log_in_asks_for_a_code(site: Flask) -> None:
    ayu = people.staff(site)
    again = Visitor(site, site.test_client(), ayu.key)
    assert again.log_in(STAFF).location.startswith("/account/code")
    assert not is_in(again)
    assert again.enter("000000").status_code == 200
    assert not is_in(again)
    assert again.enter(again.code(1)).status_code == 302
    assert is_in(again)


def test_a_code_opens_once(site: Flask) -> None:
    ayu = people.staff(site)
    first, second = (Visitor(site, site.test_client(), ayu.key) for _ in range(2))
    code = ayu.code(1)
    first.log_in(STAFF)
    assert first.enter(code).status_code == 302
    second.log_in(STAFF)
    assert second.enter(code).status_code == 200
    assert not is_in(second)


def test_guessing_codes_puts_the_account_to_rest(site: Flask) -> None:
    ayu = people.staff(site)
    again = Visitor(site, site.test_client(), ayu.key)
    again.log_in(STAFF)
    for number in range(MOST_FAILURES):
        again.enter(f"{number:06d}")
    assert again.enter(again.code(1)).status_code == 200
    assert not is_in(again)


def test_staff_cannot_switch_the_second_factor_off(site: Flask) -> None:
    ayu = people.staff(site)
    ayu.post("/account/second-factor", setup="disable")
    with site.app_context():
        assert accounts.get_account(STAFF).tf_primary_method == "authenticator"


def test_the_authenticator_s_secret_is_not_kept_in_the_clear(site: Flask) -> None:
    ayu = people.staff(site)
    with site.app_context():
        assert ayu.key not in (accounts.get_account(STAFF).tf_totp_secret or "")


@pytest.mark.parametrize("path", ["/account/tf-rescue", "/account/tf-select"])
def test_there_is_no_way_around_the_code(site: Flask, path: str) -> None:
    ayu = people.staff(site)
    again = visitor(site)
    again.log_in(STAFF)
    token = again.token("/account/code")
    assert again.client.post(path, data={"csrf_token": token, "help_setup": "email"}).status_code == 404
    assert again.client.get("/account/second-factor").status_code == 302
    assert not is_in(again) and is_in(ayu)


def test_who_lost_a_telephone_sets_up_another(site: Flask) -> None:
    ayu = people.staff(site)
    with site.app_context():
        accounts.forget_second_factor(STAFF)
    assert not is_in(ayu)
    again = visitor(site)
    assert again.log_in(STAFF).location == "/account/second-factor"


# --- sessions ----------------------------------------------------------------------------------------------------


def test_a_copied_cookie_is_worth_nothing_after_the_log_out(ani: Visitor) -> None:
    ani.log_in(TRAVELLER)
    thief = visitor(ani.app)
    thief.client.set_cookie("session", cookie(ani))
    assert is_in(thief)
    ani.post("/account/log-out")
    assert not is_in(thief)


def test_logging_in_gives_the_session_a_new_name(ani: Visitor) -> None:
    ani.token()
    before = cookie(ani)
    ani.log_in(TRAVELLER)
    inside = cookie(ani)
    ani.post("/account/log-out")
    assert len({before, inside, cookie(ani)}) == 3
    assert inside.startswith("s.") and not before.startswith("s.")


def test_a_session_that_somebody_planted_does_not_become_the_victim_s(site: Flask) -> None:
    """Session fixation: the name known before the second step is not the one after it."""
    with site.app_context():
        people.open_account(STAFF, "staff")
    ayu = visitor(site)
    ayu.log_in(STAFF)
    planted = cookie(ayu)
    ayu.set_up_second_factor()
    thief = visitor(site)
    thief.client.set_cookie("session", planted)
    assert is_in(ayu) and not is_in(thief)


def test_reading_pages_writes_no_row(site: Flask) -> None:
    stranger = visitor(site)
    for path in ("/", "/places", "/account/log-in", "/account/register"):
        stranger.client.get(path)
    stranger.post("/preferences", "/account/log-in", lang="id", next="/")
    assert rows(site) == 0


def test_a_signed_cookie_holds_nothing_that_opens(ani: Visitor) -> None:
    """What Flask would have trusted: a signed cookie with somebody's name in it."""
    with ani.app.app_context():
        name = accounts.get_account(TRAVELLER).fs_uniquifier
    signer = ani.app.session_interface.get_signing_serializer(ani.app)
    ani.client.set_cookie("session", signer.dumps({"_user_id": name, "_fresh": True, "csrf_token": "x"}))
    assert not is_in(ani)
    assert "_user_id" not in LIGHT


def test_the_table_does_not_give_cookies_away(ani: Visitor) -> None:
    ani.log_in(TRAVELLER)
    with ani.app.app_context():
        (row,) = db.session.scalars(select(WebSession)).all()
    assert row.id == hashed(cookie(ani)) and cookie(ani) not in row.data
    thief = visitor(ani.app)
    thief.client.set_cookie("session", f"s.{row.id}")
    assert not is_in(thief)


def test_one_can_log_out_elsewhere(ani: Visitor) -> None:
    ani.log_in(TRAVELLER)
    phone, tablet = visitor(ani.app), visitor(ani.app)
    phone.log_in(TRAVELLER)
    tablet.log_in(TRAVELLER)
    ani.post("/account/sessions/end", session=hashed(cookie(phone)))
    assert (is_in(ani), is_in(phone), is_in(tablet)) == (True, False, True)
    ani.post("/account/sessions/end")
    assert (is_in(ani), is_in(tablet)) == (True, False)


def test_nobody_ends_another_s_session(ani: Visitor) -> None:
    ayu = people.staff(ani.app)
    ani.log_in(TRAVELLER)
    ani.post("/account/sessions/end", session=hashed(cookie(ayu)))
    assert is_in(ayu)


def test_a_session_ends_when_its_time_is_up(ani: Visitor) -> None:
    for column in ("idle_until", "ends_at"):
        ani.log_in(TRAVELLER)
        assert is_in(ani)
        with ani.app.app_context(), transaction() as session:
            session.execute(update(WebSession).values({column: datetime.now(UTC) - timedelta(seconds=1)}))
        assert not is_in(ani)
    ani.log_in(TRAVELLER)
    assert rows(ani.app) == 1  # those that had ended were swept away


def test_staff_s_sessions_end_sooner(site: Flask) -> None:
    ayu, ani = people.staff(site), visitor(site)
    ani.log_in(TRAVELLER)
    with site.app_context():
        now = datetime.now(UTC)
        of_staff = web_sessions.list_sessions(accounts.get_account(STAFF).id, now)[0]
        of_ani = web_sessions.list_sessions(accounts.get_account(TRAVELLER).id, now)[0]
    assert of_staff.ends_at - of_staff.created_at == timedelta(hours=12)
    assert of_staff.idle_until < of_ani.idle_until
    assert is_in(ayu)


def test_a_request_does_not_bring_back_a_session_that_was_ended_meanwhile(site: Flask) -> None:
    with site.app_context():
        now = datetime.now(UTC)
        later = now + timedelta(hours=1)
        web_sessions.add_session("a" * 64, None, "{}", "", now, later, later)
        assert web_sessions.end_session("a" * 64)
        web_sessions.keep_session("a" * 64, '{"_user_id": "x"}', now, later)
        assert web_sessions.find_session("a" * 64, now) is None


def test_a_database_that_is_away_does_not_log_anybody_out(ani: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    ani.log_in(TRAVELLER)

    def away(*_: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(web_sessions, "find_session", away)
        assert not is_in(ani)
    assert is_in(ani)


def test_pictures_do_not_ask_for_the_session(ani: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    ani.log_in(TRAVELLER)

    def asked(*_: object) -> None:
        raise AssertionError("the session was read")

    with monkeypatch.context() as watched:
        watched.setattr(web_sessions, "find_session", asked)
        assert ani.client.get("/static/img/mark.svg").status_code == 200
    assert is_in(ani)


def test_on_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    app = laid_out(tmp_path, "", SITE_URL="https://trips.example")
    with app.app_context():
        people.open_account(TRAVELLER, "traveller")
    here = app.test_client()
    page = here.get("/account/log-in", base_url="https://trips.example")
    answer = here.post(
        "/account/log-in",
        base_url="https://trips.example",
        headers={"Referer": "https://trips.example/account/log-in"},
        data={"email": TRAVELLER, "password": PASSWORD, "csrf_token": people.token_of(page)},
    )
    (set_cookie,) = (one for one in answer.headers.getlist("Set-Cookie") if "session" in one)
    assert set_cookie.startswith("__Host-session=s.")
    assert all(word in set_cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in set_cookie


# --- passwords ---------------------------------------------------------------------------------------------------


def test_a_new_password_comes_by_mail_once_and_ends_every_session(ani: Visitor, mails: list[Mail]) -> None:
    ani.log_in(TRAVELLER)
    other = visitor(ani.app)
    other.post("/account/reset", "/account/reset", email=TRAVELLER)
    (mail,) = mails
    assert mail.to == TRAVELLER
    path = link_in(mail)
    done = other.post(path, path, password=NEW_PASSWORD, password_confirm=NEW_PASSWORD)
    assert (done.status_code, done.location) == (302, "/account/log-in")
    assert not is_in(ani)
    assert other.log_in(TRAVELLER, PASSWORD).status_code == 200
    assert other.log_in(TRAVELLER, NEW_PASSWORD).status_code == 302
    late = visitor(ani.app)
    again = late.client.get(path)
    assert again.status_code == 302 and path not in again.location


def test_asking_for_an_unknown_address_says_the_same_and_sends_nothing(ani: Visitor, mails: list[Mail]) -> None:
    known = ani.post("/account/reset", "/account/reset", email=TRAVELLER)
    unknown = ani.post("/account/reset", "/account/reset", email="nobody@home.example")
    assert known.status_code == unknown.status_code
    assert [mail.to for mail in mails] == [TRAVELLER]


def test_staff_still_need_their_code_after_a_new_password(site: Flask, mails: list[Mail]) -> None:
    ayu = people.staff(site)
    again = Visitor(site, site.test_client(), ayu.key)
    again.post("/account/reset", "/account/reset", email=STAFF)
    path = link_in(mails[-1])
    again.post(path, path, password=NEW_PASSWORD, password_confirm=NEW_PASSWORD)
    assert not is_in(again) and not is_in(ayu)
    assert again.log_in(STAFF, NEW_PASSWORD).location.startswith("/account/code")


def test_changing_the_password_logs_out_everywhere_else(ani: Visitor, mails: list[Mail]) -> None:
    ani.log_in(TRAVELLER)
    phone = visitor(ani.app)
    phone.log_in(TRAVELLER)
    fresh = {"password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    assert ani.post("/account/change", "/account/change", **fresh).status_code == 302
    assert (is_in(ani), is_in(phone)) == (True, False)
    assert "set anew" in mails[0].text


def test_registering_needs_a_mail_and_a_password_that_is_not_common(site: Flask, mails: list[Mail]) -> None:
    new, form = visitor(site), {"email": "cit@home.example"}
    for weak in ("short", "P@ssw0rd2026!"):
        page = new.post("/account/register", "/account/register", password=weak, password_confirm=weak, **form)
        assert page.status_code == 200 and 'class="err"' in page.text
    done = new.post("/account/register", "/account/register", password=PASSWORD, password_confirm=PASSWORD, **form)
    assert done.status_code == 302
    assert new.log_in("cit@home.example").status_code == 200  # not confirmed yet
    assert new.client.get(link_in(mails[-1])).status_code == 302
    assert new.log_in("cit@home.example").status_code == 302
    with site.app_context():
        assert accounts.get_account("cit@home.example").roles == []


def test_registering_a_known_address_looks_the_same_and_tells_its_owner(site: Flask, mails: list[Mail]) -> None:
    new = visitor(site)
    form = {"email": TRAVELLER, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
    assert new.post("/account/register", "/account/register", **form).status_code == 302
    assert "There is one already" in mails[-1].text
    assert new.log_in(TRAVELLER, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["P@ssw0rd2026!", "passwordpassword", "qwertyuiop1", "1234567890", "aaaaaaaaaa", "Bismillah123", "sayangku2024",
     "iloveyou123!", "abcdefghij", "lintasbali1", "welcomeadmin", "0987654321"],
)  # fmt: skip
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", [PASSWORD, "kuda hijau lari pagi", "xK9#mPq2vLw!", "correct horse battery staple"])
def test_other_passwords_are_taken(password: str) -> None:
    assert not is_common(password, "ani@home.example")


def test_one_s_own_address_is_no_password() -> None:
    assert is_common("ferdinand2026", "ferdinand@home.example")
    assert not is_common("ferdinand2026", "ani@home.example")


# --- the ground --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["changeme", "x" * 31])
def test_a_public_site_refuses_a_weak_account_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="ACCOUNT_KEY"):
        settings_in(tmp_path, SITE_URL="https://trips.example", ACCOUNT_KEY=key)


def test_the_account_key_is_made_once_and_is_not_the_key_of_cookies(tmp_path: Path) -> None:
    first: Settings = settings_in(tmp_path)
    assert first.account_secret == settings_in(tmp_path).account_secret != first.secret
    assert (tmp_path / "account_key").stat().st_mode & 0o077 == 0


def test_accounts_survive_a_new_key_of_cookies(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    before = laid_out(tmp_path, address, SECRET_KEY="a" * 40)
    ayu = people.staff(before)
    after = Visitor(laid_out(tmp_path, address, SECRET_KEY="b" * 40), None, ayu.key)  # type: ignore[arg-type]
    after.client = after.app.test_client()
    assert after.log_in(STAFF).location.startswith("/account/code")
    assert after.enter(after.code(1)).status_code == 302


def test_the_store_keeps_what_was_changed_without_being_put(site: Flask) -> None:
    with site.app_context():
        account = accounts.get_account(TRAVELLER)
        account.active = False
        accounts.account_store.commit()
        db.session.remove()
        assert accounts.get_account(TRAVELLER).active is False


def test_an_account_has_one_row_however_often_it_is_opened(site: Flask) -> None:
    with site.app_context():
        people.open_account(TRAVELLER.upper(), "staff")
        assert [role.name for role in accounts.get_account(TRAVELLER).roles] == ["staff", "traveller"]
        assert [one.email for one in accounts.list_accounts("staff")] == [TRAVELLER]
        accounts.take_role(TRAVELLER, "staff")
        assert accounts.list_accounts("staff") == []
        with pytest.raises(NotFound):
            accounts.take_role("nobody@home.example", "staff")


@pytest.mark.parametrize("path", ["/account/log-in", "/account/register", "/account/reset"])
def test_pages_of_accounts_speak_indonesian(ani: Visitor, path: str) -> None:
    ani.client.set_cookie("lang", "id")
    assert "Alamat surel" in ani.client.get(path).text
    if path == "/account/log-in":
        assert "tidak benar" in ani.log_in(TRAVELLER, "wrong-password-here").text
