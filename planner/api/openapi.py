"""Write the OpenAPI document from the same models that read requests and check answers in the tests."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from planner import __version__
from planner.api import answer
from planner.api.catalogue import PackageQuery, PlaceQuery
from planner.api.journeys import JourneyQuery
from planner.web.brief import Brief

REF = "#/components/schemas/{model}"
ANSWERS: tuple[type[BaseModel], ...] = (
    answer.Answer,
    answer.Place,
    answer.Places,
    answer.Packages,
    answer.Journeys,
    answer.Problem,
)
WRONG = {
    400: "The body is not JSON, or no object.",
    404: "There is no such thing.",
    413: "The body is too large.",
    415: "The body does not call itself JSON.",
    422: "Some fields are wrong; `errors` names each with its path.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "Something failed on our side; name the request id when you ask about it.",
    503: "Not available at the moment.",
}


def write_document(server: str = "/") -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of this API, with ``server`` as its address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lintas API",
            "version": __version__,
            "summary": "Trips from Bali over Lombok, Sumbawa and Komodo to Flores.",
            "description": "Times are ISO 8601 with offset, money is in whole minor units. Prices are the high end of a"
            " range, with the low end beside it. Requests are counted for each address.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [
            {"name": "Plans", "description": "Whole trips."},
            {"name": "Journeys", "description": "From A to B."},
            {"name": "Catalogue", "description": "What trips are made of."},
        ],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


def _paths() -> dict[str, Any]:
    return {
        "/api/v1/plans": {
            "post": {
                "operationId": "makePlan",
                "tags": ["Plans"],
                "summary": "Plan a trip",
                "description": "Gives itineraries that fit the brief, none dominated by another, or a refusal with its"
                " reasons and the smallest changes that help. The same brief on the same data gives the same answer.",
                "requestBody": {
                    "required": True,
                    "description": "What the party wants.",
                    "content": {"application/json": {"schema": _ref("Brief")}},
                },
                "responses": _responses("Answer", "Itineraries, or a refusal.", 400, 413, 415, 422, 429, 500, 503),
            }
        },
        "/api/v1/journeys": {
            "get": {
                "operationId": "listJourneys",
                "tags": ["Journeys"],
                "summary": "Find the ways from A to B on a day",
                "description": "Gives the ways of which none is worse than another in everything.",
                "parameters": _parameters(JourneyQuery),
                "responses": _responses(
                    "Journeys", "The ways; an empty list where there is none.", 404, 422, 429, 500, 503
                ),
            }
        },
        "/api/v1/places": {
            "get": {
                "operationId": "listPlaces",
                "tags": ["Catalogue"],
                "summary": "List places and hubs",
                "description": "Ids of places and hubs are what briefs name.",
                "parameters": _parameters(PlaceQuery),
                "responses": _responses("Places", "Places and hubs by name.", 422, 429, 500),
            }
        },
        "/api/v1/places/{place_id}": {
            "get": {
                "operationId": "getPlace",
                "tags": ["Catalogue"],
                "summary": "Get one place or hub",
                "description": "Gives what is known of a place or hub.",
                "parameters": [
                    {
                        "name": "place_id",
                        "in": "path",
                        "required": True,
                        "description": "Id of the place or hub.",
                        "schema": {"type": "string"},
                    }
                ],
                "responses": _responses("Place", "The place.", 404, 429, 500),
            }
        },
        "/api/v1/packages": {
            "get": {
                "operationId": "listPackages",
                "tags": ["Catalogue"],
                "summary": "List packages",
                "description": "Lists tours and activities that plans may contain.",
                "parameters": _parameters(PackageQuery),
                "responses": _responses("Packages", "Packages by id.", 422, 429, 500),
            }
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": REF.format(model=name)}


def _responses(model: str, words: str, *wrong: int) -> dict[str, Any]:
    good = {"200": {"description": words, "content": {"application/json": {"schema": _ref(model)}}}}
    bad = {
        str(status): {
            "description": WRONG[status],
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
        for status in wrong
    }
    return {**good, **bad}


def _parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema()
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": about.pop("description"),
            "schema": {key: value for key, value in about.items() if key != "title"},
        }
        for name, about in schema["properties"].items()
    ]


def _schemas() -> dict[str, Any]:
    _names, asked = models_json_schema([(Brief, "validation")], ref_template=REF)
    _names, told = models_json_schema([(model, "serialization") for model in ANSWERS], ref_template=REF)
    schemas: dict[str, Any] = {**asked["$defs"], **told["$defs"]}
    for schema in schemas.values():
        for about in schema.get("properties", {}).values():
            about.pop("title", None)
    return dict(sorted(schemas.items()))
