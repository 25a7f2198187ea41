"""Runs the program: `python -m crcheck` and the command `crcheck`."""

import os
import subprocess
import sys

from crcheck import binary


def main():
    arguments = [binary(), *sys.argv[1:]]
    if sys.platform == "win32":
        # There, execv starts a second process and ends this one, so the shell would not wait.
        try:
            sys.exit(subprocess.call(arguments))
        except KeyboardInterrupt:
            sys.exit(3)
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
