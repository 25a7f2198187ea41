"""Builds a wheel for each platform whose program is in a folder of release builds.

    python build.py VERSION BUILDS OUT

BUILDS is goreleaser's dist folder, or any other with programs at crcheck_OS_ARCH*/crcheck[.exe]. OUT gets the wheels.
It needs the hatchling that pyproject.toml names.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

# A static binary runs on every Linux, so one wheel serves glibc and musl. Go needs macOS 12.
TAGS = {
    ("linux", "amd64"): "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    ("linux", "arm64"): "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    ("darwin", "amd64"): "macosx_12_0_x86_64",
    ("darwin", "arm64"): "macosx_12_0_arm64",
    ("windows", "amd64"): "win_amd64",
    ("windows", "arm64"): "win_arm64",
}


def python_version(version):
    """Returns a semantic version in the form of PEP 440, as in 1.2.3-dev.gabc -> 1.2.3.dev0+gabc."""
    base, _, pre = version.removeprefix("v").partition("-")
    match = re.fullmatch(r"(?:(alpha|beta|rc)\.?(\d+)|dev\.(\w+))?", pre)
    if not re.fullmatch(r"\d+\.\d+\.\d+", base) or not match:
        sys.exit(f"build.py: {version!r} is not a version: want 1.2.3, 1.2.3-rc.1 or 1.2.3-dev.COMMIT")
    kind, number, commit = match.groups()
    if commit:
        return f"{base}.dev0+{commit}"
    return base + ({"alpha": "a", "beta": "b", "rc": "rc"}[kind] + number if kind else "")


def main(version, builds, out):
    version, out = python_version(version), os.path.abspath(out)
    here = os.path.dirname(os.path.abspath(__file__))
    clone = os.path.dirname(here)
    os.makedirs(out, exist_ok=True)
    notices = subprocess.run([os.path.join(clone, ".ci", "notices")], stdout=subprocess.PIPE, check=True).stdout
    built = 0
    for (system, arch), tag in TAGS.items():
        found = glob.glob(os.path.join(glob.escape(os.path.abspath(builds)), f"crcheck_{system}_{arch}*", "crcheck*"))
        if not found:
            continue
        built += 1
        with tempfile.TemporaryDirectory() as folder:
            project = os.path.join(folder, "crcheck")
            shutil.copytree(here, project, ignore=shutil.ignore_patterns("bin", "tests", "__pycache__"))
            shutil.copy(os.path.join(clone, "LICENSE"), project)
            with open(os.path.join(project, "THIRD_PARTY_LICENSES"), "wb") as file:
                file.write(notices)
            environment = dict(os.environ, CRCHECK_BINARY=found[0], CRCHECK_TAG=tag, CRCHECK_VERSION=version)
            subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out], cwd=project, env=environment, check=True)
    if not built:
        sys.exit(f"build.py: no programs in {builds}; build them with `goreleaser release --snapshot --clean`")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: build.py VERSION BUILDS OUT")
    main(*sys.argv[1:])
