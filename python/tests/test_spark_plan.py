"""Tests of crcheck.spark without Spark: the pieces, counted one by one, have the report of the command over all files."""

import gzip
import json
import os
import subprocess
import sys

import pytest

from crcheck import binary, spark

BODY = {"protectedJob": {"id": "00000000-0000-4000-8000-000000000001", "status": "NOPE"}}


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = "".join(json.dumps({**BODY, "n": n}) + "\n" for n in range(300)).encode()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "jobs.ndjson").write_bytes(lines)
    (tmp_path / "a.ndjson").write_bytes(lines[:5000])
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "-c.json").write_text(json.dumps(BODY))
    (tmp_path / "empty.ndjson").write_bytes(b"")
    (tmp_path / "[d].ndjson").write_bytes(lines[:3000])
    return ["a/jobs.ndjson", "a.ndjson", "b.ndjson.gz", "-c.json", "empty.ndjson", "[d].ndjson"]


def crcheck(*arguments, **how):
    return subprocess.run([binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


@pytest.mark.parametrize("range_size", [1000, 4096, 1 << 20])
@pytest.mark.parametrize("command, contract", [
    (["validate", "--encoding", "http"], []), (["coverage"], []), (["cassette", "lint"], []),
    (["drift", "--encoding", "http"], ["cleanrooms.GetProtectedJob"]),
])
def test_pieces_have_the_report_of_the_whole(files, command, contract, range_size):
    pieces = spark.plan(["**/*.ndjson*", "-c.json", "[d].ndjson"], range_size, cut="lint" not in command)
    tallies = b""
    for piece in pieces:
        counted = crcheck(*command, "--partial", "-", *piece.options(), "--", *contract, *piece.files)
        assert counted.returncode == 0, counted.stderr
        tallies += counted.stdout
    merged = crcheck(*command, "--merge", "--", *contract, "-", input=tallies)
    whole = crcheck(*command, "--", *contract, *sorted(files, key=lambda path: path.split("/")))
    assert merged.stdout == whole.stdout
    assert merged.returncode == whole.returncode


def test_the_largest_pieces_come_first(files):
    pieces = spark.plan(["a/jobs.ndjson", "a.ndjson", "b.ndjson.gz", "empty.ndjson"], 8000)
    length = os.path.getsize("a/jobs.ndjson")
    cuts = list(range(0, length, 8000))
    assert pieces[:len(cuts) - 1] == [spark.Piece(("a/jobs.ndjson",), start, start + 8000) for start in cuts[:-1]]
    assert pieces[len(cuts) - 1:] == [spark.Piece(("a.ndjson", "b.ndjson.gz", "empty.ndjson")), spark.Piece(("a/jobs.ndjson",), cuts[-1])]


def test_what_is_cut(files):
    for cut, paths, want in [(True, ["a.ndjson"], 3), (False, ["a.ndjson"], 1), (True, ["b.ndjson.gz"], 1), (True, ["a.ndjson", "a.*"], 3)]:
        assert len(spark.plan(paths, 2000 if "a.ndjson" in paths else 10, cut)) == want, paths


def test_many_small_files_share_a_piece(tmp_path):
    for n in range(250):
        (tmp_path / f"{n}.json").write_text("{}")
    assert [len(piece.files) for piece in spark.plan([str(tmp_path / "*.json")])] == [100, 100, 50]


@pytest.mark.parametrize("paths, range_size, says", [
    (["absent.ndjson"], 10, "absent.ndjson: no such file"),
    (["*.har"], 10, "*.har: no such file"),
    (["s3://bucket/jobs.ndjson"], 10, "that the driver and all workers can see"),
    (["a"], 10, "a: is a folder; name its files"),
    ([], 10, "no files named"),
    (["a.ndjson"], 0, "got 0, want at least 1"),
])
def test_what_is_refused(files, paths, range_size, says):
    with pytest.raises(spark.SparkError) as refused:
        spark.plan(paths, range_size)
    assert says in str(refused.value)


def test_pieces_say_what_they_are():
    assert str(spark.Piece(("a", "b", "c"))) == "a and 2 more files"
    assert str(spark.Piece(("a",))) == "a"
    assert str(spark.Piece(("a",), 5, 9)) == "a, bytes 5 to 9"
    assert str(spark.Piece(("a",), 5)) == "a, bytes 5 to the end"


def test_it_needs_no_spark():
    imported = subprocess.run([sys.executable, "-c", "import sys, crcheck.spark; assert 'pyspark' not in sys.modules"])
    assert imported.returncode == 0
