"""Headers of a delivery by Standard Webhooks: bytes in, headers out."""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

USER_AGENT = "canary-records"


def signed_headers(
    alert_id: str, sent_at: datetime, secrets: Sequence[str], body: bytes
) -> dict[str, str]:
    """Return the headers of one attempt, signed with each of the secrets.

    Args:
        alert_id: the ``webhook-id``, the same in every attempt.
        sent_at: when this attempt is made, aware, in UTC; receivers refuse what is 5 minutes off.
        secrets: ``whsec_...``, the newest first.
        body: exactly the bytes that are sent.
    """
    told = body.decode()
    signatures = (Webhook(secret).sign(alert_id, sent_at, told) for secret in secrets)
    return {
        "webhook-id": alert_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
    }
