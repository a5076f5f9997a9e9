"""What every area's requests and answers are made of."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from canary.errors import BadInput
from canary.lines.numbers import Number
from webhooks.api.sentences import NO_TIME

Shape = TypeVar("Shape", bound=BaseModel)
MOST_REPEATED = 20
"""Characters of what is no number that are told back."""


class Given(BaseModel):
    """A request: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)


class Shown(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, serialize_by_alias=True)


class Listed(Shown, Generic[Shape]):
    """A page of a list; ``next`` is the ``after`` of the page that follows, null at the end."""

    items: list[Shape]
    next: str | None


def _written(given: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    if not isinstance(given, str | datetime):
        message = NO_TIME
        raise ValueError(message)  # noqa: TRY004  pydantic turns only these into a refusal
    return given


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        message = "does not name its offset from UTC; write it as 2026-03-01T12:00:00Z"
        raise ValueError(message)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        message = "is not in the years 1 to 9999"
        raise ValueError(message) from None


Instant = Annotated[datetime, BeforeValidator(_written), AfterValidator(_utc)]
"""A moment: RFC 3339 with an offset when given, always UTC with ``Z`` when shown."""


def _storable(text: str) -> str:
    if "\0" in text:
        message = "holds a NUL character"
        raise ValueError(message)
    return text


def _number(text: str) -> str:
    try:
        return Number.parse(text).e164
    except BadInput as wrong:
        message = f"{text[:MOST_REPEATED]!r} is {wrong.says}. {wrong.fix}"
        raise ValueError(message) from None


Text = Annotated[str, AfterValidator(_storable)]
Name = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
PhoneNumber = Annotated[str, AfterValidator(_number)]
"""An E.164 number."""
