"""boto3 as a client of crcheck's conformance suite: see README.md."""
import base64, contextlib, datetime, json, math, os, re, sys, threading
from concurrent import futures

import boto3
from botocore import config, exceptions as failed, retries, xform_name

# boto3 decides whether to try again; only the pause is capped, so that a suite is fast.
backoff = retries.standard.ExponentialBackoff.delay_amount
retries.standard.ExponentialBackoff.delay_amount = lambda self, context: min(backoff(self, context), 0.02)
sys.stdout.reconfigure(encoding="utf-8")
session, making, writing = boto3.session.Session(), threading.Lock(), threading.Lock()
calls = futures.ThreadPoolExecutor(64)  # more than the concurrency: calls that ran out of time go on


def canonical(value):
    if isinstance(value, datetime.datetime):  # boto3's are in the local time zone; isoformat cuts, and does not round
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict) and "SDK_UNKNOWN_MEMBER" in value:
        return {"$unknown": value["SDK_UNKNOWN_MEMBER"]["name"]}
    if isinstance(value, dict):
        return {name: canonical(v) for name, v in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [canonical(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def failure(e):
    if isinstance(e, failed.ClientError):
        error, status = e.response["Error"], e.response["ResponseMetadata"]["HTTPStatusCode"]
        fields = canonical({name: v for name, v in e.response.items() if name not in ("Error", "message", "Message")})
        code, message = str(error["Code"]), error["Message"] or ""  # boto3 hands over what is there, numbers and nulls too
        return {"error": {"code": code, "message": message, "httpStatus": status, "fields": fields}}
    if isinstance(e, failed.ParamValidationError):
        member = re.search(r'parameter (?:in input: ")?(\w+)', str(e))
        return {"rejected": {"message": str(e), "member": member[1] if member else ""}}
    if isinstance(e, (failed.HTTPClientError, failed.ConnectionError)):
        words = f"{e} {e.kwargs.get('error')!r}"  # boto3 has no class for each of what urllib3 raises
        timeout = isinstance(e, (failed.ReadTimeoutError, failed.ConnectTimeoutError)) or "timed out" in words
        cut = re.search("IncompleteRead|InvalidChunkLength|ended prematurely", words)
        return {"transport": {"kind": "timeout" if timeout else "truncated" if cut else "connection", "message": words}}
    return {"broken": {"message": f"{type(e).__name__}: {e}"}}  # ResponseParserError, and what the parsers let through


def perform(service, operation, call):
    try:
        # boto3's timeouts are for a read of an attempt: all attempts together fit into nine tenths of the call's.
        keys, each = call["credentials"], 0.9 * call["timeoutMs"] / 1000 / call["maxAttempts"]
        settings = config.Config(connect_timeout=each, read_timeout=each, proxies={},
                                 retries={"mode": "standard", "total_max_attempts": call["maxAttempts"]})
        with making:  # a session must not be used by two threads at a time
            client = session.client(service, call["region"], endpoint_url=call["endpoint"], config=settings,
                                    aws_access_key_id=keys["accessKeyId"], aws_session_token=keys.get("sessionToken"),
                                    aws_secret_access_key=keys["secretAccessKey"])
        with contextlib.closing(client):
            return {"output": canonical(getattr(client, xform_name(operation))(**call["input"]))}
    except Exception as e:
        return failure(e)


def report(message):
    line = json.dumps(message, ensure_ascii=False)
    line = re.sub("[\ud800-\udfff]", "\ufffd", line)  # half a surrogate pair, which is no text
    with writing:
        print(line, flush=True)


def answer(call, *operation):
    try:
        result = calls.submit(perform, *operation, call).result(call["timeoutMs"] / 1000)
    except futures.TimeoutError:  # boto3 has no limit for a whole call: a byte now and then keeps it waiting
        result = {"transport": {"kind": "timeout", "message": "the call took longer than timeoutMs"}}
    report({"type": "result", "seq": call["seq"], **result})


operation = json.loads(sys.stdin.readline())["operation"].split("@")[0].split(".")
info = {"name": "boto3", "version": boto3.__version__, "language": "Python"}
report({"type": "hello", "protocol": 1, "client": info, "reports": "output", "concurrency": 4})
answers = futures.ThreadPoolExecutor(4)
futures.wait([answers.submit(answer, json.loads(line), *operation) for line in sys.stdin])
os._exit(0)  # without waiting for the calls that ran out of time
