"""Tests of crcheck.spark on a cluster of two workers, each a process of its own. They need pyspark and Java; .ci/full runs them."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from crcheck import binary, spark

MASTER = "local-cluster[2,1,1024]"

VALIDATE = ["--encoding", "http"]

VCR = '''
interactions:
- request: {body: "{}", headers: {}, method: POST, uri: "https://events.us-east-1.amazonaws.com/"}
  response:
    body: {string: '{"Rules": [{"Name": "daily", "State": "SLEEPING"}]}'}
    headers: {Content-Type: [application/x-amz-json-1.1]}
    status: {code: 200, message: OK}
version: 1
'''


def jobs(count, seed=0):
    """Returns lines of bare bodies, every thousandth with an unknown status."""
    body = {"protectedJob": {
        "id": "%s", "membershipId": "10000000-0000-4000-8000-000000000001", "createTime": 1767225600, "status": "%s",
        "membershipArn": "arn:aws:cleanrooms:us-east-1:111122223333:membership/10000000-0000-4000-8000-000000000001",
        "error": {"code": "USER_CODE_ERROR", "message": "x" * 500},
    }}
    line = json.dumps(body) + "\n"
    return "".join(line % (f"{seed:08x}-0000-4000-8000-{n:012x}", "SUCCESS" if n % 1000 else "NOPE") for n in range(count)).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traffic")
    (folder / "a").mkdir()
    (folder / "a" / "1.ndjson").write_bytes(jobs(3000, 1))
    (folder / "a" / "2.ndjson").write_bytes(jobs(3000, 2))
    (folder / "a.ndjson").write_bytes(jobs(500, 3))  # after a/, in the order of paths
    packed = gzip.compress(jobs(3000, 4))
    (folder / "b.ndjson.gz").write_bytes(packed)
    (folder / "corrupt.ndjson.gz").write_bytes(packed[:len(packed) // 2])
    (folder / "cassette.yaml").write_text(VCR)
    (folder / "empty.ndjson").write_bytes(b"")
    (folder / "long.ndjson").write_bytes(jobs(5, 5) + b'{"protectedJob": "' + b"x" * (64 << 20) + b'"}\n' + jobs(5, 6))
    # Long enough to be killed in the middle.
    (folder / "slow.ndjson.gz").write_bytes(gzip.compress(jobs(20_000), 1) * 40)
    return folder


@pytest.fixture
def files(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return ["a/1.ndjson", "a/2.ndjson", "a.ndjson", "b.ndjson.gz", "cassette.yaml", "corrupt.ndjson.gz", "empty.ndjson", "long.ndjson"]


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master(MASTER).appName("crcheck").config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()


def plain(*arguments):
    return subprocess.run([binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("format", ["text", "json"])
def test_validate(session, files, format):
    got = spark.run(session, ["a/*.ndjson", *reversed(files)], [*VALIDATE, "--format", format], range_size=1_000_000)
    want = plain("validate", *VALIDATE, "--format", format, *files)
    assert (got.stdout, got.returncode) == (want.stdout, want.returncode)
    assert b"corrupt.ndjson.gz: the gzip data is cut off" in got.stderr
    assert b"empty.ndjson" in got.stdout and b"long.ndjson" in got.stdout


@pytest.mark.parametrize("command, contract, args", [
    ("coverage", [], []),
    ("cassette lint", [], []),
    ("drift", ["cleanrooms.GetProtectedJob"], VALIDATE),
])
def test_other_commands(session, files, command, contract, args):
    files = [file for file in files if "corrupt" not in file or "lint" in command]
    got = spark.run(session, [*contract, *files], args, command, range_size=1_000_000)
    want = plain(*command.split(), *args, "--", *contract, *files)
    assert (got.stdout, got.returncode) == (want.stdout, want.returncode)


def processes():
    """Yields the PID, the PID of the parent, and the arguments of each process."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as line:
                yield int(pid), int(stat.read().rpartition(")")[2].split()[1]), line.read().split("\0")
        except OSError:
            pass  # it has ended


def counting():
    """Returns the programs that count the slow file, each with its parents, the nearest first."""
    all_of_them = {pid: (parent, line) for pid, parent, line in processes()}
    found = {}
    for pid, (parent, line) in all_of_them.items():
        if line[0] == binary() and "--partial" in line and "slow.ndjson.gz" in line:
            found[pid] = []
            while parent in all_of_them:
                found[pid].append((parent, all_of_them[parent][1]))
                parent = all_of_them[parent][0]
    return found


class Killer(threading.Thread):
    """Kills the first program that counts the slow file, or the Python or the executor above it, and notes all programs."""

    def __init__(self, what):
        super().__init__(daemon=True)
        self.what, self.killed, self.seen, self.done = what, None, set(), threading.Event()

    def run(self):
        while not self.done.wait(0.01):
            for pid, parents in counting().items():
                self.seen.add(pid)
                if self.killed is None:
                    self.killed = {
                        "program": pid,
                        "python": parents[0][0],
                        "executor": next(parent for parent, line in parents if any("CoarseGrainedExecutorBackend" in word for word in line)),
                    }[self.what]
                    time.sleep(0.2)  # in the middle
                    os.kill(self.killed, signal.SIGKILL)


@pytest.mark.parametrize("what", ["program", "python", "executor"])
def test_killed_in_the_middle(session, files, what):
    files = ["a.ndjson", "slow.ndjson.gz"]
    assert not counting()
    killer = Killer(what)
    killer.start()
    got = spark.run(session, files, VALIDATE, range_size=1_000_000)
    killer.done.set()
    killer.join()
    assert len(killer.seen) == 2, "it was counted again"
    want = plain("validate", *VALIDATE, *files)
    assert (got.stdout, got.returncode) == (want.stdout, want.returncode)
    assert not counting(), "nothing still runs"


def test_a_program_ends_with_its_task(files):
    """Spark kills only the Python of a task that it no longer needs."""
    orphan = subprocess.Popen(
        [sys.executable, "-c", "from crcheck.spark import _program, _end_with_parent\n"
         "_program(['validate', '--encoding', 'http', '--partial', '-', 'slow.ndjson.gz'], preexec_fn=_end_with_parent)"])
    while not counting():
        time.sleep(0.01)
    orphan.kill()
    orphan.wait()
    time.sleep(0.1)
    assert not counting()


def test_errors_of_tasks_are_named(session, files):
    with pytest.raises(spark.SparkError) as failed:
        spark.run(session, ["corrupt.ndjson.gz"], command="coverage")
    assert str(failed.value).startswith("corrupt.ndjson.gz: crcheck: corrupt.ndjson.gz: the gzip data is cut off")
    assert "\n" not in str(failed.value)


def test_messages_of_tasks_are_passed_on(session, files):
    done = spark.run(session, ["long.ndjson"], command="coverage", range_size=40_000_000)
    assert done.stderr.decode().startswith("long.ndjson, bytes 0 to 40000000: crcheck: long.ndjson:6:1: the line is larger than 64 MiB")


def test_wrong_options_start_no_task(session, files):
    done = spark.run(session, files, ["--encoding", "auto"])
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--encoding" in done.stderr


def test_command_line(files):
    line = [sys.executable, "-m", "crcheck.spark", "validate", "--master", MASTER, "--range-size", "1000000", "a/*.ndjson", "a.ndjson", "--", *VALIDATE]
    got = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    want = plain("validate", *VALIDATE, "a/1.ndjson", "a/2.ndjson", "a.ndjson")
    assert (got.stdout, got.returncode) == (want.stdout, 1)
