"""What the fault server does wrong, one function per fault.

A function gets (server, connection, request) and returns True if the
connection may serve another request. /NAME runs the function; its docstring
is the help that / prints. With ?times=N a fault happens to the first N visits
of a URL only, later ones get an honest answer.
"""

import asyncio
import base64
import hashlib
import email.utils
import functools
import gzip
import random
import time
import zlib

import parts

FAULTS = {}


def fault(name):
    def register(function):
        FAULTS[name] = function
        return function
    return register


# Answers that are all right

@fault("index")
async def index(server, c, r):
    """this list"""
    lines = [f"/{name:20} {f.__doc__}" for name, f in FAULTS.items()]
    await c.answer(body="\n".join(lines) + "\n", Content_Type="text/plain")
    return True


@fault("ok")
async def ok(server, c, r):
    """{"ok":true}"""
    await c.answer(body={"ok": True})
    return True


@fault("echo")
async def echo(server, c, r):
    """the request as it came"""
    await c.answer(body={
        "method": r.method, "target": r.target,
        "headers": dict(r.headers), "body": r.body.decode("latin-1")})
    return True


@fault("log")
async def log(server, c, r):
    """requests so far whose target contains ?match="""
    entries = server.log.matching(r.query.get("match", ""))
    await c.answer(body=[e for e in entries if "/log?" not in e["target"]])
    return True


@fault("text")
async def text(server, c, r):
    """?body= (percent-encoded bytes) with ?type= and ?status="""
    body = r.query.get("body", "")
    await c.answer(int(r.query.get("status", 200)),
                   body.encode("utf-8", "surrogateescape"),
                   Content_Type=r.query.get("type", "application/json"))
    return True


@fault("base64")
async def base64_body(server, c, r):
    """any bytes: ?body= in base64, with ?type="""
    await c.answer(body=base64.b64decode(r.query["body"]),
                   Content_Type=r.query.get("type", "application/json"))
    return True


@fault("raw")
async def raw(server, c, r):
    """any answer: ?raw= is its head and body, in base64 of URLs"""
    await c.send(base64.urlsafe_b64decode(r.query.get("raw", "")))
    return True


@fault("random")
async def random_body(server, c, r):
    """N digits, never the same"""
    await c.answer(body="".join(random.choices("0123456789",
                                               k=int(r.number(20)))))
    return True


@fault("slow")
async def slow(server, c, r):
    """an answer after N seconds"""
    await asyncio.sleep(r.number(1))
    await c.answer(body={"slow": r.number(1)})
    return True


@fault("close")
async def close(server, c, r):
    """an answer, then the connection is closed, as announced"""
    await c.answer(body={"ok": True}, Connection="close")


@fault("until-close")
async def until_close(server, c, r):
    """HTTP/1.0 without a length"""
    await c.send("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n")


@fault("cookie")
async def cookie(server, c, r):
    """sets a cookie"""
    await c.answer(body={"ok": True}, Set_Cookie="seen=canary-cookie; Path=/")
    return True


@fault("auth")
async def auth(server, c, r):
    """401 unless -u USER:PASSWORD, from the path /auth/USER/PASSWORD"""
    user, _, password = r.rest.partition("/")
    want = base64.b64encode(f"{user}:{password}".encode()).decode()
    if r.header("authorization") == "Basic " + want:
        await c.answer(body={"user": user})
    else:
        await c.answer(401, {"error": "who are you?"},
                       WWW_Authenticate='Basic realm="faults"')
    return True


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


@fault("digest")
async def digest(server, c, r):
    """401 unless --digest -u USER:PASSWORD, from /digest/USER/PASSWORD"""
    user, _, password = r.rest.partition("/")
    want = md5(f"{md5(f'{user}:faults:{password}')}:once:"
               f"{md5(f'{r.method}:{r.target}')}")
    if f'response="{want}"' in (r.header("authorization") or ""):
        await c.answer(body={"user": user})
    else:
        await c.answer(401, {"error": "who are you?"},
                       WWW_Authenticate='Digest realm="faults", nonce="once"')
    return True


@fault("bearer")
async def bearer(server, c, r):
    """401 after two seconds unless the token is the path's first part"""
    token = r.rest.partition("/")[0]
    if r.header("authorization") == f"Bearer {token}":
        await c.answer(body={"ok": True})
    else:
        await asyncio.sleep(2)
        await c.answer(401, {"error": "who are you?"})
    return True


async def refuse_expectation(c, r, goes_on):
    if r.header("expect"):
        await c.answer(417, {"error": "no expectations"})
        return goes_on
    await c.answer(body={"size": len(r.body)})
    return True


@fault("417")
async def expectation_failed(server, c, r):
    """417 and the end to a request with Expect, before its body came"""
    return await refuse_expectation(c, r, False)


@fault("late-417")
async def expectation_failed_late(server, c, r):
    """417 to a request with Expect, after its body came"""
    return await refuse_expectation(c, r, True)


# Connections that break off

@fault("empty")
async def empty(server, c, r):
    """closed without an answer"""


@fault("reset-header")
async def reset_header(server, c, r):
    """RST within the header"""
    await c.send("HTTP/1.1 200 OK\r\nContent-Len")
    await asyncio.sleep(0.02)
    c.reset()


@fault("reset-body")
async def reset_body(server, c, r):
    """RST within the body"""
    await c.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x" * 100)
    await asyncio.sleep(0.02)
    c.reset()


@fault("stale")
async def stale(server, c, r):
    """an answer; the next request on this connection finds it dead"""
    if getattr(c, "used", False):
        c.reset()
        return False
    c.used = True
    await c.answer(body={"ok": True})
    return True


@fault("short")
async def short(server, c, r):
    """100 bytes of 1000"""
    await c.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x" * 100)


@fault("chunk-cut")
async def chunk_cut(server, c, r):
    """the end within a chunk"""
    await c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\nhello\r\n100\r\nwor")


def gzipped(size=100000):
    return gzip.compress(b"".join(b"%015d\n" % n
                                  for n in range(0, size, 16)))


@fault("gzip-cut")
async def gzip_cut(server, c, r):
    """half a gzip stream, with the length of half a stream"""
    data = gzipped()
    await c.answer(body=data[:len(data) // 2], Content_Encoding="gzip")
    return True


@fault("gzip-corrupt")
async def gzip_corrupt(server, c, r):
    """a gzip stream with a hole of 0xff"""
    data = bytearray(gzipped())
    data[100:200] = b"\xff" * 100
    await c.answer(body=bytes(data), Content_Encoding="gzip")
    return True


@functools.lru_cache
def zeros(megabytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(bytes(1000000)) for _ in range(megabytes)]
    return b"".join(parts) + packer.flush()


@fault("gzip-bomb")
async def gzip_bomb(server, c, r):
    """N (default 210) MB of zeros, compressed to a thousandth"""
    body = await asyncio.to_thread(zeros, int(r.number(210)))
    await c.answer(body=body, Content_Encoding="gzip")
    return True


@functools.lru_cache
def zeros_twice(gigabytes):
    return gzip.compress(zeros(100) * int(10 * gigabytes))


@fault("gzip-bomb-twice")
async def gzip_bomb_twice(server, c, r):
    """N (default 10) GB of zeros, compressed twice"""
    body = await asyncio.to_thread(zeros_twice, r.number(10))
    await c.answer(body=body, Content_Encoding="gzip, gzip")
    return True


# Not HTTP

@fault("garbage")
async def garbage(server, c, r):
    """a status line that is none"""
    await c.send("HTTP/x.y abc\r\nContent-Length: 0\r\n\r\n")


@fault("http09")
async def http09(server, c, r):
    """a body without a header"""
    await c.send("<html>hello from 1991</html>\n")


@fault("bad-chunk")
async def bad_chunk(server, c, r):
    """a chunk size that is no number"""
    await c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "zz\r\nhello\r\n0\r\n\r\n")


@fault("nul-header")
async def nul_header(server, c, r):
    """a NUL byte in a header"""
    await c.send("HTTP/1.1 200 OK\r\nX-Bad: a\0b\r\nContent-Length: 2\r\n"
                 "\r\n{}")


@fault("two-lengths")
async def two_lengths(server, c, r):
    """two Content-Length headers that differ"""
    await c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                 "Content-Length: 6\r\n\r\nhello!")


@fault("head")
async def head(server, c, r):
    """?lines= (percent-encoded, CRLF between them) as headers, ok as body"""
    await c.send(
        b"HTTP/1.1 200 OK\r\n" + r.raw("lines") + b"\r\n\r\nok")


@fault("bytes")
async def some_bytes(server, c, r):
    """?of= the whole answer, byte by byte as it is to be, then the end"""
    await c.send(r.raw("of"))


@fault("hint")
async def hint(server, c, r):
    """103, then an answer"""
    await c.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await c.answer(body={"ok": True})
    return True


@fault("method")
async def method(server, c, r):
    """the method, as text"""
    await c.answer(body=r.method)
    return True


@fault("cut")
async def cut(server, c, r):
    """?head= and no more, then the end"""
    await c.send(r.raw("head"))


@fault("big-header")
async def big_header(server, c, r):
    """one header of 200 KB"""
    await c.answer(body={}, X_Big="x" * 200000)
    return True


@fault("many-headers")
async def many_headers(server, c, r):
    """400 KB of headers, 100 bytes each"""
    lines = "".join(f"X-{n}: {'x' * 90}\r\n" for n in range(4000))
    await c.send(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 2\r\n\r\n{{}}")
    return True


@fault("endless-1xx")
async def endless_1xx(server, c, r):
    """103 Early Hints for ever"""
    while True:
        await c.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50)
        await asyncio.sleep(0.005)


@fault("101")
async def switching(server, c, r):
    """101, to a protocol that nobody asked for"""
    await c.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n"
                 "Connection: Upgrade\r\n\r\n")
    await asyncio.sleep(0.05)


@fault("204-body")
async def no_content_with_body(server, c, r):
    """204 with a body"""
    await c.send("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello")


# Time and size

@fault("drip")
async def drip(server, c, r):
    """N bytes, five a second"""
    n = int(r.number(100))
    await c.send(f"HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n\r\n")
    for _ in range(n):
        await c.send("x")
        await asyncio.sleep(0.2)
    return True


@fault("stall")
async def stall(server, c, r):
    """no answer, ever"""
    await c.until_gone()


@fault("slow-first")
async def slow_first(server, c, r):
    """slow at the first visit; at others the fault behind it, at once"""
    if server.log.visit(r) > 1:
        return await FAULTS[r.rest.partition("/")[0]](server, c, r)
    await asyncio.sleep(1)
    return await ok(server, c, r)


@fault("stall-body")
async def stall_body(server, c, r):
    """100 bytes of 1000, then nothing, ever"""
    await c.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x" * 100)
    await c.until_gone()


@fault("tiny-chunks")
async def tiny_chunks(server, c, r):
    """N (default 1,000,000) bytes of an array of zeros, a chunk for each"""
    n = int(r.number(1000000)) // 2
    body = b"[" + b",".join([b"0"] * n) + b"]"
    await c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for at in range(0, len(body), 10000):
        await c.send(b"".join(b"1\r\n%c\r\n" % byte
                              for byte in body[at:at + 10000]))
    await c.send("0\r\n\r\n")
    return True


@fault("part")
async def part(server, c, r):
    """a file that is sent in parts, wrongly if the query says so: parts.py"""
    return await parts.Part(server, r).send(c)


@fault("endless")
async def endless(server, c, r):
    """a body without end"""
    await c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    while True:
        await c.send(chunk)


@fault("deep-json")
async def deep_json(server, c, r):
    """an array, N deep"""
    n = int(r.number(100000))
    await c.answer(body=b"[" * n + b"]" * n, Content_Type="application/json")
    return True


@fault("nested")
async def nested(server, c, r):
    """objects in objects, 900 deep, 2 MB; {"in": {"in": ...}, "id": [...]}"""
    ids = ",".join(map(str, range(2000)))
    await c.answer(body='{"name":"%s","in":' % ("y" * 2200) * 900 +
                   '{"id":[%s]}' % ids + "}" * 900,
                   Content_Type="application/json")
    return True


@fault("nested-html")
async def nested_html(server, c, r):
    """elements in elements, 200 deep, around 1 MB of text"""
    await c.answer(body="<div>" * 200 + "x" * 1000000 + "</div>" * 200,
                   Content_Type="text/html")
    return True


@fault("pairs")
async def pairs(server, c, r):
    """a page of N (default 150,000) elements p and i, no two alike"""
    n = int(r.number(150000))
    await c.answer(body="".join(f"<p>p{i}</p><i>i{i}</i>" for i in range(n)),
                   Content_Type="text/html")
    return True


# What happens to a request that comes again and again

@fault("challenge")
async def challenge(server, c, r):
    """401 with Digest unless Authorization says so"""
    if "Digest" in (r.header("authorization") or ""):
        return await FAULTS["ok"](server, c, r)
    await c.answer(401, {"error": "who are you?"},
                   WWW_Authenticate='Digest realm="faults", nonce="n"')
    return True


def answering(status, **headers):
    """A step that is nothing but an answer."""
    async def step(server, c, r):
        await c.answer(status, {"status": status}, **headers)
        return True
    return step


def leading(status):
    """A step that leads on to the plan in ?then=."""
    async def step(server, c, r):
        number = r.rest.partition("/")[0]
        return await redirect(c, f"/plan/{number}/then?plan="
                                 f"{r.query.get('then', 'ok')}", status)
    return step


# Steps of a plan that do what was asked for, or may have, and those that do
# not.
PROCESSING = {"500": answering(500), "502": answering(502),
              "503": answering(503), "504": answering(504),
              "301": leading(301), "302": leading(302), "303": leading(303)}
REFUSING = {"429": answering(429),
            "429ra": answering(429, Retry_After="0"),
            "429ms": answering(429, retry_after_ms="20"),
            "503ra": answering(503, Retry_After="0"),
            "403quota": answering(403, X_RateLimit_Remaining="0",
                                  X_RateLimit_Reset="0"),
            "425": answering(425), "421": answering(421),
            "400": answering(400), "404": answering(404),
            "307": leading(307), "308": leading(308)}


def processes(step, r):
    if step == "417":
        return not r.header("expect")
    if step == "challenge":
        return "Digest" in (r.header("authorization") or "")
    if step in ("301", "302") and r.method != "POST":
        return False  # it goes on as it is
    return step not in REFUSING and step != "throttle-cut"


@fault("plan")
async def plan(server, c, r):
    """/plan/ID?plan=STEP,... the step of its visit, the last one from then on;
    what is processed is logged as /processed/ID"""
    steps = r.query.get("plan", "ok").split(",")
    step = steps[min(server.log.visit(r), len(steps)) - 1]
    if processes(step, r):
        server.log.note(c, r.method, "/processed/" + r.rest.split("/")[0])
    act = PROCESSING.get(step) or REFUSING.get(step) or FAULTS[step]
    return await act(server, c, r)


# Redirects

async def redirect(c, to, status=302):
    await c.answer(status, {"redirected": True}, Location=to)
    return True


@fault("redirect")
async def redirect_to(server, c, r):
    """to ?to= with ?status= (302)"""
    return await redirect(c, r.query["to"], int(r.query.get("status", 302)))


@fault("redirect-loop")
async def redirect_loop(server, c, r):
    """to itself"""
    return await redirect(c, r.target)


@fault("redirect-file")
async def redirect_file(server, c, r):
    """to file:///etc/passwd"""
    return await redirect(c, "file:///etc/passwd")


@fault("redirect-ftp")
async def redirect_ftp(server, c, r):
    """to ftp://"""
    return await redirect(c, server.urls["F"].replace("http:", "ftp:") + "/x")


@fault("redirect-to")
async def redirect_to(server, c, r):
    """to the path behind it, with the query; ?code= (302)"""
    _, _, query = r.target.partition("?")
    return await redirect(c, f"/{r.rest}?{query}",
                          int(r.query.get("code", 302)))


@fault("redirect-nowhere")
async def redirect_nowhere(server, c, r):
    """302 without a Location"""
    await c.answer(302, {"redirected": True})
    return True


@fault("redirect-control")
async def redirect_control(server, c, r):
    """a Location that would colour a terminal"""
    return await redirect(c, "http://127.0.0.1:1/\x1b[31mred")


@fault("redirect-other")
async def redirect_other(server, c, r):
    """to the same path behind it, at another origin"""
    return await redirect(c, f"{server.urls['F2']}/{r.rest or 'echo'}",
                          int(r.query.get("status", 302)))


@fault("redirect-down")
async def redirect_down(server, c, r):
    """from https to http"""
    return await redirect(c, f"{server.urls['F']}/echo")


# Too much

def retry_after(text):
    """A Retry-After: as it is, or `date+2` for a date in two seconds."""
    if not text.startswith("date"):
        return text
    return email.utils.formatdate(time.time() + float(text[4:]), usegmt=True)


@fault("throttle")
async def throttle(server, c, r):
    """?status= (429) with ?retry_after=TEXT or date+2; use ?times=1"""
    after = r.query.get("retry_after")
    await c.answer(int(r.query.get("status", 429)), {"error": "too much"},
                   Date=email.utils.formatdate(usegmt=True),
                   Retry_After=retry_after(after) if after else None)
    return True


@fault("job")
async def job(server, c, r):
    """/job/N/ID 202 and "running" before the Nth visit, then ?end= (done);
    ?empty no body until then; ?after=S Retry-After; ?fail=K 503 at visit K;
    ?items=M a list of M zeros in it"""
    visit = server.log.visit(r)
    done = visit >= int(r.rest.partition("/")[0])
    if visit == int(r.query.get("fail", 0)):
        await c.answer(503, {"error": "busy"})
        return True
    body = {"state": r.query.get("end", "done") if done else "running",
            "visit": visit, "items": [0] * int(r.query.get("items", 0))}
    await c.answer(200 if done else 202,
                   b"" if "empty" in r.query and not done else body,
                   Retry_After=r.query.get("after"))
    return True


@fault("throttle-cut")
async def throttle_cut(server, c, r):
    """429 with a Retry-After of a second, and half a body; use ?times=1"""
    await c.send("HTTP/1.1 429 Whatever\r\nRetry-After: 1\r\n"
                 "Content-Length: 100\r\n\r\n" + "x" * 50)


PAUSES = {
    "none": {}, "decimal": {"Retry_After": "1.0"},
    "twice": {"Retry_After": "1\r\nRetry-After: 1"},
    "ms": {"retry_after_ms": "1000"}, "duration": {"Retry_After": "1s"},
    "after": {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset_After": "0.9"},
}


@fault("ten")
async def ten(server, c, r):
    """ten in any second; beyond, 429 with what the path names (PAUSES)"""
    now = time.monotonic()
    times = server.taken.setdefault(r.path, [])
    times[:] = [t for t in times if now - t < 1]
    if len(times) < 10:
        times.append(now)
        return await ok(server, c, r)
    await c.answer(429, {"error": "too much"},
                   **PAUSES[r.rest.partition("/")[0]])
    return True


@fault("capacity")
async def capacity(server, c, r):
    """503 where more than N are in flight; each takes ?delay= (0.05) s"""
    flying = server.flying.get(r.path, 0)
    if flying >= r.number(10):
        await c.answer(503, {"error": "full"})
        return True
    server.flying[r.path] = flying + 1
    try:
        await asyncio.sleep(float(r.query.get("delay", 0.05)))
    finally:
        server.flying[r.path] -= 1
    await c.answer(body={"ok": True})
    return True


@fault("crowd")
async def crowd(server, c, r):
    """waits for N in flight, ?wait= (1) s at most; answers the most it saw"""
    flying = server.flying.get(r.path, 0) + 1
    server.flying[r.path] = flying
    most = server.most[r.path] = max(server.most.get(r.path, 0), flying)
    end = time.monotonic() + float(r.query.get("wait", 1))
    while time.monotonic() < end and server.most[r.path] < r.number(2):
        await asyncio.sleep(0.005)
    most = server.most[r.path]
    server.flying[r.path] -= 1
    await c.answer(body={"most": most})
    return True


async def connect(server, c, r):
    """As a proxy: CONNECT to status-NNN.test answers NNN, others 502."""
    host = r.target.partition(".")[0]
    status = int(host[7:]) if host.startswith("status-") else 502
    await c.answer(status, {"error": "proxy"})
    return True


async def behave(server, c, r):
    """Run the fault that the request asks for."""
    if r.method == "CONNECT":
        return await connect(server, c, r)
    times = r.query.get("times")
    if times and server.log.visit(r) > int(times):
        return await ok(server, c, r)
    act = FAULTS.get(r.name)
    if not act:
        await c.answer(404, {"error": "no such fault"})
        return True
    return await act(server, c, r)
