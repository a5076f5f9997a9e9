"""The demonstration's carrier: posts to the service as Twilio does, signed by Twilio's library."""

from dataclasses import dataclass, field

from canary.clock import Chance
from canary.errors import CannotReach
from cli.demo.stage import Stage


@dataclass(slots=True)
class Carrier:
    """Brings calls and messages to the service's lines."""

    stage: Stage
    chance: Chance
    posted: int = field(default=0)

    def text(self, number: str, caller: str, body: str) -> None:
        """Bring a message."""
        sid = self._sid("SM")
        self._post("messages", {"MessageSid": sid, "From": caller, "To": number, "Body": body})

    def call(self, number: str, caller: str) -> None:
        """Bring a call."""
        sid = self._sid("CA")
        form = {"CallSid": sid, "From": caller, "To": number, "CallStatus": "ringing"}
        self._post("calls", form)

    def stranger(self) -> str:
        """Return a caller's number that comes up once."""
        return f"+1{self.chance.randrange(2_000_000_000, 9_999_999_999)}"

    def _sid(self, kind: str) -> str:
        self.posted += 1
        return f"{kind}{self.chance.randbytes(16).hex()}"

    def _post(self, name: str, form: dict[str, str]) -> None:
        from twilio.request_validator import RequestValidator  # noqa: PLC0415

        url = f"{self.stage.url}/carriers/twilio/{name}"
        signature = RequestValidator(self.stage.token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature}
        answer = self.stage.http.post(url, data=form, headers=headers)
        if answer.status_code != 200:  # noqa: PLR2004
            raise CannotReach(says=f"The service answered {answer.status_code}: {answer.text}")
