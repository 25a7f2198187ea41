"""Tests of `pytest --crcheck`. They run pytest in folders of their own, over Stubber where moto is not needed."""

import json
import os
import shutil
import xml.etree.ElementTree

import pytest

pytest_plugins = "pytester"

SUITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "suite")

CLIENTS = '''
import boto3
from botocore.stub import Stubber

def client(service):
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")

def stubbed(service, method, response, **parameters):
    made = client(service)
    with Stubber(made) as stubber:
        stubber.add_response(method, response)
        return getattr(made, method)(**parameters)
'''

GOOD = 'stubbed("dynamodb", "list_tables", {"TableNames": ["jobs"]})'
ERROR = 'stubbed("ecs", "describe_tasks", {"tasks": [{"launchType": "NOPE"}]}, tasks=["one"])'
WARNING = 'stubbed("dynamodb", "list_tables", {"TableNames": ["x" * 2000]})'

VCR = '''
interactions:
- request: {body: "{}", headers: {}, method: POST, uri: "https://events.us-east-1.amazonaws.com/"}
  response:
    body: {string: '{"Rules": [{"Name": "daily", "State": "SLEEPING"}]}'}
    headers: {Content-Type: [application/x-amz-json-1.1]}
    status: {code: 200, message: OK}
version: 1
'''


@pytest.fixture
def run(pytester, monkeypatch):
    """Returns a function that runs pytest on the text of a module of tests."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_DATA_PATH", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    # The plug-in is not installed here, so that it is that of this clone.
    monkeypatch.setenv("PYTEST_PLUGINS", "crcheck.pytest_plugin")

    def run(text, *arguments):
        pytester.makepyfile(test_it=CLIENTS + text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run


def test_a_finding_names_its_test(run):
    result = run(f"def test_good():\n    {GOOD}\n\ndef test_bad():\n    {ERROR}\n", "--crcheck")
    assert result.ret == 1
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([
        "*= crcheck =*",
        "error enum.unknown-value in response at /tasks/[*]/launchType of ecs.DescribeTasks *",
        '*test_it.py:15 /tasks/0/launchType: "NOPE" is not a value of the enum',
        "*tests: test_it.py::test_bad",
        "*want: one of EC2, *",
        "the session fails *",
    ])


@pytest.mark.parametrize("text, arguments, status", [
    ("fail-on: warning", [], 1),
    ("fail-on: warning", ["--crcheck-fail-on", "error"], 0),
    ("fail-on: warning\nfail-on-stale: true\nignore: {files: [known.yaml], rows: [{rule: type.null, at: '*', reason: other traffic}]}", [], 0),
    ("prfile: strict", [], 1),
])
def test_project_file(run, pytester, text, arguments, status):
    root = pytester.mkdir("root")  # the file is in a folder above
    (root / "pytest.ini").write_text("[pytest]\n")
    (pytester.path / "crcheck.yaml").write_text(text)
    (pytester.path / "known.yaml").write_text("- {rule: constraint.length, at: dynamodb.ListTables, count: 7, reason: known}\n")
    result = run(f"def test_one():\n    {WARNING}\n\ndef test_good():\n    {GOOD}\n", "--crcheck", "--rootdir", str(root), *arguments)
    assert result.ret == status, result.stdout.str()
    result.stdout.fnmatch_lines(["*crcheck.yaml:1:*" if "prfile" in text else f"settings: {pytester.path}*crcheck.yaml"])
    assert "stale" not in result.stdout.str()


@pytest.mark.parametrize("call, fail_on, status", [
    (GOOD, "warning", 0),
    (WARNING, "error", 0),
    (WARNING, "warning", 1),
    (ERROR, "error", 1),
    (ERROR, "never", 0),
])
@pytest.mark.parametrize("ini", [False, True])
def test_fail_on(run, pytester, call, fail_on, status, ini):
    arguments = ["--crcheck", "--crcheck-fail-on", fail_on]
    if ini:
        pytester.makeini(f"[pytest]\ncrcheck = true\ncrcheck_fail_on = {fail_on}\n")
        arguments = []
    result = run(f"def test_call():\n    {call}\n", *arguments)
    assert result.ret == status
    result.assert_outcomes(passed=1)


def test_a_failed_test_stays_failed(run):
    result = run(f"def test_bad():\n    {ERROR}\n    assert False\n", "--crcheck", "--crcheck-fail-on", "never")
    assert result.ret == 1
    result.assert_outcomes(failed=1)


def test_off(run):
    result = run(f"from botocore.hooks import HierarchicalEmitter\n\ndef test_bad():\n    {ERROR}\n"
                 "    assert not hasattr(HierarchicalEmitter._emit, '__wrapped__')\n")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*= crcheck =*")


@pytest.mark.parametrize("arguments, status", [([], 1), (["--crcheck-responses-only"], 0)])
def test_responses_only(run, arguments, status):
    result = run('''
import io
from botocore.awsrequest import AWSResponse

class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()

def test_request():
    made = client("ecs")
    made.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.1"}, Raw(b"{}")))
    made.run_task(taskDefinition="one", launchType="NOPE")
''', "--crcheck", *arguments)
    assert result.ret == status
    result.assert_outcomes(passed=1)
    if arguments:
        result.stdout.fnmatch_lines(["*hidden*request*"])
    else:
        result.stdout.fnmatch_lines(["error enum.unknown-value in request at input#/launchType of ecs.RunTask *"])


def test_xdist(run):
    text = "".join(f"def test_{i}():\n    {ERROR}\n\n" for i in range(6))
    result = run(text, "--crcheck", "-n", "2")
    assert result.ret == 1
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*tests: test_it.py::test_0, test_it.py::test_1, test_it.py::test_2 and 3 more", "checked 6 responses *"])
    assert len([line for line in result.outlines if line.startswith("error ")]) == 1


RESPONDING = '''
import os
from io import BytesIO
from botocore.awsrequest import AWSResponse

def responding(body, headers={}):
    """Lists the tables of a handler that responds in place of AWS."""
    class Raw(BytesIO):
        def stream(self, **_):
            yield self.read()
    made = client("dynamodb")
    made.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0", **headers}, Raw(body)))
    return made.list_tables()
'''


def test_a_crashed_worker(run):
    result = run(f"import os\n\ndef test_crash():\n    {ERROR}\n    os._exit(3)\n", "--crcheck", "-n", "1", "--max-worker-restart", "0")
    result.stdout.fnmatch_lines(["*tests: test_it.py::test_crash", "checked 1 response *"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process(run):
    result = run(f'''
import os

def test_fork():
    {GOOD}
    child = os.fork()
    if child == 0:
        try:
            {ERROR}
        finally:
            os._exit(0)
    os.waitpid(child, 0)
''', "--crcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*tests: test_it.py::test_fork", "checked 2 responses *"])


def test_a_long_response_does_not_end_the_run(run):
    result = run(RESPONDING + f'''
from crcheck import exchanges

exchanges.MAX_LINE = 10_000

def test_long():
    assert len(responding(b'{{"TableNames": ["' + b"x" * 10_000 + b'"]}}')["TableNames"][0]) == 10_000

def test_bad():
    {ERROR}
''', "--crcheck")
    assert result.ret == 1
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*tests: test_it.py::test_bad", "checked 1 of 2 responses *", "not checked: 1 body not recorded"])


def test_text_that_is_not_unicode(run):
    result = run(RESPONDING + '''
def test_header():
    responding(b'{"TableNames": []}', {"X-Half": "\\udcff"})

def test_value():
    stubbed("dynamodb", "list_tables", {"TableNames": ["half \\udcff"]})
''', "--crcheck", "--crcheck-fail-on", "never")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["checked 2 responses *"])


def test_values_without_http(run):
    """A handler of before-call, such as placebo's, returns values beside an object that has a status only."""
    result = run('''
class Played:
    status_code = 200

def test_played():
    made = client("dynamodb")
    made.meta.events.register("before-call", lambda **_: (Played(), {"TableNames": [1]}))
    made.list_tables()
''', "--crcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["error type.mismatch in response at /TableNames/[*] *", "*tests: test_it.py::test_played"])


@pytest.mark.parametrize("origin, want", [(None, ""), ("emulator", "emulator")])
def test_who_responds_over_http(monkeypatch, tmp_path, origin, want):
    """A host does not tell who responds: LocalStack takes the names of AWS for itself."""
    import boto3
    import botocore.httpsession
    from botocore.awsrequest import AWSResponse

    from crcheck.exchanges import Exchanges

    response = AWSResponse("https://dynamodb.us-east-1.amazonaws.com/", 200, {}, None)
    response._content = b"{}"
    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", lambda session, request: response)
    exchanges = Exchanges(str(tmp_path / "lines"), origin or "")
    exchanges.install()
    try:
        made = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        monkeypatch.setattr(response, "raw", object())
        made.list_tables()
    finally:
        exchanges.uninstall()
    lines = [json.loads(line) for line in (tmp_path / "lines").read_text().splitlines()]
    assert [line.get("meta", {}).get("from", "") for line in lines] == [want]


def test_aiobotocore(run):
    pytest.importorskip("aiobotocore")
    result = run('''
import asyncio
from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber

async def call():
    async with get_session().create_client("ecs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing") as made:
        with AioStubber(made) as stubber:
            stubber.add_response("describe_tasks", {"tasks": [{"launchType": "NOPE"}]})
            await made.describe_tasks(tasks=["one"])

def test_async():
    asyncio.run(call())
''', "--crcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["error enum.unknown-value *", "*tests: test_it.py::test_async"])


def test_aiobotocore_over_http(run):
    """Responses of calls at the same time are kept apart."""
    pytest.importorskip("aiobotocore")
    result = run('''
import asyncio, http.server, json, threading
from aiobotocore.session import get_session

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        rules = "ListRules" in self.headers["X-Amz-Target"]
        body = json.dumps({"Rules": []} if rules else {"Name": "daily", "State": "SLEEPING"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

async def calls(url):
    async with get_session().create_client("events", region_name="us-east-1", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing") as made:
        await asyncio.gather(*[made.list_rules() if i % 2 else made.describe_rule(Name="daily") for i in range(10)])

def test_async():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asyncio.run(calls(f"http://127.0.0.1:{server.server_port}"))
    server.shutdown()
''', "--crcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["error enum.unknown-value in response at /State of events.DescribeRule, 5 times *", "checked 10 responses *"])


def test_vcrpy(run, pytester):
    pytest.importorskip("vcr")
    pytester.makefile(".yaml", events=VCR)
    result = run('''
import vcr

def test_recorded():
    with vcr.use_cassette("events.yaml", record_mode="none"):
        assert client("events").list_rules()["Rules"][0]["State"] == "SLEEPING"
''', "--crcheck")
    assert result.ret == 1
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["error enum.unknown-value in response at /Rules/[*]/State *", "*tests: test_it.py::test_recorded"])


def test_client_of_another_time(run):
    """A client that was made before the tests, and calls of a fixture and a thread."""
    result = run(f'''
import pytest, threading
made = client("ecs")

@pytest.fixture(scope="module")
def early():
    {ERROR}

def test_early(early):
    with Stubber(made) as stubber:
        stubber.add_response("describe_tasks", {{"tasks": [{{"launchType": "NOPE"}}]}})
        made.describe_tasks(tasks=["one"])
    thread = threading.Thread(target=lambda: {ERROR})
    thread.start()
    thread.join()
''', "--crcheck")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*3 times*", "*tests: test_it.py::test_early"])


def test_streams_are_left_to_the_test(run):
    pytest.importorskip("moto")
    result = run('''
from moto import mock_aws

@mock_aws
def test_stream():
    s3 = client("s3")
    s3.create_bucket(Bucket="jobs")
    s3.put_object(Bucket="jobs", Key="one", Body=b"hello")
    assert s3.get_object(Bucket="jobs", Key="one")["Body"].read() == b"hello"

def test_json_stream():
    from botocore.awsrequest import AWSResponse
    from io import BytesIO
    class Raw(BytesIO):
        def stream(self, **_):
            yield self.read()
    made = client("lambda")
    made.meta.events.register("before-send.lambda", lambda request, **_: AWSResponse(request.url, 200, {"Content-Type": "application/json"}, Raw(b"42")))
    assert made.invoke(FunctionName="f")["Payload"].read() == b"42"
''', "--crcheck")
    assert result.ret == 0
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["not checked, because the bodies are not JSON: 3 of s3"])


def test_reports_and_ignores(run, pytester):
    pytester.makefile(".yaml", ignore='- rule: enum.unknown-value\n  at: "*"\n  reason: the stub is from the future\n')
    text = f"def test_bad():\n    {ERROR}\n"
    result = run(text, "--crcheck", "--crcheck-ignore", "ignore.yaml", "--crcheck-report", "junit=crcheck.xml", "--crcheck-report", "html=crcheck.html")
    assert result.ret == 0, result.outlines
    assert "crcheck" in (pytester.path / "crcheck.html").read_text()
    xml.etree.ElementTree.parse(pytester.path / "crcheck.xml")


@pytest.mark.parametrize("arguments, want", [
    (["--crcheck-fail-on", "often"], "*--crcheck-fail-on*often*"),
    (["-o", "crcheck_fail_on=often"], "*crcheck_fail_on: got 'often', want error, warning or never*"),
    (["-o", "crcheck_from=localstack"], "*crcheck_from: got 'localstack', want aws, emulator or fixtures*"),
    (["--crcheck-report", "html"], "*--crcheck-report: got 'html', want FORMAT=PATH*"),
])
def test_usage(run, arguments, want):
    result = run(f"def test_good():\n    {GOOD}\n", "--crcheck", *arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([want])


@pytest.mark.parametrize("arguments, want", [
    (["--crcheck-report", "nonsense=a"], "*nonsense*"),
    (["--crcheck-contract", "missing.json"], "*missing.json*"),
    (["--crcheck-ignore", "missing.yaml"], "*missing.yaml*"),
])
def test_what_the_program_refuses_fails_the_session(run, arguments, want):
    result = run(f"def test_good():\n    {GOOD}\n", "--crcheck", *arguments)
    assert result.ret == 1
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([want])


def test_missing_program(run, pytester, monkeypatch):
    import crcheck

    shutil.copytree(os.path.dirname(crcheck.__file__), pytester.path / "other" / "crcheck", ignore=shutil.ignore_patterns("bin"))
    monkeypatch.setenv("PYTHONPATH", str(pytester.path / "other"))
    result = run(f"def test_good():\n    {GOOD}\n", "--crcheck")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--crcheck: the program is missing: *; reinstall it (pip install --force-reinstall crcheck)*"])


def test_nothing_to_check(run):
    result = run("def test_none():\n    pass\n", "--crcheck")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["nothing was checked: *"])


def test_errors_of_the_plug_in_do_not_reach_the_tests(run):
    result = run('''
from crcheck import exchanges

def test_broken(monkeypatch):
    monkeypatch.setattr(exchanges, "_plain", None)
    monkeypatch.setattr(exchanges.os, "write", None)
    assert stubbed("dynamodb", "list_tables", {"TableNames": ["jobs"]})["TableNames"] == ["jobs"]
''', "--crcheck")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["not checked, because of an error in the plug-in: 1 (TypeError: *"])


def test_credentials_are_not_written(tmp_path):
    import boto3
    from botocore.awsrequest import AWSResponse
    from io import BytesIO

    from crcheck.exchanges import Exchanges

    class Raw(BytesIO):
        def stream(self, **_):
            yield self.read()

    exchanges = Exchanges(str(tmp_path / "lines"))
    exchanges.install()
    try:
        made = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="SECRETEXAMPLE", aws_session_token="TOKENEXAMPLE")
        made.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {}, Raw(b'{"TableNames": []}')))
        made.list_tables(Limit=3)
    finally:
        exchanges.uninstall()
    text = (tmp_path / "lines").read_text()
    assert '\\"Limit\\": 3' in text and "ListTables" in text
    for canary in ("AKIDEXAMPLE", "SECRETEXAMPLE", "TOKENEXAMPLE"):
        assert canary not in text
    assert (tmp_path / "lines").stat().st_mode & 0o077 == 0


def outcomes(path):
    """Returns the outcome of each test in a JUnit file."""
    return {(case.get("classname"), case.get("name")): [child.tag for child in case] for case in xml.etree.ElementTree.parse(path).iter("testcase")}


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_suite(pytester, monkeypatch, workers):
    """The suite over in-process moto has the same outcomes with the plug-in as without."""
    pytest.importorskip("moto")
    monkeypatch.setenv("PYTEST_PLUGINS", "crcheck.pytest_plugin")
    shutil.copytree(SUITE, pytester.path / "suite")
    plain = pytester.runpytest_subprocess("suite", "-p", "no:cacheprovider", "--junitxml=plain.xml")
    checked = pytester.runpytest_subprocess("suite", "-p", "no:cacheprovider", "--junitxml=checked.xml", "--crcheck", *workers)
    assert plain.ret == checked.ret == 0
    assert len(outcomes(pytester.path / "plain.xml")) == 20
    assert outcomes(pytester.path / "plain.xml") == outcomes(pytester.path / "checked.xml")
    checked.stdout.fnmatch_lines([
        '*unknown member "CreateWorkGroupResponse"',
        "*tests: suite/test_services.py::test_athena",
        "checked 53 responses *",
        "passed: 0 errors, *",
        "not checked, because the bodies are not JSON: 2 of iam, 3 of s3",
    ])
