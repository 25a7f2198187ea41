"""Record boto3 against a moto server with crcheck's re-sign mode, then replay the same program.

Usage: replay.py CRCHECK BOTOCORE_DATA FOLDER [--no-key | --js PROGRAM]

For each service, the program below is recorded with a key and replayed with it: every call must be
answered as it was live, with the program's own names. --no-key also replays it in a clone without the key. The credentials are fake.
--js records and replays PROGRAM with node instead, with the name of a service as its argument.
"""
import logging
import os
import shutil
import subprocess
import sys

ROLE = "arn:aws:iam::123456789012:role/replay-suite-role"

# Each call is an operation and its arguments, which may need earlier responses. An idempotency token
# is left out, so that the SDK makes one up for each run.
CALLS = {
    "dynamodb": [
        ("create_table", dict(TableName="suite-table", KeySchema=[dict(AttributeName="k", KeyType="HASH")],
                              AttributeDefinitions=[dict(AttributeName="k", AttributeType="S")], BillingMode="PAY_PER_REQUEST")),
        ("put_item", dict(TableName="suite-table", Item={"k": {"S": "one"}, "n": {"N": "1200.50"}})),
        ("get_item", dict(TableName="suite-table", Key={"k": {"S": "one"}})),
        ("transact_write_items", dict(TransactItems=[{"Put": {"TableName": "suite-table", "Item": {"k": {"S": "two"}}}}])),
        ("describe_table", dict(TableName="suite-table")), ("describe_table", dict(TableName="none")), ("list_tables", {})],
    "kms": [
        ("create_key", dict(Description="suite")), ("describe_key", lambda r: dict(KeyId=r[0]["KeyMetadata"]["KeyId"])),
        ("create_grant", lambda r: dict(KeyId=r[0]["KeyMetadata"]["KeyId"], GranteePrincipal=ROLE, Operations=["Encrypt"])),
        ("encrypt", lambda r: dict(KeyId=r[0]["KeyMetadata"]["KeyId"], Plaintext=b"text")), ("list_keys", {})],
    "sqs": [
        ("create_queue", dict(QueueName="suite-queue")), ("send_message", lambda r: dict(QueueUrl=r[0]["QueueUrl"], MessageBody="body")),
        ("receive_message", lambda r: dict(QueueUrl=r[0]["QueueUrl"])), ("get_queue_url", dict(QueueName="none")), ("list_queues", {})],
    "secretsmanager": [
        ("create_secret", dict(Name="suite-secret", SecretString="not-a-secret")), ("put_secret_value", dict(SecretId="suite-secret", SecretString="another")),
        ("describe_secret", dict(SecretId="suite-secret")), ("get_secret_value", dict(SecretId="none"))],
    "ssm": [("put_parameter", dict(Name="/suite/parameter", Value="v", Type="String")), ("get_parameter", dict(Name="/suite/parameter")), ("get_parameter", dict(Name="none"))],
    "logs": [
        ("create_log_group", dict(logGroupName="/aws/lambda/suite-group")), ("create_log_stream", dict(logGroupName="/aws/lambda/suite-group", logStreamName="suite-stream")),
        ("describe_log_groups", dict(logGroupNamePrefix="/aws/lambda/suite-group")), ("describe_log_streams", dict(logGroupName="/aws/lambda/suite-group"))],
    "kinesis": [("create_stream", dict(StreamName="suite-data", ShardCount=1)), ("describe_stream_summary", dict(StreamName="suite-data")), ("list_streams", {})],
    "glue": [
        ("create_database", dict(DatabaseInput=dict(Name="suite_database"))), ("get_database", dict(Name="suite_database")), ("get_database", dict(Name="none")),
        ("create_table", dict(DatabaseName="suite_database", TableInput=dict(Name="suite_table"))), ("get_tables", dict(DatabaseName="suite_database"))],
    "athena": [
        ("create_work_group", dict(Name="suite-group")), ("get_work_group", dict(WorkGroup="suite-group")),
        ("create_named_query", dict(Name="suite-query", Database="suite", QueryString="SELECT 1", WorkGroup="suite-group")),
        ("start_query_execution", dict(QueryString="SELECT 1", ResultConfiguration=dict(OutputLocation="s3://suite-results/"))),
        ("get_query_execution", lambda r: dict(QueryExecutionId=r[3]["QueryExecutionId"]))],
    "lambda": [("list_functions", {}), ("get_function", dict(FunctionName="suite-function"))],
    "eks": [
        ("create_cluster", dict(name="suite-cluster", roleArn=ROLE, resourcesVpcConfig={})), ("describe_cluster", dict(name="suite-cluster")),
        ("create_nodegroup", dict(clusterName="suite-cluster", nodegroupName="suite-nodes", nodeRole=ROLE, subnets=["subnet-0123456789abcdef0"])),
        ("tag_resource", lambda r: dict(resourceArn=r[0]["cluster"]["arn"], tags=dict(zeta="1", alpha="2"))),
        ("untag_resource", lambda r: dict(resourceArn=r[0]["cluster"]["arn"], tagKeys=["zeta", "alpha"]))],
    "batch": [("list_jobs", dict(jobQueue="none")), ("describe_compute_environments", {})],
}


def client(service):
    """Print the outcome of each call, with those of the program's own names that its response has."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    used, responses = set(), []
    sdk = boto3.client(service, config=Config(retries=dict(total_max_attempts=1)))
    for operation, arguments in CALLS[service]:
        arguments = arguments(responses) if callable(arguments) else arguments
        used |= {name for name in strings(arguments) if "suite" in name and "://" not in name}
        try:
            response = getattr(sdk, operation)(**arguments)
            code = "ok"
        except ClientError as e:
            response, code = e.response, e.response["Error"]["Code"]
        except BotoCoreError as e:
            response, code = {}, repr(e)
        response.pop("ResponseMetadata", None)
        responses.append(response)
        print(operation, code, sorted(name for name in used if any(name in text for text in strings(response))))


def strings(value):
    if isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, str):
        yield value


def run(command, env):
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def suite(crcheck, data, folder, program, services, keyless):
    from moto.server import ThreadedMotoServer
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CRCHECK_"))}
    signing = dict(env, AWS_ACCESS_KEY_ID="AKIAFAKEFAKEFAKEFAKE", AWS_SECRET_ACCESS_KEY="fake", AWS_REGION="us-east-1")
    shutil.rmtree(folder, ignore_errors=True)
    failed = []
    for service in services:
        contract = ["--contract", os.path.join(data, MODELS.get(service, service))]
        home = os.path.join(folder, service)
        os.makedirs(home)
        cassette = os.path.join(home, "c.yaml")
        _, live, said = run([crcheck, "record", *contract, "--from", "emulator", "--fail-on", "never", "--allow-writes", "--upstream", f"http://{host}:{port}", "-o", cassette, "--", *program, service], signing)
        if not os.path.exists(cassette) or "refused" in said:
            failed.append(f"{service}: not recorded\n{live}{said}")
            continue
        places = [("with the key", cassette)]
        if keyless:
            clone = os.path.join(folder, "clone", service)
            os.makedirs(clone)
            shutil.copy(cassette, clone)
            places.append(("without the key", os.path.join(clone, "c.yaml")))
        for name, path in places:
            status, replayed, said = run([crcheck, "replay", *contract, path, "--", *program, service], env)
            if status != 0 or replayed != live:
                failed.append(f"{service}, {name}: status {status}\nlive:\n{live}replayed:\n{replayed}{said}")
        print(f"{service}: {len(live.splitlines())} calls")
    server.stop()
    if failed:
        sys.exit("\n".join(failed))


# MODELS has the folders of models whose services the SDK for JavaScript names differently.
MODELS = {"secrets-manager": "secretsmanager"}

if __name__ == "__main__":
    if sys.argv[1] == "client":
        client(sys.argv[2])
    elif "--js" in sys.argv:
        program = ["node", sys.argv[sys.argv.index("--js") + 1]]
        suite(*sys.argv[1:4], program, ["dynamodb", "secrets-manager", "sqs"], "--no-key" in sys.argv)
    else:
        suite(*sys.argv[1:4], [sys.executable, __file__, "client"], CALLS, "--no-key" in sys.argv)
