"""Records with Betamax and placebo: python3 record.py PORT."""

import os
import re
import shutil
import sys

import betamax
import boto3
import placebo
import requests
from betamax.cassette import cassette
from botocore.config import Config

URL = f"http://127.0.0.1:{sys.argv[1]}/"
HEADERS = {"X-Amz-Target": "DynamoDB_20120810.DescribeTable", "Content-Type": "application/x-amz-json-1.0"}

for name, more, options in [
    ("betamax", {"Accept-Encoding": "identity"}, {}),
    ("betamax-gzip", {}, {}),
    ("betamax-bytes", {"Accept-Encoding": "identity"}, {"preserve_exact_body_bytes": True}),
]:
    if os.path.exists(name + ".json"):
        os.remove(name + ".json")
    session = requests.Session()
    with betamax.Betamax(session, cassette_library_dir=".").use_cassette(name, record="all", **options):
        session.post(URL, data='{"TableName":"Movies"}', headers={**HEADERS, **more})
    with open(name + ".json") as f:
        text = f.read()
    with open(name + ".json", "w") as f:
        f.write(re.sub(r'("recorded_at": ")[^"]*', r"\g<1>2026-01-01T00:00:00", text))

shutil.rmtree("placebo", ignore_errors=True)
os.mkdir("placebo")
session = boto3.Session(aws_access_key_id="AKIAFAKEFAKEFAKEFAKE", aws_secret_access_key="fake", region_name="us-east-1")
pill = placebo.attach(session, data_path="placebo")
pill.record()
session.client("dynamodb", endpoint_url=URL, config=Config(retries={"total_max_attempts": 1})).describe_table(TableName="Movies")
