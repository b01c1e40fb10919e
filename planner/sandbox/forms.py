"""Form bodies with nested brackets, as the ``stripe`` library sends them, read into a tree of dicts.

``items[0][price]=5&expand[]=charge`` becomes ``{"items": {"0": {"price": "5"}}, "expand": {"0": "charge"}}``: lists
stay dicts by position here, because only the reader of a parameter knows whether it is a list or has keys that look
like numbers (metadata may).
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from planner.sandbox.errors import malformed

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")

DEEPEST = 12


def parse(text: str) -> dict[str, Any]:
    """Read a query string or form body."""
    return nest(parse_qsl(text, keep_blank_values=True))


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Build the tree of pairs of name and value.

    Raises:
        ApiError: a name with brackets that do not close, or that is a value in one place and a group in another.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.match(name)
        if match is None:
            raise malformed(name, f"Invalid parameter name: {name}")
        path = [match[1], *_BRACKET.findall(match[2])]
        if len(path) > DEEPEST:
            raise malformed(name, f"Too deep: {name}")
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step or str(len(node)), {})
            if not isinstance(node, dict):
                raise malformed(name, f"{name} is a value and a group at once")
        last = path[-1] or str(len(node))
        if isinstance(node.get(last), dict):
            raise malformed(name, f"{name} is a value and a group at once")
        node[last] = value
    return tree
