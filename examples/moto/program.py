"""A program that knows nothing about crcheck: it calls whatever AWS_ENDPOINT_URL names."""

import boto3

repositories = boto3.client("codecommit")
repositories.create_repository(repositoryName="app")
print(repositories.get_repository(repositoryName="app")["repositoryMetadata"]["repositoryName"])

discovery = boto3.client("servicediscovery")
discovery.create_http_namespace(Name="app")
print(discovery.list_namespaces()["Namespaces"][0]["Name"])

queues = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")  # its own credentials
url = queues.create_queue(QueueName="jobs")["QueueUrl"]
queues.send_message(QueueUrl=url, MessageBody="hello")
print(queues.receive_message(QueueUrl=url)["Messages"][0]["Body"])
