"""Write money, dates, hours and names the way the reader's language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import Domain, get_locale
from flask_babel import gettext as _

from planner.values.rates import Rate, round_half_away
from planner.web import icons

Money = Mapping[str, Any]
DATA = Domain(domain="data")
"""The words of the data; those of the program have their own catalogue, so that collecting them drops none of these."""
SIGNS = {"USD": "US$", "EUR": "€", "AUD": "A$", "SGD": "S$"}
WHOLE_FROM = 10
"""From so many units on an approximate amount is written without its cents: they would look like a promise."""


def language() -> str:
    """The reader's language, `en` or `id`."""
    locale = get_locale()
    return locale.language if locale else "en"


def _amount(money: Money | int | float) -> float:
    if isinstance(money, (int, float)):
        return money
    return money["amount"] / 10 ** money.get("precision", 0)


def number(value: float, pattern: str = "#,##0.##") -> str:
    """A number with the reader's grouping: 1,250,000 or 1.250.000."""
    return format_decimal(value, pattern, locale=language())


def money(value: Money | int, sign: bool = True) -> str:
    """Whole money: `IDR 1,250,000`, in Indonesian `Rp1.250.000`; without its sign inside a table that names it."""
    if not sign:
        return number(_amount(value), "#,##0")
    currency = "IDR" if isinstance(value, int) else value["currency"]
    pattern = "¤#,##0" if language() == "id" else "¤¤ #,##0"
    digits = 0 if currency == "IDR" else 2
    text = format_currency(
        _amount(value),
        currency,
        pattern + ("." + "0" * digits if digits else ""),
        locale=language(),
        currency_digits=False,
    )
    return text.replace(" ", "\u00a0")


def rounded_money(value: Money | int) -> str:
    """Money rounded as an estimate should be: `IDR 12.3 m`, `Rp12,3 jt`; below a million to the next thousand."""
    amount = _amount(value)
    sign = "Rp" if language() == "id" else "IDR\u00a0"
    if amount < 1_000_000:
        return sign + number(-(-amount // 1000) * 1000, "#,##0")
    pattern = "#,##0" if amount >= 100_000_000 else "#,##0.0"
    return _("%(sign)s%(number)s m", sign=sign, number=number(amount / 1_000_000, pattern)).replace(" ", "\u00a0")


def signed(digits: str, currency: str) -> str:
    """Digits with the sign of their currency: `US$ 1`."""
    return f"{SIGNS.get(currency, currency)}\u00a0{digits}"


def converted(value: Money | int, rate: Rate | None) -> str:
    """What rupiah come to, as a guide: `≈ US$ 123`; nothing without a rate, and nothing for nothing."""
    amount = round(_amount(value))
    if not rate or not amount:
        return ""
    exact = rate.exact(amount)
    if abs(exact) >= WHOLE_FROM:
        digits = number(round_half_away(exact), "#,##0")
    else:
        small = rate.convert(amount)
        digits = number(float(Fraction(small.amount, 10**small.precision)), "0." + "0" * small.precision)
    return f"≈\u00a0{signed(digits, rate.currency)}"


def beside(value: Money | int, rate: Rate | None, is_dated: bool = False) -> str:
    """Rupiah first, what they come to beside them: `IDR 1,250,000 (≈ US$ 69)`; dated, where no note tells the rate."""
    about = converted(value, rate)
    if not rate or not about:
        return money(value)
    if is_dated:
        on = format_date(rate.on, "d MMM y", locale=language()).replace(".", "")
        about = _("%(about)s at the rate of %(day)s", about=about, day=on)
    return f"{money(value)} ({about})"


def percent(share: float) -> str:
    """A share of one as whole percent."""
    return _("%(number)s %%", number=round(share * 100)).replace(" ", "\u00a0")


def hours(minutes: int, short: bool = False) -> str:
    """A span: `1 h 45 min`; short drops the minutes above a day's travel: `27 h`."""
    whole, rest = divmod(int(minutes), 60)
    if short and whole >= 5:
        whole, rest = round(minutes / 60), 0
    if not whole:
        text = _("%(m)d min", m=rest)
    elif not rest:
        text = _("%(h)d h", h=whole)
    else:
        text = _("%(h)d h %(m)d min", h=whole, m=rest)
    return text.replace(" ", "\u00a0")


def as_date(value: str | date) -> date:
    """Read an ISO date, or the date of an ISO time."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def day(value: str | date, pattern: str = "EEE d MMMM") -> str:
    """A day: `Sun 14 March`."""
    return format_date(as_date(value), pattern, locale=language()).replace(".", "")


def full_day(value: str | date) -> str:
    """A day with its year: `14 March 2027`."""
    return format_date(as_date(value), "d MMMM y", locale=language())


def month(value: int, width: str = "MMM") -> str:
    """A month's name, 1 to 12."""
    return format_date(date(2027, value, 1), width.replace("M", "L"), locale=language()).replace(".", "")


def weekday(value: int) -> str:
    """A weekday's name, 0 for Monday to 6."""
    return format_date(date(2027, 2, 1 + value), "EEEE", locale=language())


def clock(value: str | datetime) -> str:
    """A local time of day, read from a moment or from `09:30` alone: `09:30`, in Indonesian `09.30`."""
    moment: datetime | time
    if isinstance(value, str):
        moment = time.fromisoformat(value) if len(value) <= len("09:30:00") else datetime.fromisoformat(value)
    else:
        moment = value
    return format_time(moment, "HH.mm" if language() == "id" else "HH:mm", tzinfo=moment.tzinfo, locale=language())


def span(first: str | date, last: str | date) -> str:
    """Two days as one span: `14 to 25 March 2027`; what both share is said once."""
    a, b = as_date(first), as_date(last)
    if a == b:
        return full_day(a)
    pattern = "d" if (a.year, a.month) == (b.year, b.month) else "d MMMM" if a.year == b.year else "d MMMM y"
    return _("%(first)s to %(last)s", first=format_date(a, pattern, locale=language()), last=full_day(b))


def say(text: str | None) -> str:
    """What the data say (a title, a rule's text, an island's name) in the reader's language, or as it stands."""
    return str(DATA.gettext(text)) if text else ""


def register(app: Flask) -> None:
    """Give every template these ways of writing, and its icons."""
    for write in (number, money, rounded_money, percent, hours, day, full_day, month, weekday, clock, span, say):
        app.add_template_filter(write)
    for write_about in (converted, beside):
        app.add_template_filter(write_about)
    icons.register(app)
