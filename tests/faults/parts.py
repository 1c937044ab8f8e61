"""/part: a large file that is sent in parts, and what can go wrong with that.

The query says what is wrong; all visits to one path are counted, whatever
their query, so that ?cut= can break off the first and not the second.

  size=      bytes of the file (300000); cut= breaks off the first visits
             (cuts=, 1) after so many bytes of the body; stall: it says
             nothing then, until the client is gone
  etag=      its validator ("one"; none= for no ETag at all); date= gives it a
             Last-Modified of so many seconds ago, or "fresh"
  change=    from this visit on the file is another one, with another validator
  ignore     Range is ignored; blind: only If-Range is
  shift=     the part begins so many bytes later than asked for
  cap=       a part has at most so many bytes
  more=      ... and is followed by so many bytes more than it says
  total=     of Content-Range, if it is not the size of the file
  unasked    every answer is a 206
  gzip       Content-Encoding: gzip, which is not true
  head=      another header line
"""

import email.utils
import random
import time


def content(seed, size):
    """The same bytes for the same seed."""
    return random.Random(seed).randbytes(size)


class Part:
    """One visit to the file."""

    def __init__(self, server, r):
        q = r.query
        self.q = q
        self.visit = server.visit_of_path(r)
        self.changed = "change" in q and self.visit >= int(q["change"])
        self.size = int(q.get("size", 300000))
        self.body = content("two" if self.changed else "one", self.size)
        self.etag = None if "none" in q else (
            '"two"' if self.changed else q.get("etag", '"one"'))
        self.date = time.time() - int(q["date"]) if q.get(
            "date", "fresh") != "fresh" else None
        self.range = self.range_of(r)

    def modified(self):
        """Last-Modified; it stays the same from visit to visit of a second
        at least, so it is cut to the hour."""
        at = self.date - self.date % 3600 + (60 if self.changed else 0)
        return email.utils.formatdate(at, usegmt=True)

    def range_of(self, r):
        """The first byte asked for, or None."""
        asked = r.header("range")
        if not asked or "ignore" in self.q:
            return None
        condition = r.header("if-range")
        known = (self.etag, self.date and self.modified())
        if condition and condition not in known and "blind" not in self.q:
            return None
        return int(asked.removeprefix("bytes=").split("-")[0])

    def lines(self):
        if self.etag:
            yield f"ETag: {self.etag}"
        if self.date:
            yield f"Last-Modified: {self.modified()}"
        if self.q.get("date") == "fresh":
            yield f"Last-Modified: {email.utils.formatdate(usegmt=True)}"
        if "gzip" in self.q:
            yield "Content-Encoding: gzip"
        if "head" in self.q:
            yield self.q["head"]
        yield f"Date: {email.utils.formatdate(usegmt=True)}"

    def answer(self):
        """Status line, body."""
        total = self.q.get("total", self.size)
        start = self.range
        if start is None and "unasked" in self.q:
            start = self.size // 2
        if start is None:
            return "200 OK", self.body, []
        if start >= self.size:
            return "416 Nothing", b"", [f"Content-Range: bytes */{total}"]
        start += int(self.q.get("shift", 0))
        end = min(self.size, start + int(self.q.get("cap", self.size)))
        more = b"x" * int(self.q.get("more", 0))
        return "206 Part", self.body[start:end] + more, [
            f"Content-Range: bytes {start}-{end - 1}/{total}"]

    async def send(self, c):
        status, body, lines = self.answer()
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}",
                 *lines, *self.lines()]
        await c.send("\r\n".join(lines) + "\r\n\r\n")
        if "cut" in self.q and self.visit <= int(self.q.get("cuts", 1)):
            await c.send(body[:int(self.q["cut"])])
            if "stall" in self.q:
                await c.until_gone()
            return False
        await c.send(body)
        return True
