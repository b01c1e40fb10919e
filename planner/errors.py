"""The five ways in which the planner says no, each with a code that programs can rely on.

A concrete error stands beside the rule that raises it and derives from one of the five kinds:

    PlannerError
      Invalid       what was asked makes no sense         400 (422 where a field is named)
      NotFound      there is no such thing                404
      NotAllowed    not for you                           401 or 403
      Conflict      not in this state                     409
      Unavailable   not now, somebody else is down        503

Only ``planner.web.errors`` knows those numbers. Expected answers (no journey, a brief that cannot be met) are values,
never exceptions.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar


class PlannerError(Exception):
    """Anything that the planner itself refuses, in words for a person and a code for a program."""

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Say what was refused.

        ``field`` is the path of what was wrong in the input, as in ``entry.at`` or ``party.children.0``;
        ``params`` fill the message where it is translated.
        """
        self.code = code or self.default_code
        self.field = field
        self.params: dict[str, Any] = dict(params or {})
        self.message = message or self.code
        super().__init__(self.message)

    @property
    def problems(self) -> tuple["PlannerError", ...]:
        """Give every single problem; an error that gathers several gives them all."""
        return (self,)


class Invalid(PlannerError):
    """What was asked makes no sense. May gather several problems, one for each field."""

    default_code = "invalid"

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
        gathered: Iterable["PlannerError"] = (),
    ) -> None:
        super().__init__(message, code=code, field=field, params=params)
        self._gathered = tuple(gathered)

    @property
    def problems(self) -> tuple[PlannerError, ...]:
        return self._gathered or (self,)


class NotFound(PlannerError):
    """There is no such thing, or none that you may know of."""

    default_code = "not_found"


class NotAllowed(PlannerError):
    """You may not do this; ``needs_login`` says whether signing in would help."""

    default_code = "not_allowed"
    needs_login: ClassVar[bool] = False


class Conflict(PlannerError):
    """It was possible once, or will be, but not in the present state."""

    default_code = "conflict"


class Unavailable(PlannerError):
    """Somebody whom we depend on does not answer; trying again later may help."""

    default_code = "unavailable"
