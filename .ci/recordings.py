"""Record boto3 against a moto server with vcrpy, for recordings by real tools of an emulator's responses.

Usage: recordings.py FOLDER. Writes one cassette per service. The credentials are fake.
"""
import os
import sys

import boto3
import vcr
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

CALLS = {
    "dynamodb": [
        ("create_table", dict(TableName="t", KeySchema=[dict(AttributeName="k", KeyType="HASH")],
                              AttributeDefinitions=[dict(AttributeName="k", AttributeType="S")], BillingMode="PAY_PER_REQUEST")),
        ("put_item", dict(TableName="t", Item={"k": {"S": "1"}})), ("get_item", dict(TableName="t", Key={"k": {"S": "1"}})),
        ("describe_table", dict(TableName="t")), ("describe_table", dict(TableName="none")), ("list_tables", {})],
    "kms": [("create_key", {}), ("list_keys", {}), ("describe_key", dict(KeyId="none"))],
    "sqs": [("create_queue", dict(QueueName="q")), ("list_queues", {}), ("get_queue_url", dict(QueueName="none"))],
    "secretsmanager": [("create_secret", dict(Name="s", SecretString="not-a-secret")), ("list_secrets", {}), ("get_secret_value", dict(SecretId="none"))],
    "ssm": [("put_parameter", dict(Name="p", Value="v", Type="String")), ("get_parameter", dict(Name="p")), ("get_parameter", dict(Name="none"))],
    "logs": [("create_log_group", dict(logGroupName="g")), ("describe_log_groups", {})],
    "events": [("list_rules", {}), ("list_event_buses", {})],
    "lambda": [("list_functions", {}), ("get_function", dict(FunctionName="none"))],
    "kinesis": [("create_stream", dict(StreamName="s", ShardCount=1)), ("list_streams", {}), ("describe_stream", dict(StreamName="none"))],
    "stepfunctions": [("list_state_machines", {})],
    "glue": [("create_database", dict(DatabaseInput=dict(Name="d"))), ("get_databases", {}), ("get_database", dict(Name="none"))],
    "athena": [("list_work_groups", {}), ("get_work_group", dict(WorkGroup="primary"))],
}


def main(folder):
    os.makedirs(folder, exist_ok=True)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for service, calls in CALLS.items():
        client = boto3.client(service, region_name="us-east-1", endpoint_url=f"http://{host}:{port}", aws_access_key_id="AKIAFAKEFAKEFAKEFAKE",
                              aws_secret_access_key="fake", config=Config(retries=dict(total_max_attempts=1)))
        with vcr.use_cassette(os.path.join(folder, service + ".yaml"), record_mode="all"):
            for operation, arguments in calls:
                try:
                    getattr(client, operation)(**arguments)
                except (ClientError, BotoCoreError) as e:
                    print(f"{service}.{operation}: {e}", file=sys.stderr)
    server.stop()


main(sys.argv[1])
