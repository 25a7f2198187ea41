"""A service that responds like DynamoDB, with an enum value that its model does not have.

python3 service.py PORT: serves until it is stopped. Responses are compressed if the client accepts that.
"""

import gzip
import http.server
import sys

BODY = b'{"Table":{"TableName":"Movies \xc3\xa9","TableStatus":"RUNNING","CreationDateTime":1767225600.5,"ItemCount":0}}'


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return "Thu, 01 Jan 2026 00:00:00 GMT"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = BODY
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("X-Amzn-Requestid", "00000000-0000-4000-8000-000000000001")
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
