"""Twilio: messages, calls and their status. The only place beside the demo that knows its names.

https://www.twilio.com/docs/messaging/guides/webhook-request and .../voice/twiml#request-parameters
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl

from canary.clock import Clock
from canary.contacts.record import Inbound, Progress
from canary.errors import CanaryError
from canary.settings import Settings
from canary.tables import Channel
from webhooks.inbound.front import Answer, Post, Route
from webhooks.inbound.twilio_signature import algorithm_of, is_signed_body, is_signed_form

CARRIER = "twilio"
PATH = "/carriers/twilio"
XML = b"text/xml; charset=utf-8"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
SILENCE = Answer(200, HEAD + b"<Response/>", XML)
REJECT = Answer(200, HEAD + b'<Response><Reject reason="busy"/></Response>', XML)

MAX_FIELDS = 500
MAX_TEXT = 20_000
_SID = re.compile(r"[A-Za-z0-9_-]{2,64}\Z")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SEQUENCE = re.compile(r"[0-9]{1,9}\Z")
USED = frozenset(
    [
        "MessageSid",
        "SmsSid",
        "CallSid",
        "To",
        "From",
        "Body",
        "StirVerstat",
        "CallStatus",
        "CallDuration",
        "SequenceNumber",
        "Direction",
    ]
)
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

Form = Mapping[str, str]


class Unsigned(CanaryError):
    """Twilio did not sign this."""

    code = "bad_signature"
    status = 403


class Malformed(CanaryError):
    """It is signed and cannot be read."""

    code = "malformed"
    status = 400


@dataclass(frozen=True, slots=True)
class TwilioRoute:
    """One of Twilio's webhooks: verified over its public URL, then read by ``contacts``."""

    token: bytes
    public_url: str
    contacts: Callable[[Form], Sequence[Inbound]]
    answer: Answer
    method: ClassVar[str] = "POST"

    def read(self, post: Post) -> tuple[Sequence[Inbound], Answer]:
        """Verify and parse one post.

        Raises:
            Unsigned: the signature is missing or not Twilio's.
            Malformed: it is no form, or lacks what every message or call has.
        """
        return self.contacts(self._verified(post)), self.answer

    def _verified(self, post: Post) -> Form:
        signature = post.headers.get(b"x-twilio-signature")
        if not signature:
            raise Unsigned(says="The X-Twilio-Signature header is missing.")
        url = self.public_url + (f"?{_text(post.query)}" if post.query else "")
        algorithm = algorithm_of(_text(post.headers.get(b"x-twilio-webhooks-signature-settings")))
        kind = post.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind != b"application/x-www-form-urlencoded":
            if not is_signed_body(self.token, url, post.body, _text(signature), algorithm):
                raise self._wrong(url)
            raise Malformed(says="The body is not a form.")
        if b"bodySHA256=" in post.query:  # twilio's own validator would skip the hash of a form
            raise Unsigned(says="A form is not vouched for by bodySHA256.")
        pairs = _pairs(post.body)
        if not is_signed_form(self.token, url, pairs, _text(signature), algorithm):
            raise self._wrong(url)
        return _single(pairs)

    def _wrong(self, url: str) -> Unsigned:
        return Unsigned(
            says="The signature is not Twilio's.",
            fix=f"It was checked over {url.partition('?')[0]}: if Twilio calls another URL, set "
            "CANARY_PUBLIC_URL; otherwise check CANARY_TWILIO_AUTH_TOKEN.",
        )


def routes(settings: Settings, clock: Clock) -> dict[str, Route]:
    """Return Twilio's routes by path, none when there is no auth token."""
    token = settings.twilio_auth_token.get_secret_value()
    if not token:
        return {}
    reads: dict[str, tuple[Callable[[Form], Sequence[Inbound]], Answer]] = {
        "messages": (lambda form: [_message(form, clock)], SILENCE),
        "calls": (lambda form: [_call(form, clock)], REJECT),
        "statuses": (lambda form: _status(form, clock), SILENCE),
    }
    return {
        f"{PATH}/{name}": TwilioRoute(
            token.encode(),
            settings.twilio_webhook_url or f"{settings.public_url}{PATH}/{name}",
            contacts,
            answer,
        )
        for name, (contacts, answer) in reads.items()
    }


def _message(form: Form, clock: Clock) -> Inbound:
    return Inbound(
        carrier=CARRIER,
        external_id=_sid(form, "MessageSid", "SmsSid"),
        channel=Channel.MESSAGE,
        number=_required(form, "To"),
        at=clock.now(),
        caller=_bounded(form, "From", 320),
        body=_bounded(form, "Body", MAX_TEXT),
    )


def _call(form: Form, clock: Clock, progress: Progress | None = None) -> Inbound:
    return Inbound(
        carrier=CARRIER,
        external_id=_sid(form, "CallSid"),
        channel=Channel.CALL,
        number=_required(form, "To"),
        at=clock.now(),
        caller=_bounded(form, "From", 320),
        verification=_word(form, "StirVerstat"),
        progress=progress,
    )


def _status(form: Form, clock: Clock) -> Sequence[Inbound]:
    """Return the call that is reported on; reports on what we sent ourselves are no contacts."""
    ours = "CallSid" not in form or form.get("Direction", "inbound").startswith("outbound")
    if ours:
        _sid(form, "MessageSid", "SmsSid", "CallSid")
        return []
    status = _word(form, "CallStatus")
    if status is None:
        raise Malformed(says="CallStatus is missing.")
    sequence = form.get("SequenceNumber", "")
    if not _SEQUENCE.match(sequence):
        sequence = "1" if status in FINAL else "0"  # older callbacks carry none
    duration = form.get("CallDuration", "")
    progress = Progress(status, int(sequence), int(duration) if _SEQUENCE.match(duration) else None)
    return [_call(form, clock, progress)]


def _sid(form: Form, *names: str) -> str:
    for name in names:
        if _SID.match(form.get(name, "")):
            return form[name]
    raise Malformed(says=f"{names[0]} is missing or malformed.")


def _required(form: Form, name: str) -> str:
    given = _bounded(form, name, 320)
    if not given or not given.strip():
        raise Malformed(says=f"{name} is missing.")
    return given.strip()


def _bounded(form: Form, name: str, most: int) -> str | None:
    given = form.get(name)
    if given is not None and len(given) > most:
        raise Malformed(says=f"{name} is longer than {most} characters.")
    return given


def _word(form: Form, name: str) -> str | None:
    given = form.get(name, "")
    return given if _WORD.match(given) else None


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:  # not ASCII, not UTF-8 behind the percent signs, or too many fields
        raise Malformed(says="The form cannot be read.") from None


def _single(pairs: Sequence[tuple[str, str]]) -> Form:
    used = [name for name, _ in set(pairs) if name in USED]
    if len(used) != len(set(used)):
        raise Malformed(says="A parameter is repeated with different values.")
    return dict(pairs)


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "surrogateescape")
