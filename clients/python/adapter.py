"""An adapter that tests boto3 with crcheck's conformance suite. See README.md."""
import base64, collections, contextlib, datetime, functools, json, math, os, re, sys, threading
from concurrent import futures

import boto3
from botocore import config, exceptions as failed, response, retries

# boto3 decides whether to retry; the adapter only caps the pause, to keep the suite fast.
backoff = retries.standard.ExponentialBackoff.delay_amount
retries.standard.ExponentialBackoff.delay_amount = lambda self, context: min(backoff(self, context), 0.02)
sys.stdout.reconfigure(encoding="utf-8")
session, making, writing = boto3.session.Session(), threading.Lock(), threading.Lock()
calls = futures.ThreadPoolExecutor(64)  # more than the concurrency, because calls that timed out keep running


def canonical(value, shape=None):
    """Converts what boto3 returns for a shape. Without a shape, such as in a document, names are data."""
    kind = shape.type_name if shape else ""
    if isinstance(value, datetime.datetime):  # in the local time zone; isoformat truncates
        with contextlib.suppress(OverflowError):  # in the first or last hours of what datetime can represent
            value = value.astimezone(datetime.timezone.utc)
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict) and kind == "structure":
        if shape.is_tagged_union and "SDK_UNKNOWN_MEMBER" in value:
            return {"$unknown": value["SDK_UNKNOWN_MEMBER"]["name"]}
        return {name: canonical(v, shape.members.get(name)) for name, v in value.items()}
    if isinstance(value, dict):
        return {name: canonical(v, shape.value if kind == "map" else None) for name, v in value.items()}
    if isinstance(value, list):
        return [canonical(v, shape.member if kind == "list" else None) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    value = value.read() if isinstance(value, response.StreamingBody) else value
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def native(shape, value):
    """Converts a canonical input to what boto3 accepts. Values of a wrong type stay as they are, for boto3 to refuse."""
    kind = shape.type_name
    if isinstance(value, dict) and kind in ("structure", "map"):
        below = shape.members if kind == "structure" else collections.defaultdict(lambda: shape.value)
        return {name: native(below[name], v) if name in below or kind == "map" else v for name, v in value.items()}
    if isinstance(value, list) and kind == "list":
        return [native(shape.member, v) for v in value]
    if isinstance(value, str) and kind in ("blob", "float", "double", "integer", "long"):
        with contextlib.suppress(ValueError):
            return base64.b64decode(value) if kind == "blob" else int(value) if kind in ("integer", "long") else float(value)
    return value  # boto3 accepts timestamps as strings


def failure(e, model):
    if isinstance(e, failed.ClientError):
        # boto3 parses a response as an error from status 301 on, and raises an error from 300 on.
        error, status = e.response.get("Error", {}), e.response["ResponseMetadata"]["HTTPStatusCode"]
        shapes = {name: shape for s in model.error_shapes for name, shape in s.members.items() if s.name == type(e).__name__}
        fields = {name: canonical(v, shapes.get(name)) for name, v in e.response.items()
                  if name not in ("Error", "ResponseMetadata", "message", "Message")}
        code, message = str(error.get("Code", "Unknown")), error.get("Message") or ""  # numbers and nulls remain as they are
        return {"error": {"code": code, "message": message, "httpStatus": status, "fields": fields}}
    if isinstance(e, failed.ParamValidationError):
        member = re.search(r'parameter (?:in input: ")?(\w+)', str(e))
        return {"rejected": {"message": str(e), "member": member[1] if member else ""}}
    if isinstance(e, (failed.HTTPClientError, failed.ConnectionError)):
        words = f"{e} {e.kwargs.get('error')!r}"  # boto3 does not have a class for every error of urllib3
        timeout = isinstance(e, (failed.ReadTimeoutError, failed.ConnectTimeoutError)) or "timed out" in words
        cut = re.search("IncompleteRead|InvalidChunkLength|ended prematurely", words)
        return {"transport": {"kind": "timeout" if timeout else "truncated" if cut else "connection", "message": words}}
    if isinstance(e, failed.UnknownServiceError):
        return {"skipped": {"reason": f"this version of boto3 has no {e.kwargs['service_name']}"}}
    return broken(e)  # ResponseParserError, and exceptions that its parsers do not catch


def broken(e):
    return {"broken": {"message": f"{type(e).__name__}: {e}"}}


def refuse_other_hosts(endpoint, request, **_):
    """Refuses requests to other hosts: for some inputs boto3 ignores endpoint_url, and nothing may leave this machine."""
    if not request.url.startswith(endpoint):
        raise failed.EndpointConnectionError(endpoint_url=request.url)


def perform(call):
    model = None
    service, operation = call.get("operation", hello["operation"]).split("@")[0].rsplit(".", 1)
    try:
        # boto3's timeouts apply to each read of each attempt; all attempts share nine tenths of the call's timeout.
        keys, each = call["credentials"], 0.9 * call["timeoutMs"] / 1000 / call["maxAttempts"]
        settings = config.Config(connect_timeout=each, read_timeout=each, proxies={},
                                 inject_host_prefix=False,  # the prefixed host does not exist on loopback
                                 retries={"mode": "standard", "total_max_attempts": call["maxAttempts"]})
        with making:  # sessions are not thread-safe
            client = session.client(service, call["region"], endpoint_url=call["endpoint"], config=settings,
                                    aws_access_key_id=keys["accessKeyId"], aws_session_token=keys.get("sessionToken"),
                                    aws_secret_access_key=keys["secretAccessKey"])
        client.meta.events.register("before-send", functools.partial(refuse_other_hosts, call["endpoint"]))
        with contextlib.closing(client):
            methods = {api: method for method, api in client.meta.method_to_api_mapping.items()}
            if operation not in methods:
                return {"skipped": {"reason": f"this version of boto3 has no {operation}"}}
            model = client.meta.service_model.operation_model(operation)
            call_input = native(model.input_shape, call["input"]) if model.input_shape else call["input"]
            output = getattr(client, methods[operation])(**call_input)
            del output["ResponseMetadata"]
            return {"output": canonical(output, model.output_shape)}
    except Exception as e:
        return failure(e, model)


def report(message):
    line = json.dumps(message, ensure_ascii=False)
    line = re.sub("[\ud800-\udfff]", "\ufffd", line)  # UTF-8 cannot encode an unpaired surrogate
    with writing:
        print(line, flush=True)


def respond(call):
    try:
        result = calls.submit(perform, call).result(call["timeoutMs"] / 1000)
    except futures.TimeoutError:  # boto3 has no timeout for a whole call: a byte now and then keeps it waiting
        result = {"transport": {"kind": "timeout", "message": "the call took longer than timeoutMs"}}
    except Exception as e:
        result = broken(e)
    try:
        report({"type": "result", "seq": call["seq"], **result})
    except Exception as e:  # JSON cannot represent the result
        report({"type": "result", "seq": call["seq"], **broken(e)})


hello = json.loads(sys.stdin.readline())
info = {"name": "boto3", "version": boto3.__version__, "language": "Python"}
report({"type": "hello", "protocol": 1, "client": info, "reports": "output", "concurrency": 4, "operations": "any"})
responses = futures.ThreadPoolExecutor(4)
futures.wait([responses.submit(respond, json.loads(line)) for line in sys.stdin])
os._exit(0)  # without waiting for calls that timed out
