"""Tests of the mark crcheck_responses. They run pytest in folders of their own, with the program of this clone."""

import os

import pytest

pytest_plugins = "pytester"

MODULE = '''
import datetime, os, boto3, pytest

def get(client=None):
    client = client or boto3.client("cleanrooms")
    return client.get_protected_job(membershipIdentifier="10000000-0000-4000-8000-000000000001",
                                    protectedJobIdentifier="20000000-0000-4000-8000-000000000002")["protectedJob"]

@pytest.mark.crcheck_responses("GetProtectedJob", contract="cleanrooms.GetProtectedJob"{pin})
def test_job(crcheck_response):
    {body}
'''
OUTCOME = 'crcheck_response.outcome(lambda: get()["status"])'
FILE = "__outcomes__/test_it.test_job.outcomes"


@pytest.fixture
def run(pytester, monkeypatch):
    """Returns a function that runs pytest on a test of GetProtectedJob."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_DATA_PATH", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_PLUGINS", "crcheck.pytest_plugin,crcheck.pytest_responses")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def run(body, *arguments, pin=""):
        pytester.makepyfile(test_it=MODULE.format(body=body, pin=", pin=" + pin if pin else ""))
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run


def lines(pytester):
    return (pytester.path / FILE).read_text().splitlines()


def test_each_response_is_a_test(run):
    result = run("assert get() or True", "-v", "-k", "status and not then")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_job[[]status=SUBMITTED]*", "*test_job[[]status=<unknown value>]*"])


def test_fields(run):
    result = run('if crcheck_response.id == "status=FAILED":\n'
                 '        assert (crcheck_response.kind, crcheck_response.pointer, crcheck_response.value) == ("value", "/protectedJob/status", "FAILED")\n'
                 '        assert get()["status"] == crcheck_response.value\n'
                 '    if crcheck_response.id == "error=ThrottlingException then success":\n'
                 '        assert crcheck_response.error == "ThrottlingException"\n'
                 '        assert crcheck_response.sequence == ["error=ThrottlingException", "full"]\n')
    assert result.ret == 0


def test_an_outcome_file_is_written_and_compared(run, pytester):
    result = run(OUTCOME, "-k", "FAILED or minimal")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*has no outcome of 'status=FAILED': got {\"returns\":\"FAILED\"}; if that is right, run pytest with --crcheck-update*"])

    result = run(OUTCOME, "--crcheck-update")
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"crcheck: wrote {FILE}"])
    written = lines(pytester)
    assert written[0] == 'full: {"returns":"SUCCESS"}'
    assert 'status=<unknown value>: {"returns":"CRCHECK_UNKNOWN_VALUE"}' in written
    assert any(line.startswith('error=AccessDeniedException: {"raises":"AccessDeniedException","message":"') for line in written)
    assert run(OUTCOME).ret == 0

    changed = 'crcheck_response.outcome(lambda: get()["status"].replace("CRCHECK_UNKNOWN_VALUE", "SUCCESS"))'
    result = run(changed)
    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=len(written) - 1)
    result.stdout.fnmatch_lines(["*FAILED *test_job[[]status=<unknown value>]*"])
    assert lines(pytester) == written  # only --crcheck-update writes


def test_an_update_of_some_responses_keeps_the_others(run, pytester):
    run(OUTCOME, "--crcheck-update")
    written = lines(pytester)
    run('crcheck_response.outcome(lambda: "other")', "--crcheck-update", "-k", "FAILED and not then")
    assert [new for new, old in zip(lines(pytester), written) if new != old] == ['status=FAILED: {"returns":"other"}']


def test_a_stale_line_fails(run, pytester):
    run(OUTCOME, "--crcheck-update")
    (pytester.path / FILE).write_text("\n".join(lines(pytester) + ['status=GONE: {"returns":1}', ""]))
    result = run(OUTCOME)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*has an outcome of 'status=GONE', which is not among the responses any more*"])
    run(OUTCOME, "--crcheck-update")
    assert not any("GONE" in line for line in lines(pytester))


def test_xdist(run, pytester):
    run(OUTCOME, "--crcheck-update")
    written = lines(pytester)
    (pytester.path / FILE).unlink()
    assert run(OUTCOME, "--crcheck-update", "-n", "2").ret == 0
    assert lines(pytester) == written
    assert run(OUTCOME, "-n", "2").ret == 0


def test_pins(run):
    result = run('assert crcheck_response.kind == "error" or crcheck_response.sequence or get()["status"] == "FAILED"', "-v", pin='{"status": "FAILED"}')
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*status=SUBMITTED*")


@pytest.mark.parametrize("value, text", [
    ("{3, 1, 2}", '{"returns":[1,2,3]}'),
    ("datetime.datetime(2024, 5, 14, tzinfo=datetime.timezone.utc)", '{"returns":"2024-05-14T00:00:00+00:00"}'),
    ('b"\\x00\\xff"', '{"returns":"AP8="}'),
    ("{'b': 1, 'a': None}", '{"returns":{"a":null,"b":1}}'),
    ("os.environ['AWS_ENDPOINT_URL'] + '/x'", '{"returns":"<endpoint>/x"}'),
    ("type('Thing', (), {})()", "at <address>"),
    ("'é: {}'", '{"returns":"é: {}"}'),
    ("int('x')", '{"raises":"ValueError","message":"'),
])
def test_outcomes_are_stable(run, pytester, value, text):
    body = f"crcheck_response.outcome(lambda: {value})"
    assert run(body, "--crcheck-update", "-k", "minimal").ret == 0
    assert text in lines(pytester)[0]
    assert run(body, "-k", "minimal").ret == 0


def test_the_environment(run):
    body = 'assert os.environ["AWS_ENDPOINT_URL"] == crcheck_response.endpoint and os.environ["AWS_ACCESS_KEY_ID"] == {}'
    assert run(body.format('"test"'), "-k", "minimal").ret == 0
    os.environ["AWS_ACCESS_KEY_ID"] = "AKIAEXAMPLE"
    try:
        assert run(body.format('"AKIAEXAMPLE"'), "-k", "minimal").ret == 0
    finally:
        del os.environ["AWS_ACCESS_KEY_ID"]


@pytest.mark.parametrize("old, new, message", [
    ('"GetProtectedJob", contract', '"GetProtectedJbo", contract', "*did you mean *GetProtectedJob*"),
    ('contract="cleanrooms.GetProtectedJob"', 'contract="nowhere.json"', "*crcheck mock does not start: *nowhere.json*"),
    ('contract="cleanrooms.GetProtectedJob"', 'contract="cleanrooms.GetProtectedJob", pin={"statis": "FAILED"}', "*no member \"statis\" to pin*"),
    ("test_job(crcheck_response)", "test_job()", "*needs the fixture crcheck_response*"),
])
def test_mistakes_are_explained(pytester, run, old, new, message):
    run("pass", "-k", "minimal")
    module = pytester.path / "test_it.py"
    text = module.read_text()
    assert old in text
    module.write_text(text.replace(old, new))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret != 0
    assert "\n".join(result.outlines + result.errlines).count("Traceback") == 0
    (result.stdout if any(message.strip("*").split("*")[0] in line for line in result.outlines) else result.stderr).fnmatch_lines([message])
