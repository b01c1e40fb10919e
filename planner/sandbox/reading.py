"""Parameters taken one by one: what nobody took is refused, as Stripe refuses what it does not know."""

from typing import Any

from planner.sandbox.errors import malformed

LONGEST = 5000
METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500


class Params:
    """The parameters of a request, or of a group inside it."""

    def __init__(self, tree: dict[str, Any], path: str = "") -> None:
        self._tree = dict(tree)
        self._path = path
        self._children: list[Params] = []

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    def is_group(self, name: str) -> bool:
        return isinstance(self._tree.get(name), dict)

    def name(self, name: str) -> str:
        """Say a parameter as the request spelled it: ``line_items[0][quantity]``."""
        return f"{self._path}[{name}]" if self._path else name

    def text(self, name: str, *, limit: int = LONGEST) -> str | None:
        """Take a text; None when it was not given.

        Raises:
            ApiError: it is empty, too long, or a group.
        """
        value = self._tree.pop(name, None)
        if value is None:
            return None
        where = self.name(name)
        if isinstance(value, dict):
            raise malformed(where, f"Invalid string: {where} is a group")
        if value == "":
            raise malformed(where, f"{where} must not be empty.", "parameter_invalid_empty")
        if len(value) > limit:
            raise malformed(where, f"{where} is longer than {limit} characters.", "parameter_invalid_string")
        return str(value)

    def needed(self, name: str, *, limit: int = LONGEST) -> str:
        value = self.text(name, limit=limit)
        if value is None:
            raise self.missing(name)
        return value

    def missing(self, name: str) -> Exception:
        where = self.name(name)
        return malformed(where, f"Missing required param: {where}.", "parameter_missing")

    def whole(self, name: str) -> int | None:
        """Take an integer; None when it was not given.

        Raises:
            ApiError: it is no integer.
        """
        value = self.text(name, limit=20)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            where = self.name(name)
            raise malformed(where, f"Invalid integer: {value}", "parameter_invalid_integer") from None

    def flag(self, name: str) -> bool | None:
        value = self.choice(name, ("true", "false"))
        return None if value is None else value == "true"

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """Take one of some words.

        Raises:
            ApiError: it is another word.
        """
        value = self.text(name)
        if value is not None and value not in choices:
            where = self.name(name)
            raise malformed(where, f"Invalid {where}: must be one of {', '.join(choices)}")
        return value

    def group(self, name: str) -> "Params":
        """Take a group; an empty one when it was not given."""
        value = self._tree.pop(name, None) or {}
        if not isinstance(value, dict):
            raise malformed(self.name(name), f"Invalid object: {self.name(name)}")
        child = Params(value, self.name(name))
        self._children.append(child)
        return child

    def groups(self, name: str) -> list["Params"]:
        """Take a list of groups in order."""
        value = self._tree.pop(name, None) or {}
        where = self.name(name)
        if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
            raise malformed(where, f"Invalid array: {where}")
        found = [Params(value[key], f"{where}[{key}]") for key in _in_order(value, where)]
        self._children += found
        return found

    def words(self, name: str) -> list[str] | None:
        """Take a list of texts in order; None when it was not given."""
        value = self._tree.pop(name, None)
        if value is None or value == "":
            return None
        where = self.name(name)
        if not isinstance(value, dict) or any(isinstance(item, dict) for item in value.values()):
            raise malformed(where, f"Invalid array: {where}")
        return [str(value[key]) for key in _in_order(value, where)]

    def metadata(self, before: dict[str, str] | None = None) -> dict[str, str]:
        """Take ``metadata``, changing what was there before: an empty value removes a key, an empty group all.

        Raises:
            ApiError: more than 50 keys, or a key or value that is too long.
        """
        merged = dict(before or {})
        value = self._tree.pop("metadata", None)
        if value is None:
            return merged
        where = self.name("metadata")
        if value == "":
            return {}
        if not isinstance(value, dict) or any(isinstance(item, dict) for item in value.values()):
            raise malformed(where, "Invalid metadata: keys and values are text")
        for key, text in value.items():
            if len(key) > METADATA_KEY or len(text) > METADATA_VALUE:
                raise malformed(where, f"Metadata keys have up to {METADATA_KEY} characters, values {METADATA_VALUE}.")
            if text:
                merged[key] = text
            else:
                merged.pop(key, None)
        if len(merged) > METADATA_KEYS:
            raise malformed(where, f"Metadata has up to {METADATA_KEYS} keys.")
        return merged

    def skip(self, *names: str) -> None:
        """Accept parameters that change nothing here."""
        for name in names:
            self._tree.pop(name, None)

    def close(self) -> None:
        """Refuse what nobody took.

        Raises:
            ApiError: a parameter is left over here or in a group.
        """
        for name in self._tree:
            where = self.name(name)
            raise malformed(where, f"Received unknown parameter: {where}", "parameter_unknown")
        for child in self._children:
            child.close()


def _in_order(value: dict[str, Any], where: str) -> list[str]:
    if not all(key.isdigit() for key in value):
        raise malformed(where, f"Invalid array: {where}")
    return sorted(value, key=int)
