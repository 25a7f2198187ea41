"""Runs a test once for each response that an operation may give.

    @pytest.mark.crcheck_responses("cleanrooms.GetProtectedJob", pin={"status": "SUCCESS"})
    def test_report(crcheck_response):
        crcheck_response.outcome(lambda: report(boto3.client("cleanrooms")))

The responses come from `crcheck mock`, which each process of the tests starts once for a service. While a test runs,
AWS_ENDPOINT_URL leads to a session of the mock that gives the test's response. An outcome file says what the code under test
does with each response: it is compared, and rewritten by --crcheck-update.
"""

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest

from crcheck import binary
from crcheck.outcomes import Outcome, OutcomeFile

MARK = "crcheck_responses"
KEY = "crcheck_outcomes"  # of workeroutput


def pytest_addoption(parser):
    group = parser.getgroup("crcheck")
    group.addoption("--crcheck-update", action="store_true", help="Rewrite the outcome files of tests that run once for each response of an operation.")


def pytest_configure(config):
    config.addinivalue_line("markers", f"{MARK}(operation, pin=None, contract=None): run the test once for each response of an operation, with the fixture crcheck_response.")
    config.pluginmanager.register(Responses(config), "crcheck-responses-session")


class Response:
    """One response of an operation, and the session of the mock that gives it."""

    def __init__(self, fields, file, first):
        self.id = fields["id"]
        self.kind = fields["kind"]
        self.pointer = fields.get("pointer", "")
        self.value = fields.get("value")
        self.error = fields.get("error", "")
        self.sequence = fields.get("sequence", [])
        self.endpoint = ""
        self._file, self._first, self._update = file, first, None

    def __repr__(self):
        return self.id

    def outcome(self, call):
        """Calls the code under test, and compares what it returns or raises with the outcome file. Returns the outcome."""
        __tracebackhide__ = True
        outcome = Outcome.of(call, self.endpoint)
        if self._update is not None:
            self._update(self._file, self.id, outcome.text)
            return outcome
        problem = self._file.compare(self.id, outcome.text, self._first)
        if problem:
            pytest.fail(problem + "; if that is right, run pytest with --crcheck-update", pytrace=False)
        return outcome


class Responses:
    """The mocks and the new outcomes of this process."""

    def __init__(self, config):
        self.config = config
        self.mocks = {}
        self.updated = {}  # by path, the file and the new lines by ID

    def pytest_generate_tests(self, metafunc):
        mark = metafunc.definition.get_closest_marker(MARK)
        if mark is None:
            return
        if "crcheck_response" not in metafunc.fixturenames:
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: a test with the mark {MARK} needs the fixture crcheck_response")
        operation, pin, contract = _arguments(*mark.args, **mark.kwargs)
        mock = self.mock(operation, contract)
        listed = mock.responses(operation, pin)
        module = os.path.splitext(os.path.basename(str(metafunc.definition.path)))[0]
        path = os.path.join(os.path.dirname(str(metafunc.definition.path)), "__outcomes__", f"{module}.{metafunc.function.__name__}.outcomes")
        file = OutcomeFile(path, [fields["id"] for fields in listed])
        all_of_it = [(mock, operation, pin, Response(fields, file, i == 0)) for i, fields in enumerate(listed)]
        metafunc.parametrize("crcheck_response", all_of_it, indirect=True, ids=[fields["id"] for fields in listed])

    @pytest.fixture
    def crcheck_response(self, request, monkeypatch):
        """The response that the test is run for. Its id, kind, pointer, value, error and sequence say what it is."""
        mock, operation, pin, response = request.param
        response.endpoint = mock.session(operation, response.id, pin)
        monkeypatch.setenv("AWS_ENDPOINT_URL", response.endpoint)
        monkeypatch.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", raising=False)
        defaults = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "2"}
        for name, value in defaults.items():
            if name not in os.environ:
                monkeypatch.setenv(name, value)
        if request.config.getoption("crcheck_update"):
            response._update = self.update
        return response

    def update(self, file, id, text):
        self.updated.setdefault(file.path, (file, {}))[1][id] = text

    def mock(self, operation, contract):
        service, found, _ = operation.rpartition(".")
        contract = contract or (f"botocore:{service}" if found and _has_botocore() else None)
        if contract not in self.mocks:
            self.mocks[contract] = Mock(contract)
        return self.mocks[contract]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        for path, (ids, lines) in (getattr(node, "workeroutput", None) or {}).get(KEY, {}).items():
            file = OutcomeFile(path, ids)
            for id, text in lines.items():
                self.update(file, id, text)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self):
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[KEY] = {path: (file.ids, lines) for path, (file, lines) in self.updated.items()}
            return
        for file, lines in self.updated.values():
            file.rewrite(lines)

    def pytest_terminal_summary(self, terminalreporter):
        for path in sorted(self.updated):
            terminalreporter.write_line(f"crcheck: wrote {os.path.relpath(path)}")

    def pytest_unconfigure(self):
        for mock in self.mocks.values():
            mock.stop()


def _arguments(operation, pin=None, contract=None):
    return operation, pin or {}, contract


def _has_botocore():
    try:
        import botocore  # noqa: F401
    except ImportError:
        return False
    return True


class Mock:
    """A running `crcheck mock`."""

    def __init__(self, contract):
        arguments = [binary(), "mock", "--listen", "127.0.0.1:0"] + (["--contract", contract] if contract else [])
        environment = dict(os.environ)
        if _has_botocore():
            import botocore
            environment.setdefault("AWS_DATA_PATH", os.path.join(os.path.dirname(botocore.__file__), "data"))
        self.process = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = []
        for line in self.process.stderr:
            said.append(line.decode("utf-8", "replace"))
            found = re.match(r"listening on (http://[^\s,]+)", said[-1])
            if found:
                break
        else:
            raise pytest.UsageError("crcheck mock does not start: " + "".join(said).strip())
        self.endpoint = found.group(1)
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def responses(self, operation, pin):
        pins = {"pin." + name: json.dumps(value) for name, value in pin.items()}
        return self._call("responses?" + urllib.parse.urlencode({"operation": operation, **pins}))["responses"]

    def session(self, operation, response, pin):
        return self._call("sessions", {"operation": operation, "response": response, "pin": pin})["endpoint"]

    def _call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(urllib.request.Request(f"{self.endpoint}/_crcheck/{path}", data=data), timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as e:
            raise pytest.UsageError("crcheck: " + json.load(e)["message"]) from None

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
