"""A suite over 22 services of moto, in the process. It passes; crcheck shows in which responses moto differs from AWS."""

import io
import json
import zipfile

import pytest

ROLE = "arn:aws:iam::123456789012:role/demo"


def program():
    """Returns a deployment package of a Lambda function."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("app.py", "def handler(event, context): return event")
    return file.getvalue()


def test_athena(client):
    athena = client("athena")
    athena.create_capacity_reservation(Name="reports", TargetDpus=24, Tags=[{"Key": "team", "Value": "data"}])
    assert athena.list_capacity_reservations()["CapacityReservations"][0]["Name"] == "reports"
    assert athena.get_capacity_reservation(Name="reports")["CapacityReservation"]["TargetDpus"] == 24


def test_codecommit(client):
    commits = client("codecommit")
    commits.create_repository(repositoryName="app")
    assert commits.get_repository(repositoryName="app")["repositoryMetadata"]["repositoryName"] == "app"


def test_cognito(client):
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    cognito.admin_create_user(UserPoolId=pool, Username="one")
    assert cognito.list_users(UserPoolId=pool)["Users"][0]["Username"] == "one"


def test_dms(client):
    dms = client("dms")
    dms.create_replication_instance(ReplicationInstanceIdentifier="copy", ReplicationInstanceClass="dms.t3.micro")
    assert len(dms.describe_replication_instances()["ReplicationInstances"]) == 1


def test_dynamodb(client):
    dynamodb = client("dynamodb")
    dynamodb.create_table(TableName="jobs", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    dynamodb.put_item(TableName="jobs", Item={"id": {"S": "one"}})
    backup = dynamodb.create_backup(TableName="jobs", BackupName="nightly")["BackupDetails"]["BackupArn"]
    assert dynamodb.describe_backup(BackupArn=backup)["BackupDescription"]["SourceTableDetails"]["TableName"] == "jobs"


def test_ecr(client):
    ecr = client("ecr")
    ecr.create_repository(repositoryName="jobs")
    assert ecr.describe_repositories()["repositories"][0]["repositoryName"] == "jobs"


def test_ecs(client):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="jobs")
    assert ecs.describe_clusters(clusters=["jobs"])["clusters"][0]["status"] == "ACTIVE"


def test_eks(client):
    eks = client("eks")
    eks.create_cluster(name="jobs", roleArn=ROLE, resourcesVpcConfig={})
    assert eks.list_clusters()["clusters"] == ["jobs"]


def test_events(client):
    events = client("events")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    assert events.describe_rule(Name="daily")["State"] == "ENABLED"


def test_firehose(client):
    firehose = client("firehose")
    firehose.create_delivery_stream(DeliveryStreamName="logs", S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::logs"})
    assert firehose.describe_delivery_stream(DeliveryStreamName="logs")["DeliveryStreamDescription"]["DeliveryStreamStatus"] == "ACTIVE"


def test_glue(client):
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "jobs"})
    assert glue.get_database(Name="jobs")["Database"]["Name"] == "jobs"


def test_guardduty(client):
    guard = client("guardduty")
    detector = guard.create_detector(Enable=True)["DetectorId"]
    guard.create_filter(DetectorId=detector, Name="low", FindingCriteria={"Criterion": {"severity": {"Eq": ["1"]}}})
    assert guard.get_filter(DetectorId=detector, FilterName="low")["Name"] == "low"


def test_iot(client):
    iot = client("iot")
    thing = iot.create_thing(thingName="lamp")["thingArn"]
    iot.create_job(jobId="update", targets=[thing], document="{}")
    assert iot.describe_job(jobId="update")["job"]["jobId"] == "update"


def test_kinesis(client):
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="jobs", ShardCount=1)
    assert kinesis.describe_stream_summary(StreamName="jobs")["StreamDescriptionSummary"]["StreamName"] == "jobs"


def test_kms(client):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"])["Plaintext"] == b"hello"


@pytest.mark.parametrize("mode", [None, "RESPONSE_STREAM"])
def test_lambda(client, mode):
    role = client("iam").create_role(RoleName="demo", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = client("lambda")
    functions.create_function(FunctionName="app", Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": program()})
    functions.create_function_url_config(FunctionName="app", AuthType="NONE", **({"InvokeMode": mode} if mode else {}))
    assert functions.get_function_url_config(FunctionName="app")["AuthType"] == "NONE"
    functions.put_function_event_invoke_config(FunctionName="app", MaximumRetryAttempts=1)
    assert len(functions.list_function_event_invoke_configs(FunctionName="app")["FunctionEventInvokeConfigs"]) == 1


def test_logs(client):
    logs = client("logs")
    logs.create_log_group(logGroupName="app")
    assert logs.describe_log_groups()["logGroups"][0]["logGroupName"] == "app"


def test_secretsmanager(client):
    secrets = client("secretsmanager")
    secrets.create_secret(Name="db", SecretString="not-a-secret")
    assert secrets.get_secret_value(SecretId="db")["SecretString"] == "not-a-secret"


def test_servicediscovery(client):
    discovery = client("servicediscovery")
    discovery.create_http_namespace(Name="app")
    assert discovery.list_namespaces()["Namespaces"][0]["Name"] == "app"


def test_sqs(client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_ssm(client):
    ssm = client("ssm")
    ssm.create_document(Name="update", Content='{"schemaVersion": "2.2", "description": "d", "mainSteps": []}', DocumentType="Command")
    assert ssm.list_documents()["DocumentIdentifiers"][0]["Name"] == "update"


def test_stepfunctions(client):
    states = client("stepfunctions")
    machine = states.create_state_machine(name="jobs", roleArn=ROLE, definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))
    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    assert states.describe_state_machine_for_execution(executionArn=execution)["name"] == "jobs"
