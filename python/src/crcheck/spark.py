"""Counts recorded traffic on the workers of a Spark cluster, with the report of one run of the command.

    python -m crcheck.spark validate --master spark://head:7077 '/archive/**/*.ndjson' -- --encoding http

The driver cuts the files into pieces of about the same size. For each, a worker runs the program of its own package, which
counts the piece and writes a tally (--partial). Spark returns one tally for each piece, however often the piece was tried. The
driver merges the tallies (--merge); the report and the exit status are those of the command over all files in path order.

The driver and all workers need this package, and see the files, the contracts and the working directory under the same paths.
"""

import argparse
import ctypes
import functools
import glob
import os
import signal
import subprocess
import sys
import tempfile
import zlib
from typing import NamedTuple, Optional

from crcheck import binary

COMMANDS = ("validate", "drift", "coverage", "cassette lint")

RANGE_SIZE = 64 << 20

# So that starting the program costs little for archives of small files, and the arguments stay short.
MAX_FILES = 100

# What gzip and zstd files begin with. A range of one would be decompressed from the beginning.
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")

# In bytes, of what one task may write to standard error.
MAX_MESSAGES = 64 << 10


class SparkError(Exception):
    """Says which piece could not be counted and why, or which files cannot be planned."""


class Piece(NamedTuple):
    """What one task counts: whole files, or a range of the lines of one file."""

    files: tuple
    start: int = 0
    end: Optional[int] = None  # None: the end of the file

    @property
    def whole(self):
        return self.start == 0 and self.end is None

    def options(self):
        """Returns the options of the command for the piece."""
        return [] if self.whole else ["--range", f"{self.start}:{'' if self.end is None else self.end}"]

    def __str__(self):
        if not self.whole:
            return f"{self.files[0]}, bytes {self.start} to {'the end' if self.end is None else self.end}"
        return self.files[0] + (f" and {len(self.files) - 1} more files" if len(self.files) > 1 else "")


def run(spark, files, args=(), command="validate", range_size=RANGE_SIZE):
    """Runs a command over files and globs on the workers of a SparkSession. The args are its options. The first file of drift is
    its contract.

    Returns a subprocess.CompletedProcess with the exit status, and the report and messages as bytes. Raises SparkError if a file
    is missing or a piece cannot be counted.
    """
    files = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    contract, files = (files[:1], files[1:]) if command == "drift" else ([], files)
    pieces = plan(files, range_size, cut=command != "cassette lint")
    # Wrong options are an error of the command, before any task starts.
    probe = _program([*command.split(), *args, "--quiet", "--partial", "-", "--", *contract, os.devnull], stdin=subprocess.DEVNULL)
    if probe.returncode:
        return subprocess.CompletedProcess(probe.args, probe.returncode, b"", probe.stderr)
    count = functools.partial(_count, command, list(args), contract, os.getcwd())
    tasks = spark.sparkContext.parallelize(pieces, len(pieces)).map(count)
    try:
        counted = tasks.collect()
    except Exception as e:
        raise SparkError(_reason(e)) from e
    messages = b"".join(said for said, _ in counted)
    with tempfile.TemporaryFile() as tallies:
        for _, tally in counted:
            tallies.write(zlib.decompress(tally))
        tallies.seek(0)
        merged = _program([*command.split(), *args, "--merge", "--", *contract, "-"], stdin=tallies)
    return subprocess.CompletedProcess(merged.args, merged.returncode, merged.stdout, messages + merged.stderr)


def plan(files, range_size=RANGE_SIZE, cut=True):
    """Returns the pieces of files and globs, the largest first, so that no large one begins at the end."""
    if range_size < 1:
        raise SparkError(f"the size of ranges: got {range_size}, want at least 1")
    sized, small, size = [], [], 0
    for path in _expand(files):
        length = os.path.getsize(path)
        if cut and length > range_size and not _compressed(path):
            starts = range(0, length, range_size)
            sized += [(range_size, Piece((path,), start, start + range_size)) for start in starts[:-1]]
            # To the end, also if the file has grown.
            sized.append((length - starts[-1], Piece((path,), starts[-1])))
            continue
        if small and (size + length > range_size or len(small) == MAX_FILES):
            sized.append((size, Piece(tuple(small))))
            small, size = [], 0
        small.append(path)
        size += length
    if small:
        sized.append((size, Piece(tuple(small))))
    return [piece for _, piece in sorted(sized, key=lambda one: -one[0])]


def _expand(files):
    """Returns the files in order, each once. Folders that a glob matches are skipped."""
    found = set()
    for path in map(os.fspath, files):
        if os.path.isdir(path):
            raise SparkError(f"{path}: is a folder; name its files, as in {os.path.join(path, '**', '*.ndjson')}")
        matches = [path] if os.path.exists(path) else [match for match in glob.glob(path, recursive=True) if os.path.isfile(match)]
        if not matches:
            raise SparkError(f"{path}: no such file; name files or globs that the driver and all workers can see")
        found.update(matches)
    if not found:
        raise SparkError("no files named")
    return sorted(found)


def _compressed(path):
    with open(path, "rb") as file:
        return file.read(4).startswith(COMPRESSED)


def _count(command, args, contract, folder, piece):
    """Runs in a task: returns what the program says about a piece, and the compressed tally."""
    from pyspark import TaskContext

    cores = f"--cores={TaskContext.get().cpus()}"
    run = _program([*command.split(), "--quiet", cores, *args, "--partial", "-", *piece.options(), "--", *contract, *piece.files],
                   cwd=folder, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent if sys.platform == "linux" else None)
    said = run.stderr[:MAX_MESSAGES].decode("utf-8", "replace").strip()
    if run.returncode < 0:
        said = f"{said}\nkilled by signal {-run.returncode}".strip()
    if run.returncode:
        raise SparkError(f"{piece}: {said}")
    return f"{piece}: {said}\n".encode() if said else b"", zlib.compress(run.stdout)


def _program(arguments, **how):
    try:
        return subprocess.run([binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
    except OSError as e:
        raise SparkError(f"the program cannot be run on {os.uname().nodename if hasattr(os, 'uname') else 'this machine'}: {e}") from None


def _end_with_parent():
    """Ends the program when Spark kills the Python of a task, as it does with a speculative copy."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _reason(error):
    """Returns the message of a SparkError in a failed job, which is in the middle of two stack traces."""
    text = str(error)
    _, found, rest = text.partition(f"{SparkError.__module__}.{SparkError.__name__}: ")
    return rest.partition("\n\tat ")[0].strip() if found else text


def main(argv=None):
    """Runs the command line, and returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    at = argv.index("--") if "--" in argv else len(argv)
    parser = argparse.ArgumentParser(
        prog="python -m crcheck.spark", usage="%(prog)s [--master URL] [--range-size BYTES] COMMAND [CONTRACT] FILE|GLOB… [-- OPTION…]",
        description="Run a command of crcheck over files on the workers of a Spark cluster.",
        epilog="Options of the command follow --. All workers need the files under the same paths.")
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help=", ".join(COMMANDS[:-1]) + f" or {COMMANDS[-1]!r}")
    parser.add_argument("files", metavar="FILE|GLOB", nargs="+", help="the traffic, after the contract of drift; ** in a glob matches any folders")
    parser.add_argument("--master", metavar="URL", help="the cluster; default: that of spark-submit, or all cores of this machine")
    parser.add_argument("--range-size", metavar="BYTES", type=int, default=RANGE_SIZE, help="the size of the ranges that large files are cut into; default: %(default)s")
    options = parser.parse_args(argv[:at])
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName(f"crcheck {options.command}")
    if options.master:
        builder = builder.master(options.master)
        if options.master.startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else, workers have the first python3 on the PATH
    spark = builder.getOrCreate()
    try:
        done = run(spark, options.files, argv[at + 1:], options.command, options.range_size)
    except SparkError as e:
        sys.stderr.write(f"crcheck: {e}\n")
        return 3
    finally:
        spark.stop()
    sys.stderr.buffer.write(done.stderr)
    sys.stdout.buffer.write(done.stdout)
    return done.returncode


if __name__ == "__main__":
    # Workers import the functions of the module; those of __main__ would be sent to them as bytes.
    from crcheck import spark

    sys.exit(spark.main())
