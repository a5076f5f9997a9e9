"""What is wrong with a field, in words for whoever typed it."""

from collections.abc import Mapping, Sequence
from typing import Any

MOST_NAMED = 5
LONGEST_NAME = 40
NO_TIME = "is not an RFC 3339 time, such as 2026-03-01T12:00:00Z"
_NO_NUMBER = "is not a whole number"
_NO_OBJECT = "is not a JSON object"
_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_type": "is not text",
    "string_unicode": "is not text",
    "datetime_parsing": NO_TIME,
    "datetime_from_date_parsing": NO_TIME,
    "datetime_object_invalid": NO_TIME,
    "datetime_type": NO_TIME,
    "enum": "is not one of: {expected}",
    "literal_error": "is not one of: {expected}",
    "int_parsing": _NO_NUMBER,
    "int_parsing_size": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
    "too_short": "has fewer than {min_length} entries",
    "too_long": "has more than {max_length} entries",
    "list_type": "is not a list",
    "model_attributes_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
}


def sentence(wrong: Mapping[str, Any]) -> str:
    """Return one error of pydantic's as a sentence about the field; never more of what was sent."""
    kind, context = wrong["type"], wrong.get("ctx") or {}
    if kind in {"too_short", "too_long"} and isinstance(wrong.get("input"), str):
        kind = f"string_{kind}"  # a length that is checked after a validator of ours
    if kind == "json_invalid":
        return "This is not JSON."
    if kind == "value_error":
        predicate = str(wrong["msg"]).removeprefix("Value error, ")
    elif kind in _SENTENCES:
        named = {name: str(value).replace("'", "") for name, value in context.items()}
        predicate = _SENTENCES[kind].format_map(named)
    else:
        predicate = f"cannot be used: {wrong['msg']}"
    return f"{_subject(wrong['loc'][1:])} {predicate.removesuffix('.')}."


def summary(sentences: Sequence[str]) -> str:
    """Return the first of the sentences in one line, and how many more there are."""
    told = " ".join(sentences[:MOST_NAMED])
    left = len(sentences) - MOST_NAMED
    return f"{told} And {left:,} more." if left > 0 else told


def _subject(path: Sequence[str | int]) -> str:
    """Return a field's name, of an entry of a list the list's name in the singular."""
    if not path:
        return "The body"
    last = path[-1]
    if isinstance(last, int):
        return f"{_subject(path[:-1])}".removesuffix("s")
    return last if len(last) <= LONGEST_NAME else f"{last[:LONGEST_NAME]}..."
