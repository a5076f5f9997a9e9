"""The receiver's side: checks an alert with the official library, as a firm would."""

from canary.errors import CanaryError
from cli.demo.stage import Received


def verified(alert: Received, secret: str) -> bool:
    """Tell whether the alert's signature is that of the endpoint's secret."""
    from standardwebhooks import Webhook, WebhookVerificationError  # noqa: PLC0415

    try:
        Webhook(secret).verify(alert.body, alert.headers)
    except WebhookVerificationError:
        return False
    return True


def require_found(outcome: dict[str, object]) -> None:
    """Do nothing when the right copy, and only it, was found and told.

    Raises:
        CanaryError: it was not.
    """
    leaked, found, alert = outcome["leaked"], outcome["found"], outcome["alert"]
    assert isinstance(leaked, dict)  # noqa: S101  narrows the document's type
    assert isinstance(found, dict)  # noqa: S101
    assert isinstance(alert, dict)  # noqa: S101
    right = all(leaked[name] == found[name] for name in ("firm", "dataset"))
    if not (right and alert["verified"] and outcome["quiet_firms_alarmed"] == 0):
        raise CanaryError(
            says="The demonstration did not find the stolen copy, or alarmed others.",
            fix="Run it again with --keep DIR and look at `canary leaks` there.",
        )
