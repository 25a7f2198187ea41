"""Outcome files: what code does with each response of an operation, one line each, in the order of the list.

    status=FAILED: {"raises":"JobFailed","message":"…"}
    status=SUCCESS: {"returns":"s3://example-bucket/results/"}
"""

import base64
import dataclasses
import datetime
import json
import os
import re


class Outcome:
    """What a call returned or raised."""

    def __init__(self, fields, returned=None, raised=None):
        self.text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        self.returned, self.raised = returned, raised

    @classmethod
    def of(cls, call, endpoint):
        try:
            returned = call()
        except Exception as e:  # what the code under test raises is what the file is about
            fields = {"raises": _name(e)}
            message = _stable(str(e), endpoint)
            if message:
                fields["message"] = message
            return cls(fields, raised=e)
        return cls({"returns": json.loads(_stable(json.dumps(returned, default=_json, sort_keys=True), endpoint))}, returned=returned)


class OutcomeFile:
    """The lines of one test."""

    def __init__(self, path, ids):
        self.path, self.ids = path, ids
        self.lines = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    # An ID may hold a colon, so take the first one after which the rest is JSON.
                    for at in re.finditer(r": \{", line):
                        if _is_json(line[at.end() - 1:]):
                            self.lines[line[:at.start()]] = line[at.end() - 1:].rstrip("\n")
                            break

    def compare(self, id, text, first):
        """Says what is wrong with an outcome, or nothing. The first response of a test looks for stale lines too."""
        name = os.path.relpath(self.path)
        if first:
            stale = [known for known in self.lines if known not in self.ids]
            if stale:
                return f"{name} has an outcome of {stale[0]!r}, which is not among the responses any more" + (f", and {len(stale) - 1} more" if len(stale) > 1 else "")
        if id not in self.lines:
            return f"{name} has no outcome of {id!r}: got {text}"
        if self.lines[id] != text:
            return f"the outcome of {id!r} differs from {name}:\n  got:  {text}\n  want: {self.lines[id]}"
        return ""

    def rewrite(self, lines):
        """Writes new lines, and keeps those of responses that were not run."""
        known = {**self.lines, **lines}
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{id}: {known[id]}\n" for id in self.ids if id in known)


def _is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _name(e):
    """Returns the code of a service's error, or else the class."""
    response = getattr(e, "response", None)
    if isinstance(response, dict) and isinstance(response.get("Error"), dict) and response["Error"].get("Code"):
        return str(response["Error"]["Code"])
    return type(e).__name__


def _stable(text, endpoint):
    """Replaces what differs between runs."""
    if endpoint:
        text = text.replace(endpoint, "<endpoint>")
    text = re.sub(r"http://127\.0\.0\.1:\d+(/_c/\w+)?", "<endpoint>", text)
    return re.sub(r"\bat 0x[0-9a-f]+", "at <address>", text)


def _json(value):
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
