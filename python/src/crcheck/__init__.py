"""crcheck: contract tests for code that talks to AWS JSON APIs. The package holds the program."""

import os
import sys


def binary():
    """Returns the path of the program."""
    name = "crcheck.exe" if sys.platform == "win32" else "crcheck"
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", name)
