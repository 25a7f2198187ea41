"""A small suite as users have it: calls of services of the JSON protocols, and two of others, over in-process moto."""

import json

import pytest
from botocore.exceptions import ClientError


def test_dynamodb(client):
    dynamodb = client("dynamodb")
    dynamodb.create_table(TableName="jobs", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    dynamodb.put_item(TableName="jobs", Item={"id": {"S": "one"}, "size": {"N": "1"}})
    assert dynamodb.get_item(TableName="jobs", Key={"id": {"S": "one"}})["Item"]["size"] == {"N": "1"}
    assert dynamodb.query(TableName="jobs", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "one"}})["Count"] == 1
    assert dynamodb.describe_table(TableName="jobs")["Table"]["TableStatus"] == "ACTIVE"


def test_dynamodb_error(client):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("dynamodb").describe_table(TableName="none")


def test_sqs(client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    assert url in sqs.list_queues()["QueueUrls"]


def test_kms(client):
    kms = client("kms")
    key = kms.create_key(Description="a key")["KeyMetadata"]["KeyId"]
    secret = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"hello"
    assert kms.list_keys()["Keys"][0]["KeyId"] == key


def test_secretsmanager(client):
    secrets = client("secretsmanager")
    secrets.create_secret(Name="db", SecretString="not-a-secret")
    assert secrets.get_secret_value(SecretId="db")["SecretString"] == "not-a-secret"
    assert secrets.list_secrets()["SecretList"][0]["Name"] == "db"


def test_ssm(client):
    ssm = client("ssm")
    ssm.put_parameter(Name="/a", Value="1", Type="String")
    assert ssm.get_parameter(Name="/a")["Parameter"]["Value"] == "1"
    assert ssm.describe_parameters()["Parameters"][0]["Name"] == "/a"


def test_logs(client):
    logs = client("logs")
    logs.create_log_group(logGroupName="app")
    logs.create_log_stream(logGroupName="app", logStreamName="one")
    logs.put_log_events(logGroupName="app", logStreamName="one", logEvents=[{"timestamp": 1700000000000, "message": "hello"}])
    assert logs.describe_log_groups()["logGroups"][0]["logGroupName"] == "app"
    logs.get_log_events(logGroupName="app", logStreamName="one")


def test_events(client):
    events = client("events")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="daily", Targets=[{"Id": "one", "Arn": "arn:aws:sqs:us-east-1:123456789012:jobs"}])
    assert events.list_rules()["Rules"][0]["Name"] == "daily"
    assert events.describe_rule(Name="daily")["State"] == "ENABLED"


def test_stepfunctions(client):
    states = client("stepfunctions")
    machine = states.create_state_machine(name="jobs", roleArn="arn:aws:iam::123456789012:role/jobs",
                                          definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))["stateMachineArn"]
    states.start_execution(stateMachineArn=machine, input="{}")
    assert states.list_state_machines()["stateMachines"][0]["name"] == "jobs"
    assert states.describe_state_machine(stateMachineArn=machine)["status"] == "ACTIVE"


def test_kinesis(client):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="jobs", ShardCount=1)
    kinesis.put_record(StreamName="jobs", Data=b"hello", PartitionKey="one")
    assert kinesis.describe_stream(StreamName="jobs")["StreamDescription"]["StreamName"] == "jobs"


def test_lambda(client):
    functions = client("lambda")
    assert functions.list_functions()["Functions"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.get_function(FunctionName="none")


def test_ecs(client):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="jobs")
    ecs.register_task_definition(family="job", containerDefinitions=[{"name": "job", "image": "job", "memory": 128}])
    assert ecs.describe_clusters(clusters=["jobs"])["clusters"][0]["status"] == "ACTIVE"


def test_ecr(client):
    ecr = client("ecr")
    ecr.create_repository(repositoryName="jobs")
    assert ecr.describe_repositories()["repositories"][0]["repositoryName"] == "jobs"


def test_glue(client):
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "jobs"})
    assert glue.get_database(Name="jobs")["Database"]["Name"] == "jobs"


def test_athena(client):
    athena = client("athena")
    athena.create_work_group(Name="jobs")
    assert {"jobs", "primary"} == {group["Name"] for group in athena.list_work_groups()["WorkGroups"]}


def test_cognito(client):
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    cognito.admin_create_user(UserPoolId=pool, Username="one")
    assert cognito.list_users(UserPoolId=pool)["Users"][0]["Username"] == "one"


def test_batch(client):
    assert client("batch").describe_job_queues()["jobQueues"] == []


def test_apigateway(client):
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="jobs")["id"]
    assert gateway.get_rest_apis()["items"][0]["id"] == api


def test_s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="jobs")
    s3.put_object(Bucket="jobs", Key="one", Body=b"hello")
    assert s3.get_object(Bucket="jobs", Key="one")["Body"].read() == b"hello"


def test_iam(client):
    iam = client("iam")
    iam.create_user(UserName="one")
    assert iam.list_users()["Users"][0]["UserName"] == "one"
