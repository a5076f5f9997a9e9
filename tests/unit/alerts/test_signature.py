"""Headers of a delivery, checked with the official library."""

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from webhooks.outbound.signature import signed_headers

OLD = "whsec_" + base64.b64encode(bytes(32)).decode()
NEW = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = json.dumps({"type": "endpoint.test", "data": {"firm": "安和"}}, ensure_ascii=False).encode()


def test_the_official_library_verifies_it() -> None:
    headers = signed_headers("alert_1", datetime.now(UTC), [NEW], BODY)
    assert Webhook(NEW).verify(BODY, headers) == json.loads(BODY)


def test_after_a_rotation_both_secrets_verify() -> None:
    headers = signed_headers("alert_1", datetime.now(UTC), [NEW, OLD], BODY)
    assert Webhook(NEW).verify(BODY, headers)
    assert Webhook(OLD).verify(BODY, headers)


def test_another_secret_another_body_or_another_id_do_not_verify() -> None:
    headers = signed_headers("alert_1", datetime.now(UTC), [NEW], BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, {**headers, "webhook-id": "alert_2"})


def test_the_headers_are_those_of_standard_webhooks() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=UTC)
    headers = signed_headers("alert_1", at, [NEW], BODY)
    assert headers["webhook-id"] == "alert_1"
    assert headers["webhook-timestamp"] == "1772366400"
    assert headers["webhook-signature"].startswith("v1,")
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "canary-records"
