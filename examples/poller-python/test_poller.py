"""What the poller does with every response of GetProtectedJob. The outcome file is the table to review."""

import os
import time

import boto3
import pytest

from bugs import POLLERS


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch):
    """A program that shows local days must not pass because CI runs in UTC."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.crcheck_responses("GetProtectedJob", contract="cleanrooms.GetProtectedJob")
def test_wait(crcheck_response):
    poller = POLLERS[os.environ.get("POLLER", "Poller")](boto3.client("cleanrooms"), polls=4, pause=0)
    outcome = crcheck_response.outcome(lambda: poller.wait("10000000-0000-4000-8000-000000000001", "20000000-0000-4000-8000-000000000002"))
    if crcheck_response.kind == "unknown-value" and crcheck_response.pointer.endswith("/status"):
        assert outcome.raised, "an unknown status must not pass for success"
