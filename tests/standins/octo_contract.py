"""Holds what goes over the wire against the shapes of the OCTO specification."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

HOME = "urn:octo"
DOCUMENT = json.loads((Path(__file__).parent / "octo-schemas.json").read_text())
ASKED = {
    "availability": "AvailabilityCheckBody",
    "book": "BookingReservationBody",
    "confirm": "BookingConfirmationBody",
    "cancel": "BookingCancellationBody",
}
TOLD = {"book": "Booking", "confirm": "Booking", "cancel": "Booking", "get": "Booking"}
LISTED = {"availability": "Availability", "products": "Product"}


def _as_json_schema(node: Any, strict: bool) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema; no property that the specification does not know where `strict`."""
    if isinstance(node, list):
        return [_as_json_schema(item, strict) for item in node]
    if not isinstance(node, dict):
        return node
    turned = {
        key: {name: _as_json_schema(item, strict) for name, item in value.items()}
        if key == "properties"
        else _as_json_schema(value, strict)
        for key, value in node.items()
        if key not in ("nullable", "format")
    }
    if "$ref" in turned:
        turned["$ref"] = HOME + turned["$ref"]
    if strict and "properties" in turned and "allOf" not in turned:
        turned["additionalProperties"] = False
    if "allOf" in turned:
        turned.pop("type", None)
    return {"anyOf": [turned, {"type": "null"}]} if node.get("nullable") is True else turned


_SCHEMAS = {"components": {"schemas": _as_json_schema(DOCUMENT["components"]["schemas"], strict=True)}}
_REGISTRY: Registry[Any] = Registry().with_resource(HOME, Resource(_SCHEMAS, DRAFT202012))


def problems(exchange: dict[str, Any]) -> list[str]:
    """List what is wrong with a request and its answer."""
    on, told = exchange["on"], exchange["told"]
    found = _problems(ASKED[on], exchange["asked"]) if on in ASKED else []
    if exchange["status"] != 200:
        return found + ([] if {"error", "errorMessage"} <= set(told) else ["an error without a name"])
    if on in LISTED:
        return found + [problem for one in told for problem in _problems(LISTED[on], one)]
    return found + _problems(TOLD[on], told)


def _problems(name: str, value: Any) -> list[str]:
    validator = Draft202012Validator({"$ref": f"{HOME}#/components/schemas/{name}"}, registry=_REGISTRY)
    return [f"{name}: {error.json_path}: {error.message}" for error in validator.iter_errors(value)]
