"""`pytest --crcheck`: validates every response that the boto3 clients of the tests receive.

Each process of the tests writes what it receives to a file in a private folder (exchanges.py). At the end of the session,
the program validates the files once, and its report becomes a section of the summary. With pytest-xdist, the workers write and
the controller reports. The outcomes of tests never change.
"""

import json
import os
import shutil
import subprocess
import tempfile

import pytest

from crcheck import binary
from crcheck.exchanges import SERVICES, Exchanges

ORIGINS = ("aws", "emulator", "fixtures")
FAIL_ON = ("error", "warning", "never")


def pytest_addoption(parser):
    group = parser.getgroup("crcheck", "contract tests of boto3's responses")
    group.addoption("--crcheck", action="store_true", help="Validate every response that boto3 receives against the models of the installed botocore.")
    group.addoption("--crcheck-fail-on", choices=FAIL_ON, help="The lowest severity of a finding that fails the session: error, warning or never. Default: that of crcheck.yaml, or error.")
    group.addoption("--crcheck-report", action="append", metavar="FORMAT=PATH", help="Also write the report in this format, such as html=report.html or junit=crcheck.xml. Repeatable.")
    group.addoption("--crcheck-from", choices=ORIGINS, help="Who responds over HTTP, such as emulator for LocalStack or moto's server. Responses of in-process moto and of Stubber say it themselves.")
    group.addoption("--crcheck-contract", action="append", metavar="NAME|PATH", help="Validate against this contract instead of the models of the installed botocore. Repeatable.")
    group.addoption("--crcheck-ignore", action="append", metavar="PATH", help="A YAML file of ignore rows: known findings to accept, each with a reason. Repeatable.")
    group.addoption("--crcheck-responses-only", action="store_true", help="Count findings about requests without reporting them.")
    parser.addini("crcheck", "like --crcheck", type="bool", default=False)
    parser.addini("crcheck_responses_only", "like --crcheck-responses-only", type="bool", default=False)
    parser.addini("crcheck_fail_on", "like --crcheck-fail-on", default="")
    parser.addini("crcheck_from", "like --crcheck-from", default="")
    for name in ("report", "contract", "ignore"):
        parser.addini(f"crcheck_{name}", f"like --crcheck-{name}, one a line", type="linelist", default=[])


def pytest_configure(config):
    if not config.getoption("crcheck") and not config.getini("crcheck"):
        return
    worker = getattr(config, "workerinput", None)
    try:
        import botocore  # noqa: F401
    except ImportError:
        raise pytest.UsageError("--crcheck: botocore is not installed; install what the tests use (pip install boto3)") from None
    if worker is not None and "crcheck_folder" in worker:
        config.pluginmanager.register(Recording(worker["crcheck_folder"], worker["workerid"], _chosen(config, "from", ORIGINS)), "crcheck-recording")
        return
    session = Session(config)
    config.pluginmanager.register(session, "crcheck-session")
    config.pluginmanager.register(Recording(session.folder, "main", session.origin), "crcheck-recording")


class Recording:
    """Writes the exchanges of this process."""

    def __init__(self, folder, name, origin):
        self.path = os.path.join(folder, name)
        self.exchanges = Exchanges(self.path + ".ndjson", origin)
        self.exchanges.install()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        line = (item.location[1] or 0) + 1
        before, self.exchanges.test = self.exchanges.test, (item.nodeid, line)
        yield
        self.exchanges.test = before

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self):
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            json.dump(self.exchanges.summary(), file)

    def pytest_unconfigure(self):
        self.exchanges.uninstall()


class Session:
    """Validates what all processes wrote, and reports it."""

    def __init__(self, config):
        self.config = config
        self.program = binary()
        if not os.path.exists(self.program):
            raise pytest.UsageError(f"--crcheck: the program is missing: {self.program}; reinstall it (pip install --force-reinstall crcheck)")
        self.fail_on = _chosen(config, "fail_on", FAIL_ON)
        self.origin = _chosen(config, "from", ORIGINS)
        started_in = str(config.invocation_params.dir)
        self.reports = [_report(text, base) for text, base in self._values("report", started_in)]
        self.ignores = [os.path.join(base, text) for text, base in self._values("ignore", started_in)]
        self.contracts = [text for text, _ in self._values("contract", started_in)]
        self.responses_only = config.getoption("crcheck_responses_only") or config.getini("crcheck_responses_only")
        self.project = _project(str(config.rootpath))
        self.folder = tempfile.mkdtemp(prefix="crcheck-")
        self.lines = []

    def _values(self, name, started_in):
        """Returns the values of an option, or else of the configuration file, each with the folder that its path is relative to."""
        given = self.config.getoption("crcheck_" + name)
        if given:
            return [(value, started_in) for value in given]
        base = os.path.dirname(str(self.config.inipath)) if self.config.inipath else str(self.config.rootpath)
        return [(value, base) for value in self.config.getini("crcheck_" + name)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        node.workerinput["crcheck_folder"] = self.folder

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if not self._validate():
            return
        self.lines.append("the session fails because of this; see --crcheck-fail-on and --crcheck-ignore")
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.write_sep("=", "crcheck")
        for line in self.lines:
            terminalreporter.write_line(line)

    def pytest_unconfigure(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _validate(self):
        """Runs the program, and returns whether the session is to fail."""
        services, other, failed, failures = set(), {}, 0, []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(SERVICES):
                with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                    services.update(file.read().split())
            elif name.endswith(".json"):
                with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                    summary = json.load(file)
                failed += summary["failed"]
                failures += summary["failures"]
                for service, count in summary["other"].items():
                    other[service] = other.get(service, 0) + count
        stopped = False
        if services:
            stopped = self._run(services)
        else:
            self.lines.append("nothing was checked: the tests received no JSON response through boto3")
        if other:
            counts = ", ".join(f"{count} of {service}" for service, count in sorted(other.items()))
            self.lines.append(f"not checked, because the bodies are not JSON: {counts}")
        if failed:
            self.lines.append(f"not checked, because of an error in the plug-in: {failed} ({'; '.join(failures[:3])})")
        return stopped

    def _run(self, services):
        import botocore

        files = [os.path.join(self.folder, name) for name in sorted(os.listdir(self.folder)) if name.endswith(".ndjson")]
        files = [file for file in files if os.path.getsize(file)]
        results = os.path.join(self.folder, "results")
        arguments = [self.program, "validate", "--report", "json=" + results]
        if self.fail_on:  # otherwise the project file decides
            arguments += ["--fail-on", self.fail_on]
        if self.project:
            arguments += ["--config", self.project]
        if self.responses_only:
            arguments.append("--responses-only")
        for contract in self.contracts or ["botocore:" + service for service in sorted(services)]:
            arguments += ["--contract", contract]
        for path in self.ignores:
            arguments += ["--ignore", path]
        for report in self.reports:
            arguments += ["--report", report]
        # The folder of the botocore that the tests import, whichever Python is on the PATH.
        data = os.path.join(os.path.dirname(botocore.__file__), "data")
        folders = [folder for folder in (os.environ.get("AWS_DATA_PATH"), data) if folder]
        environment = dict(os.environ, AWS_DATA_PATH=os.pathsep.join(folders))
        try:
            run = subprocess.run(arguments + files, cwd=str(self.config.rootpath), env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as e:
            self.lines.append(f"the program cannot be run: {e}; reinstall it (pip install --force-reinstall crcheck)")
            return True
        for stream in (run.stderr, run.stdout):
            self.lines += stream.decode("utf-8", "replace").strip().splitlines()
        if run.returncode == 0:
            return False
        try:
            with open(results, encoding="utf-8") as file:
                return json.load(file)["verdict"] != "not checked"
        except (OSError, ValueError, KeyError):
            return True


def _chosen(config, name, values):
    """Returns the value of an option, or else of the configuration file, which may be empty."""
    chosen = config.getoption("crcheck_" + name) or config.getini("crcheck_" + name)
    if chosen and chosen not in values:
        raise pytest.UsageError(f"crcheck_{name}: got {chosen!r}, want {', '.join(values[:-1])} or {values[-1]}")
    return chosen


def _project(folder):
    """Returns the project file of a folder, or of the nearest one above it."""
    while True:
        path = os.path.join(folder, "crcheck.yaml")
        if os.path.isfile(path):
            return path
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None


def _report(text, base):
    """Returns FORMAT=PATH with an absolute path, since the program runs in pytest's root folder."""
    form, found, path = text.partition("=")
    if not found or not path:
        raise pytest.UsageError(f"--crcheck-report: got {text!r}, want FORMAT=PATH such as html=report.html")
    return text if path == "-" else f"{form}={os.path.join(base, path)}"
