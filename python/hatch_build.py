"""Puts the program into the wheel.

CRCHECK_BINARY is the program, CRCHECK_TAG the platform of the wheel and CRCHECK_VERSION its version:
build.py sets them. Without them, as in `pip install ./python`, Go builds the program for this machine.
"""

import os
import shutil
import subprocess
import sysconfig
import tempfile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def version():
    return os.environ.get("CRCHECK_VERSION", "0.0.0.dev0")


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        binary = os.environ.get("CRCHECK_BINARY") or self.build()
        tag = os.environ.get("CRCHECK_TAG") or sysconfig.get_platform().replace("-", "_").replace(".", "_")
        name = "crcheck.exe" if tag.startswith("win") else "crcheck"
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + tag
        if version != "editable":
            build_data["force_include"][binary] = "crcheck/bin/" + name
            return
        folder = os.path.join(self.root, "src", "crcheck", "bin")
        os.makedirs(folder, exist_ok=True)
        shutil.copy(binary, os.path.join(folder, name))

    def build(self):
        clone = os.path.dirname(self.root)
        if not os.path.exists(os.path.join(clone, "go.mod")) or not shutil.which("go"):
            raise RuntimeError("no program for the wheel: set CRCHECK_BINARY, or build in a clone of crcheck with Go installed")
        self.folder = tempfile.mkdtemp()
        binary = os.path.join(self.folder, "crcheck")
        environment = dict(os.environ, CGO_ENABLED="0")
        subprocess.run(["go", "build", "-trimpath", "-o", binary, "./cmd/crcheck"], cwd=clone, env=environment, check=True)
        return binary

    def finalize(self, version, build_data, artifact_path):
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)
