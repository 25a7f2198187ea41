"""Calls each operation of a list with boto3, and writes what it returned: a line of JSON for each call.
Then it runs each paginator and each waiter to its end."""

import json
import sys
import urllib.request

import boto3
from botocore import xform_name
from botocore.config import Config

ENDED = {  # how a resource comes to the state that a waiter of no final status waits for
    "table_not_exists": ["full", "error=ResourceNotFoundException"],
}


def say(**line):
    print(json.dumps(line, default=str))


def client_of(service, endpoint=None):
    return boto3.client(service, endpoint_url=endpoint, config=Config(retries={"total_max_attempts": 1}))


def session(endpoint, operation, sequence):
    body = json.dumps({"operation": operation, "sequence": sequence}).encode()
    return json.load(urllib.request.urlopen(endpoint + "/_crcheck/sessions", body))["endpoint"]


for service, calls in json.load(open(sys.argv[1])).items():
    client = client_of(service)
    inputs = {call["operation"]: call["input"] for call in calls}
    for operation, given in inputs.items():
        name = xform_name(operation)
        try:
            output = getattr(client, name)(**given)
            output.pop("ResponseMetadata")
            say(service=service, operation=operation, output=output)
            if client.can_paginate(name):
                for pages, _ in enumerate(client.get_paginator(name).paginate(**given), 1):
                    assert pages <= 5, "the list does not end"
                say(service=service, operation=operation, pages=pages)
        except Exception as error:
            say(service=service, operation=operation, error=repr(error))
    for name in client.waiter_names:
        operation = client._get_waiter_config()["waiters"]["".join(w.title() for w in name.split("_"))]["operation"]
        try:
            waiting = client
            if name in ENDED:
                waiting = client_of(service, session(client.meta.endpoint_url, f"{service}.{operation}", ENDED[name]))
            waiting.get_waiter(name).wait(**inputs[operation], WaiterConfig={"Delay": 0, "MaxAttempts": 5})
            say(service=service, operation=operation, waiter=name)
        except Exception as error:
            say(service=service, operation=operation, error=repr(error), waiter=name)
