"""What is sold and by whom: Supplier, Product, Option and Unit as OCTO names them, with terms and provenance.

Supplier 1--n Product 1--n Option 1--n Unit
                      1--n CancelTier
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.columns import ExactDecimal
from planner.store.db import Base, db
from planner.store.rows import ReferenceRow, replace_rows


class Supplier(ReferenceRow, Base):
    """An operator; a placeholder until somebody claims it."""

    __tablename__ = "supplier"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    endpoint: Mapped[str] = mapped_column(String(200))
    contact: Mapped[dict[str, Any]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(20))
    province: Mapped[str] = mapped_column(String(40), index=True)
    is_placeholder: Mapped[bool]


class Product(ReferenceRow, Base):
    """A package or a house; `facts` are the planning columns that have none of their own here."""

    __tablename__ = "product"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    supplier_id: Mapped[str] = mapped_column(ForeignKey("supplier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    title: Mapped[str] = mapped_column(String(200))
    place_id: Mapped[str] = mapped_column(String(40), index=True)
    is_retired: Mapped[bool] = mapped_column(default=False)
    internal_name: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(60))
    allow_freesale: Mapped[bool]
    instant_confirmation: Mapped[bool]
    instant_delivery: Mapped[bool]
    availability_required: Mapped[bool]
    availability_type: Mapped[str] = mapped_column(String(20))
    delivery_formats: Mapped[list[str]] = mapped_column(JSON)
    delivery_methods: Mapped[list[str]] = mapped_column(JSON)
    redemption_method: Mapped[str] = mapped_column(String(20))
    default_currency: Mapped[str] = mapped_column(String(3))
    available_currencies: Mapped[list[str]] = mapped_column(JSON)
    pricing_per: Mapped[str] = mapped_column(String(10))
    sales_close_h: Mapped[int | None]
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class Option(ReferenceRow, Base):
    """A variation of a product; ours have one each, `DEFAULT`."""

    __tablename__ = "product_option"

    product_id: Mapped[str] = mapped_column(ForeignKey("product.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_default: Mapped[bool]
    internal_name: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(80))
    start_times: Mapped[list[str]] = mapped_column(JSON)
    cancel_cutoff: Mapped[str] = mapped_column(Text)
    cancel_cutoff_amount: Mapped[int]
    cancel_cutoff_unit: Mapped[str] = mapped_column(String(10))
    contact_fields: Mapped[list[str]] = mapped_column(JSON)
    min_units: Mapped[int | None]
    max_units: Mapped[int | None]
    pricing_from: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Unit(ReferenceRow, Base):
    """A kind of ticket: adult, child, a room for a night."""

    __tablename__ = "product_unit"
    __table_args__ = (
        ForeignKeyConstraint(["product_id", "option_id"], ["product_option.product_id", "product_option.id"]),
    )

    product_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    option_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    internal_name: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(20))
    restrictions: Mapped[dict[str, Any]] = mapped_column(JSON)
    contact_fields: Mapped[list[str]] = mapped_column(JSON)
    pricing_from: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))


class CancelTier(Base):
    """So much is paid back to whoever cancels at least so many hours before the start."""

    __tablename__ = "cancel_tier"
    __table_args__ = (CheckConstraint("hours_before >= 0", name="hours_not_negative"),)

    product_id: Mapped[str] = mapped_column(ForeignKey("product.id"), primary_key=True)
    hours_before: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    refund_share: Mapped[Decimal] = mapped_column(ExactDecimal)


def get_product(product_id: str) -> Product:
    """Find a product.

    Raises:
        NotFound: no product has this id, or it is sold no more.
    """
    product = db.session.get(Product, product_id)
    if product is None or product.is_retired:
        raise NotFound(f"there is no product {product_id}", code="no_such_product", params={"product_id": product_id})
    return product


def list_suppliers(session: Session) -> list[dict[str, Any]]:
    """List every supplier as an OCTO Supplier with our extension."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "endpoint": row.endpoint,
            "contact": row.contact,
            "lintas": {"kind": row.kind, "province": row.province, "is_placeholder": row.is_placeholder},
        }
        for row in session.scalars(select(Supplier).order_by(Supplier.position))
    ]


def list_products(session: Session) -> list[dict[str, Any]]:
    """List every product on sale as an OCTO Product with our extension."""
    units: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for unit in session.scalars(select(Unit).order_by(Unit.position)):
        units.setdefault((unit.product_id, unit.option_id), []).append(_unit_as_octo(unit))
    options: dict[str, list[dict[str, Any]]] = {}
    for option in session.scalars(select(Option).order_by(Option.position)):
        options.setdefault(option.product_id, []).append(
            _option_as_octo(option, units.get((option.product_id, option.id), []))
        )
    tiers: dict[str, list[list[float]]] = {}
    for tier in session.scalars(select(CancelTier).order_by(CancelTier.product_id, CancelTier.hours_before.desc())):
        tiers.setdefault(tier.product_id, []).append([tier.hours_before, float(tier.refund_share)])
    return [
        _product_as_octo(product, options.get(product.id, []), tiers.get(product.id))
        for product in session.scalars(select(Product).where(~Product.is_retired).order_by(Product.position))
    ]


def replace_suppliers(session: Session, suppliers: Iterable[Mapping[str, Any]]) -> None:
    """Add and change suppliers; those with products are never taken away."""
    rows = [
        {
            "id": item["id"],
            "name": item["name"],
            "endpoint": item["endpoint"],
            "contact": item["contact"],
            **item["lintas"],
        }
        for item in suppliers
    ]
    kept = {row["id"] for row in rows}
    for stored in session.scalars(select(Supplier).where(Supplier.id.not_in(kept))):
        rows.append(
            {
                column.name: getattr(stored, column.name)
                for column in Supplier.__table__.columns
                if column.name not in ReferenceRow.INTERNAL
            }
        )
    replace_rows(session, Supplier, rows)


def replace_products(session: Session, products: Iterable[Mapping[str, Any]]) -> None:
    """Add and change products with their options, units and terms; one that is gone is retired, for its bookings."""
    rows, options, units, tiers = [], [], [], []
    for product in products:
        rows.append(_product_from_octo(product))
        for option in product["options"]:
            options.append(_option_from_octo(product["id"], option))
            units += [_unit_from_octo(product["id"], option["id"], unit) for unit in option["units"]]
        tiers += [
            {"product_id": product["id"], "hours_before": int(hours), "refund_share": Decimal(str(share))}
            for hours, share in product["lintas"].get("cancel_tiers", [])
        ]
    kept = {row["id"] for row in rows}
    for stored in session.scalars(select(Product).where(Product.id.not_in(kept))):
        rows.append(
            {
                column.name: getattr(stored, column.name)
                for column in Product.__table__.columns
                if column.name not in ReferenceRow.INTERNAL
            }
            | {"is_retired": True}
        )
        options += [_values(option) for option in session.scalars(select(Option).where(Option.product_id == stored.id))]
    replace_rows(session, Product, rows)
    session.execute(delete(Unit))
    replace_rows(session, Option, options)
    replace_rows(session, Unit, units)
    session.execute(delete(CancelTier))
    if tiers:
        session.execute(insert(CancelTier), tiers)


def _values(stored: Any) -> dict[str, Any]:
    return {
        column.name: getattr(stored, column.name)
        for column in stored.__table__.columns
        if column.name not in ReferenceRow.INTERNAL
    }


_OWN_FACTS = ("kind", "source", "confidence", "note", "title", "cancel_tiers")


def _product_from_octo(item: Mapping[str, Any]) -> dict[str, Any]:
    facts = item["lintas"]
    return {
        "id": item["id"],
        "supplier_id": item["supplierId"],
        "kind": facts["kind"],
        "title": facts["title"],
        "place_id": facts.get("start_id") or facts["place_id"],
        "is_retired": False,
        "internal_name": item["internalName"],
        "reference": item["reference"],
        "locale": item["locale"],
        "time_zone": item["timeZone"],
        "allow_freesale": item["allowFreesale"],
        "instant_confirmation": item["instantConfirmation"],
        "instant_delivery": item["instantDelivery"],
        "availability_required": item["availabilityRequired"],
        "availability_type": item["availabilityType"],
        "delivery_formats": item["deliveryFormats"],
        "delivery_methods": item["deliveryMethods"],
        "redemption_method": item["redemptionMethod"],
        "default_currency": item["defaultCurrency"],
        "available_currencies": item["availableCurrencies"],
        "pricing_per": item["pricingPer"],
        "sales_close_h": facts.get("cutoff_hours"),
        "source": facts["source"],
        "confidence": facts["confidence"],
        "note": facts["note"],
        "facts": {key: value for key, value in facts.items() if key not in _OWN_FACTS},
    }


def _product_as_octo(row: Product, options: list[dict[str, Any]], tiers: list[list[float]] | None) -> dict[str, Any]:
    facts = {
        "kind": row.kind,
        "title": row.title,
        **row.facts,
        "source": row.source,
        "confidence": row.confidence,
        "note": row.note,
    }
    if tiers is not None:
        facts["cancel_tiers"] = tiers
    return {
        "id": row.id,
        "internalName": row.internal_name,
        "reference": row.reference,
        "locale": row.locale,
        "timeZone": row.time_zone,
        "allowFreesale": row.allow_freesale,
        "instantConfirmation": row.instant_confirmation,
        "instantDelivery": row.instant_delivery,
        "availabilityRequired": row.availability_required,
        "availabilityType": row.availability_type,
        "deliveryFormats": row.delivery_formats,
        "deliveryMethods": row.delivery_methods,
        "redemptionMethod": row.redemption_method,
        "defaultCurrency": row.default_currency,
        "availableCurrencies": row.available_currencies,
        "pricingPer": row.pricing_per,
        "options": options,
        "supplierId": row.supplier_id,
        "lintas": facts,
    }


def _option_from_octo(product_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "id": item["id"],
        "is_default": item["default"],
        "internal_name": item["internalName"],
        "reference": item["reference"],
        "start_times": item["availabilityLocalStartTimes"],
        "cancel_cutoff": item["cancellationCutoff"],
        "cancel_cutoff_amount": item["cancellationCutoffAmount"],
        "cancel_cutoff_unit": item["cancellationCutoffUnit"],
        "contact_fields": item["requiredContactFields"],
        "min_units": item["restrictions"]["minUnits"],
        "max_units": item["restrictions"]["maxUnits"],
        "pricing_from": item["pricingFrom"],
    }


def _option_as_octo(row: Option, units: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "default": row.is_default,
        "internalName": row.internal_name,
        "reference": row.reference,
        "availabilityLocalStartTimes": row.start_times,
        "cancellationCutoff": row.cancel_cutoff,
        "cancellationCutoffAmount": row.cancel_cutoff_amount,
        "cancellationCutoffUnit": row.cancel_cutoff_unit,
        "requiredContactFields": row.contact_fields,
        "restrictions": {"minUnits": row.min_units, "maxUnits": row.max_units},
        "units": units,
        "pricingFrom": row.pricing_from,
    }


def _unit_from_octo(product_id: str, option_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "option_id": option_id,
        "id": item["id"],
        "internal_name": item["internalName"],
        "reference": item["reference"],
        "type": item["type"],
        "restrictions": item["restrictions"],
        "contact_fields": item["requiredContactFields"],
        "pricing_from": item.get("pricingFrom"),
    }


def _unit_as_octo(row: Unit) -> dict[str, Any]:
    unit: dict[str, Any] = {
        "id": row.id,
        "internalName": row.internal_name,
        "reference": row.reference,
        "type": row.type,
        "restrictions": row.restrictions,
        "requiredContactFields": row.contact_fields,
    }
    return unit if row.pricing_from is None else {**unit, "pricingFrom": row.pricing_from}
