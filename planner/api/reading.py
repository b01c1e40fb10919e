"""Read what a program sent, and say of each field what was wrong with it."""

import json
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from planner.errors import Invalid
from planner.web.forms import refused

Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model]) -> dict[str, Any]:
    """Give the JSON object of the request's body after ``model`` accepted it, as it was sent.

    Raises:
        UnsupportedMediaType: the body does not call itself JSON.
        BadRequest: it is no JSON, or no object.
        Invalid: one or several fields are wrong; each has its path.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send the brief with the content type application/json.")
    body = request.get_data()
    try:
        sent = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    if not isinstance(sent, dict):
        raise BadRequest("The body must be a JSON object.")
    try:
        model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise refused(error) from error
    return sent


def read_query(model: type[Model]) -> Model:
    """Give the query as ``model`` understands it; a key that stands twice is refused.

    Raises:
        Invalid: one or several fields are wrong; each has its name.
    """
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Invalid("The query makes no sense.", gathered=[Invalid("Given twice.", field=name) for name in twice])
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise refused(error) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
