"""The OpenAPI document: valid, complete, and about the routes that exist."""

import re

from openapi_spec_validator import OpenAPIV31SpecValidator


def test_the_document_is_valid_openapi(document):
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert document["openapi"].startswith("3.1")


def test_every_route_of_the_api_is_described_and_none_is_made_up(app, document):
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, held in document["paths"].items() for method in held}
    assert described == routes


def test_every_field_and_parameter_says_what_it_means(document):
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]
    silent += [
        f"{path} {parameter['name']}"
        for path, held in document["paths"].items()
        for operation in held.values()
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert silent == []


def test_every_operation_names_its_errors(document):
    for held in document["paths"].values():
        for operation in held.values():
            assert {"200", "429", "500"} <= set(operation["responses"])
            assert operation["operationId"] and operation["summary"] and operation["description"]


def test_the_page_for_people_takes_nothing_from_elsewhere(client):
    page = client.get("/api/docs").get_data(as_text=True)
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', page)
    assert addresses and all(address.startswith("/") for address in addresses)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    for address in addresses:
        if address.startswith("/static/"):
            assert client.get(address).status_code == 200, address
