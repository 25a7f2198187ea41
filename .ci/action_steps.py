"""Runs the shell steps of action.yml as a runner of GitHub does: action_steps.py VERSION PROJECT FOLDER.

The releases are at CRCHECK_RELEASES. The step that uploads the SARIF report uses another action and is left out.
"""

import json
import os
import pathlib
import subprocess
import sys

import yaml

version, project, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
root = pathlib.Path(__file__).resolve().parent.parent
action = yaml.safe_load((root / "action.yml").read_text())
inputs = {name: str(value.get("default", "")) for name, value in action["inputs"].items()}
inputs.update({"version": version, "working-directory": project})
folder.mkdir()
added, summary = folder / "path", folder / "summary.md"
added.touch()


def expanded(text):
    for name, value in inputs.items():
        text = text.replace("${{ inputs.%s }}" % name, value)
    assert "${{" not in text, text
    return text


ran = []
for step in action["runs"]["steps"]:
    if "run" not in step:
        continue
    environment = dict(os.environ, GITHUB_ACTION_PATH=str(root), RUNNER_TEMP=str(folder), GITHUB_PATH=str(added),
                       GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true")
    environment["PATH"] = os.pathsep.join(added.read_text().split() + ["/usr/bin", "/bin"])
    environment.update({name: expanded(value) for name, value in step.get("env", {}).items()})
    assert step["shell"] == "bash", step
    script = folder / "step.sh"
    script.write_text(expanded(step["run"]))
    run = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], env=environment,
                         cwd=expanded(step.get("working-directory", str(folder))), stdin=subprocess.DEVNULL)
    if run.returncode != 0:
        sys.exit(f"channel action: step {step['name']}: exit status {run.returncode}")
    ran.append(step["name"])
sarif = json.loads((folder / "crcheck.sarif").read_text())
assert sarif["version"] == "2.1.0" and sarif["runs"][0]["tool"]["driver"]["name"] == "crcheck", sarif
assert "passed" in summary.read_text(), summary.read_text()
print(f"channel action: {', '.join(ran)}: passed, with a summary of {summary.stat().st_size} bytes and SARIF 2.1.0")
