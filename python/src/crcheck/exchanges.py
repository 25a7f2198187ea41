"""Writes what the boto3 clients of a process receive to a file, as lines of docs/ndjson.md.

botocore emits an event before it sends a request, before it parses a response and after each call. All clients, those of
aiobotocore too, emit them through one method of a class. It is replaced, so it does not matter when a client was made. The
response is read before any handler of the event sees it, and never changed. A body that is a stream is left to the test.
"""

import base64
import contextvars
import datetime
import functools
import json
import os
import threading

JSON_PROTOCOLS = ("json", "rest-json")

# They are credentials, and no rule reads them.
SECRET_HEADERS = ("authorization", "x-amz-security-token")

# The file of the names of the services, next to that of the lines.
SERVICES = ".services"

MAX_FAILURES = 3

# In bytes. The program refuses a file with a longer line (MaxLine of package traffic).
MAX_LINE = 32 << 20

# The request that was sent last, and who responded to it. Each thread and each task has its own.
_sent = contextvars.ContextVar("crcheck_sent", default=None)


class Exchanges:
    """The file of a process, and what was not written to it."""

    def __init__(self, path, origin=""):
        # A line is one write in append mode, so that threads and forked processes do not mix theirs. What the report
        # cannot do without is written at once: a worker may crash.
        self.file = _create(path)
        self.named = _create(path + SERVICES)
        self.origin = origin  # of what comes over HTTP
        self.test = ("(outside of a test)", 0)
        self.lock = threading.Lock()
        self.services = set()  # those that are written to their file
        self.other = {}  # responses with bodies that are not JSON, by service
        self.failures = []  # why responses could not be written, the first few
        self.failed = 0
        self.restore = []

    def install(self):
        """Begins to see the events of all clients."""
        from botocore.hooks import HierarchicalEmitter

        self._replace(HierarchicalEmitter, self._wrap)
        try:
            from aiobotocore.hooks import AioHierarchicalEmitter
        except ImportError:
            return
        self._replace(AioHierarchicalEmitter, self._wrap_async)

    def uninstall(self):
        """Gives botocore its methods back, and closes the file."""
        for emitter, original in self.restore:
            emitter._emit = original
        self.restore = []
        os.close(self.file)
        os.close(self.named)

    def _replace(self, emitter, wrap):
        self.restore.append((emitter, emitter._emit))
        emitter._emit = wrap(emitter._emit)

    def _wrap(self, original):
        @functools.wraps(original)
        def emit(emitter, event_name, kwargs, *rest, **named):
            self._before(event_name, kwargs)
            responses = original(emitter, event_name, kwargs, *rest, **named)
            self._after(event_name, kwargs, responses)
            return responses

        return emit

    def _wrap_async(self, original):
        @functools.wraps(original)
        async def emit(emitter, event_name, kwargs, *rest, **named):
            self._before(event_name, kwargs)
            responses = await original(emitter, event_name, kwargs, *rest, **named)
            self._after(event_name, kwargs, responses)
            return responses

        return emit

    def _before(self, event, kwargs):
        if event.startswith("before-parse."):
            self._guard(self._received, **kwargs)
        elif event.startswith("after-call.") and getattr(kwargs.get("http_response"), "raw", None) is None:
            self._guard(self._stubbed, **kwargs)

    def _after(self, event, kwargs, responses):
        # A handler may have changed the request, or be the one that responds.
        if event.startswith("before-send."):
            self._guard(self._sending, responses, **kwargs)

    def _guard(self, see, *args, **kwargs):
        """Sees an event. Whatever goes wrong must not fail the test."""
        try:
            see(*args, **kwargs)
        except Exception as e:
            with self.lock:
                self.failed += 1
                if len(self.failures) < MAX_FAILURES:
                    self.failures.append(f"{type(e).__name__}: {e}")

    def _sending(self, responses, request, **_):
        responder = next((handler for handler, response in responses or () if response is not None), None)
        _sent.set((request, self._origin(responder)))

    def _origin(self, responder):
        """Returns who responds: an emulator or fixtures; what the user says if it is not known, since a host does not tell."""
        if responder is not None:
            module = getattr(responder, "__module__", None) or type(responder).__module__
            return "emulator" if module.split(".")[0] in ("moto", "localstack") else "fixtures"
        return self.origin

    def _received(self, operation_model, response_dict, **_):
        sent, origin = _sent.get() or (None, "")
        _sent.set(None)
        service = operation_model.service_model
        if _protocol(service) not in JSON_PROTOCOLS:
            with self.lock:
                self.other[service.service_name] = self.other.get(service.service_name, 0) + 1
            return
        request = {"method": operation_model.http["method"], "url": "https://unknown.invalid/", "bodyMissing": True}
        if sent is not None:
            request = {"method": _text(sent.method), "url": _text(sent.url), "headers": _headers(sent.headers), **_body(sent.body)}
        response = {"status": response_dict["status_code"], "headers": _headers(response_dict["headers"]), **_body(response_dict["body"])}
        self._write(operation_model, request, response, origin)

    def _stubbed(self, http_response, parsed, model, **_):
        """Sees what a handler of before-call returned in place of a call, as Stubber does."""
        request = {"method": model.http["method"], "url": "https://stubbed.invalid/", "bodyMissing": True}
        members = {name: value for name, value in parsed.items() if not hasattr(value, "read")}
        response = {"status": http_response.status_code, "body": json.dumps(members, default=_plain, ensure_ascii=False)}
        self._write(model, request, response, "fixtures", encoding="sdk")

    def _write(self, operation_model, request, response, origin, **more):
        name = operation_model.service_model.service_name
        test, at = self.test
        line = {"crcheckInteraction": 1, "test": test, "testLine": at, "operation": f"{name}.{operation_model.name}", **more,
                "request": request, "response": response}
        if origin:
            line["meta"] = {"from": origin}
        text = _line(line)
        if len(text) > MAX_LINE:
            response = {"status": response["status"], "headers": response.get("headers", {}), "bodyMissing": True}
            text = _line({**line, "request": {**_without_body(request), "bodyMissing": True}, "response": response})
        os.write(self.file, text)
        if name not in self.services:
            self.services.add(name)
            os.write(self.named, (name + "\n").encode())

    def summary(self):
        """Returns what is not in the file, for the report."""
        return {"other": self.other, "failed": self.failed, "failures": self.failures}


def _create(path):
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _line(value):
    """Returns a line of JSON. Half a surrogate pair, which JSON in UTF-8 cannot hold, becomes a question mark."""
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _without_body(message):
    return {name: value for name, value in message.items() if not name.startswith("body")}


def _protocol(service):
    """Returns the protocol that the client speaks. Older versions of botocore know only one."""
    return getattr(service, "resolved_protocol", None) or service.metadata.get("protocol")


def _headers(headers):
    """Returns headers as lists of values, without credentials."""
    found = {}
    for name, value in headers.items():
        name = _text(name)
        if name.lower() not in SECRET_HEADERS:
            found.setdefault(name, []).append(_text(value))
    return found


def _text(value):
    return value.decode("latin-1") if isinstance(value, (bytes, bytearray)) else str(value)


def _body(body):
    """Returns the member that holds a body. A stream is not read: the test, or the service, is to get it."""
    if body is None:
        return {}
    if isinstance(body, str):
        return {"body": body}
    if not isinstance(body, (bytes, bytearray)):
        return {"bodyMissing": True}
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"bodyBase64": base64.b64encode(body).decode()}


def _plain(value):
    """Returns a value of boto3 that JSON does not have, as the AWS CLI prints it."""
    if isinstance(value, datetime.datetime):
        # botocore, too, takes a time without a zone for UTC.
        return (value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat() + "T00:00:00Z"
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (set, frozenset)):
        return list(value)
    return str(value)
