#!/usr/bin/env python3
"""As much of SQS as a recipe needs, for tests.

  tests/pipes/sqs.py KEY SECRET VISIBLE_S [BODY]...

Answers ReceiveMessage and DeleteMessage of the JSON protocol for one queue with
these messages, and checks the signature of each request as AWS does (Signature
Version 4), the headers that must be signed included. A message that was received
is hidden for VISIBLE_S seconds. The first line on standard output is the URL. GET
/ tells what is left, and how often each message was received.
"""

import hashlib
import hmac
import http.server
import json
import sys
import threading
import time

KEY, SECRET, VISIBLE_S = sys.argv[1], sys.argv[2], float(sys.argv[3])
LOCK = threading.Lock()


class Message:
    def __init__(self, body):
        self.body = body
        self.received = 0
        self.visible_at = 0
        self.handle = None


MESSAGES = [Message(body) for body in sys.argv[4:]]
LEFT = list(MESSAGES)


def signed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def problem(request, body):
    """What is wrong with the signature; None: nothing."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    parts = dict(x.strip().split("=", 1) for x in rest.split(","))
    if scheme != "AWS4-HMAC-SHA256":
        return "not signed"
    key, date, region, service, end = parts["Credential"].split("/")
    names = parts["SignedHeaders"].split(";")
    must = {"host"} | {x.lower() for x in request.headers
                       if x.lower().startswith("x-amz-")}
    if (key, service, end) != (KEY, "sqs", "aws4_request"):
        return f"wrong scope {parts['Credential']}"
    if not must <= set(names) or names != sorted(names):
        return f"must be signed: {must}, not only {names}"
    canonical = "\n".join([
        request.command, request.path, "",
        *(f"{name}:{' '.join(request.headers[name].split())}"
          for name in names),
        "", ";".join(names), hashlib.sha256(body).hexdigest()])
    text = "\n".join([
        scheme, request.headers["X-Amz-Date"],
        f"{date}/{region}/{service}/{end}",
        hashlib.sha256(canonical.encode()).hexdigest()])
    secret = f"AWS4{SECRET}".encode()
    for piece in date, region, service, end:
        secret = signed(secret, piece)
    want = signed(secret, text).hex()
    return None if want == parts["Signature"] else "wrong signature"


def receive(asked):
    now = time.monotonic()
    got = [m for m in LEFT if m.visible_at <= now]
    for m in got[:asked["MaxNumberOfMessages"]]:
        m.received += 1
        m.visible_at = now + VISIBLE_S
        m.handle = f"{MESSAGES.index(m)}+/{m.received}=\""
    got = got[:asked["MaxNumberOfMessages"]]
    if not got:
        return {}
    return {"Messages": [{"MessageId": str(MESSAGES.index(m)),
                          "ReceiptHandle": m.handle, "Body": m.body}
                         for m in got]}


def delete(asked):
    LEFT[:] = [m for m in LEFT if m.handle != asked["ReceiptHandle"]]
    return {}


ACTIONS = {"AmazonSQS.ReceiveMessage": receive,
           "AmazonSQS.DeleteMessage": delete}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        with LOCK:
            self.answer(200, {"left": [m.body for m in LEFT],
                              "received": [m.received for m in MESSAGES]})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wrong = problem(self, body)
        action = ACTIONS.get(self.headers["X-Amz-Target"])
        if self.headers["Content-Type"] != "application/x-amz-json-1.0":
            wrong = "wrong type"
        if wrong or not action:
            self.answer(403, {"message": wrong or "no such action"})
            return
        with LOCK:
            self.answer(200, action(json.loads(body)))

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
server.serve_forever()
