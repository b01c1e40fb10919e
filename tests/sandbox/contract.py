"""Holds what goes over the wire against Stripe's OpenAPI description.

Requests are read by the description's own types, so that a form's text becomes the integer or list it stands for.
Objects in answers may have no property that the description does not know.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = json.loads((Path(__file__).parent / "stripe-openapi.json").read_text())
HOME = "urn:stripe"


def _as_json_schema(node: Any, strict: bool) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema: ``nullable`` and, where asked, no unknown properties."""
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
    if "$ref" in turned and isinstance(turned["$ref"], str):
        turned["$ref"] = HOME + turned["$ref"]
    if strict and isinstance(turned.get("properties"), dict) and "additionalProperties" not in turned:
        turned["additionalProperties"] = False
    return {"anyOf": [turned, {"type": "null"}]} if node.get("nullable") is True else turned


_ANSWERS = {"components": {"schemas": _as_json_schema(DOCUMENT["components"]["schemas"], strict=True)}}
_REGISTRY: Registry[Any] = Registry().with_resource(HOME, Resource(_ANSWERS, DRAFT202012))


def _operation(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    steps = path.split("/")
    fits = []
    for template, methods in DOCUMENT["paths"].items():
        names = template.split("/")
        if (
            len(names) == len(steps)
            and all(n == s or n[:1] == "{" for n, s in zip(names, steps, strict=True))
            and method.lower() in methods
        ):
            fits.append((template.count("{"), template, methods[method.lower()]))
    return min(fits)[1:] if fits else None


def request_problems(method: str, path: str, query: str, body: str) -> list[str]:
    """Give what is wrong with a request by the description; nothing when it is right."""
    found = _operation(method, path)
    if found is None:
        return [f"{method} {path} is not in the description"]
    template, operation = found
    problems = []
    if method == "POST":
        schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        problems += _form_problems(body, schema)
    else:
        properties = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
        problems += _form_problems(query, {"type": "object", "properties": properties, "additionalProperties": False})
    return [f"{method} {template}: {problem}" for problem in problems]


def answer_problems(method: str, path: str, status: int, body: Any) -> list[str]:
    """Give what is wrong with an answer by the description; nothing when it is right."""
    found = _operation(method, path)
    schema: Any = {"$ref": "#/components/schemas/error"}
    if status == 200:
        if found is None:
            return [f"{method} {path} is not in the description, yet it was answered"]
        schema = found[1]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(_as_json_schema(schema, strict=True), registry=_REGISTRY)
    return [f"{method} {path} {status}: {problem}" for problem in _told(validator.iter_errors(body))]


def event_problems(event: Any) -> list[str]:
    """Give what is wrong with an event and with the object that it carries."""
    problems = []
    for name, subject in (("event", event), (event["data"]["object"]["object"], event["data"]["object"])):
        schema = {"$ref": f"{HOME}#/components/schemas/{name}"}
        problems += _told(Draft202012Validator(schema, registry=_REGISTRY).iter_errors(subject))
    return [f"{event['type']}: {problem}" for problem in problems]


def _told(errors: Any) -> Iterator[str]:
    for error in errors:
        deepest = _deepest(error)
        yield f"{deepest.json_path} {deepest.message[:300]}"


def _deepest(error: ValidationError) -> ValidationError:
    """Give of the branches of an ``anyOf`` the complaint that got furthest into the object."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def _form_problems(text: str, schema: dict[str, Any]) -> list[str]:
    try:
        value = _typed(_tree(text), schema)
    except ValueError as error:
        return [str(error)]
    return list(_told(Draft202012Validator(_as_json_schema(schema, strict=False)).iter_errors(value)))


def _tree(text: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = name.replace("]", "").split("[")
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = value
    return tree


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """Read a form's text by its schema; text stays text where nothing fits, for the validator to refuse."""
    if "anyOf" in schema:
        for branch in schema["anyOf"]:
            candidate = _typed(value, branch)
            if not list(Draft202012Validator(_as_json_schema(branch, strict=False)).iter_errors(candidate)):
                return candidate
        return value
    kind = schema.get("type")
    if kind == "object" and isinstance(value, dict):
        inner, rest = schema.get("properties", {}), schema.get("additionalProperties")
        others = rest if isinstance(rest, dict) else {}
        return {name: _typed(item, inner.get(name, others)) for name, item in value.items()}
    if kind == "array" and isinstance(value, dict) and all(name.isdigit() or not name for name in value):
        return [_typed(value[name], schema["items"]) for name in sorted(value, key=lambda n: int(n or 0))]
    if kind == "integer" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if kind == "number" and isinstance(value, str):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
