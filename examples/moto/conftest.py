"""Fixtures of a suite that talks to in-process moto."""

import boto3
import pytest
from moto import mock_aws


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    """Keeps real credentials and endpoints out of the tests."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def client(credentials):
    """Returns a function that makes a client of a service of moto."""
    with mock_aws():
        yield boto3.client
