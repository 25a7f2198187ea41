"""Records with LangChain's VCR and LocalStack's snapshots: python3 snapshots.py PORT."""

import gzip
import re
import sys
from datetime import datetime

import boto3
import requests
from botocore.config import Config
from langchain_tests.conftest import CustomPersister, CustomSerializer
from localstack_snapshot.snapshots import SnapshotSession
from localstack_snapshot.snapshots.transformer import KeyValueBasedTransformer
from vcr import VCR

URL = f"http://127.0.0.1:{sys.argv[1]}/"

vcr = VCR(record_mode="all", filter_headers=[("authorization", "**REDACTED**")])
vcr.register_serializer("yaml.gz", CustomSerializer())
vcr.register_persister(CustomPersister)
with vcr.use_cassette("langchain.yaml.gz", serializer="yaml.gz"):
    requests.post(URL, data='{"TableName":"Movies"}', headers={
        "X-Amz-Target": "DynamoDB_20120810.DescribeTable", "Content-Type": "application/x-amz-json-1.0", "Authorization": "fake"})
with open("langchain.yaml.gz", "rb") as f:
    text = gzip.decompress(f.read())
with open("langchain.yaml.gz", "wb") as f:
    f.write(gzip.compress(text, mtime=0))

dynamodb = boto3.client("dynamodb", endpoint_url=URL, region_name="us-east-1", aws_access_key_id="AKIAFAKEFAKEFAKEFAKE",
                        aws_secret_access_key="fake", config=Config(retries={"total_max_attempts": 1}))
session = SnapshotSession(scope_key="tests/aws/services/dynamodb/test_dynamodb.py::TestDynamoDB::test_describe",
                          base_file_path="localstack", update=True, verify=True)
session.add_transformer(KeyValueBasedTransformer(lambda k, v: v if k == "TableName" else None, "table-name"))
session.add_transformer(KeyValueBasedTransformer(lambda k, v: v if isinstance(v, datetime) else None, "datetime", replace_reference=False))
session.match("describe-table", dynamodb.describe_table(TableName="Movies"))
session._assert_all()
session._persist_state()
with open("localstack.snapshot.json") as f:
    text = f.read()
with open("localstack.snapshot.json", "w") as f:
    f.write(re.sub(r'("recorded-date": ")[^"]*', r"\g<1>01-01-2026, 00:00:00", text))
