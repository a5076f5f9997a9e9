"""One error tree: each error says what was wrong and what to do about it.

The HTTP edge turns an error into problem+json with ``status`` and ``code``; the CLI turns it into
``exit_code``. Nothing else catches them.
"""

from typing import ClassVar


class CanaryError(Exception):
    """A fact that stopped the work, with its fix."""

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, *, says: str, fix: str = "") -> None:
        """Keep ``says``, what was wrong, and ``fix``, what to do about it."""
        super().__init__(says)
        self.says = says
        self.fix = fix


class BadInput(CanaryError):
    """What was given cannot be used."""

    code = "bad_input"
    status = 422
    exit_code = 2


class NotFound(CanaryError):
    """There is no such thing, or none that this key may see."""

    code = "not_found"
    status = 404
    exit_code = 3


class NotAuthenticated(CanaryError):
    """No key was given, or one that is unknown or revoked."""

    code = "not_authenticated"
    status = 401
    exit_code = 4


class NotAllowed(CanaryError):
    """The key is known and may not do this."""

    code = "not_allowed"
    status = 403
    exit_code = 4


class Conflict(CanaryError):
    """It contradicts what is already there."""

    code = "conflict"
    status = 409
    exit_code = 1


class NotEnoughLines(CanaryError):
    """Fewer lines are ready than decoys were asked for."""

    code = "not_enough_lines"
    status = 409
    exit_code = 1


class CannotReach(CanaryError):
    """The service, the database or a carrier did not answer."""

    code = "cannot_reach"
    status = 503
    exit_code = 5


class BadKey(CanaryError):
    """The master key is missing, unreadable or not the one that sealed this field."""

    code = "bad_key"
    status = 500
    exit_code = 1
