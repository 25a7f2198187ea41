"""Reads event streams of three services with boto3, and prints what it read: boto3_streams.py"""

import json

import boto3
import botocore

bedrock = boto3.client("bedrock-runtime")


def converse(text):
    return bedrock.converse_stream(modelId="m1", messages=[{"role": "user", "content": [{"text": text}]}])["stream"]


for event in converse("hello"):
    if "contentBlockDelta" in event:
        print(event["contentBlockDelta"]["delta"]["text"])
try:
    for event in converse("throttle"):
        pass
except botocore.exceptions.EventStreamError as error:
    print(error.response["Error"]["Code"])
for event in bedrock.invoke_model_with_response_stream(modelId="m1", body=b'{"prompt":"x"}')["body"]:
    print(json.loads(event["chunk"]["bytes"])["type"])
stream = boto3.client("kinesis").subscribe_to_shard(
    ConsumerARN="arn:aws:kinesis:us-east-1:111122223333:stream/s1/consumer/c1:1767225600",
    ShardId="shardId-000000000000",
    StartingPosition={"Type": "LATEST"},
)
for event in stream["EventStream"]:
    print(json.loads(event["SubscribeToShardEvent"]["Records"][0]["Data"])["who"])
for event in boto3.client("lambda").invoke_with_response_stream(FunctionName="f1", Payload=b"{}")["EventStream"]:
    print(sorted(event))
