"""TLS that says goodbye, and stays: close_notify without a FIN.

HTTP/2 by hand, in a thread for each connection, as asyncio closes what has
ended. At the third request of a connection TLS ends; before it the first is
answered, if the server is the one that answers.
"""

import contextlib
import socket
import struct
import threading

import http2


def read_exactly(c, size):
    data = b""
    while len(data) < size:
        more = c.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def requests(c):
    """The number of each stream whose request has come."""
    read_exactly(c, 24)
    c.sendall(http2.frame(http2.SETTINGS, 0, 0))
    while True:
        head = read_exactly(c, 9)
        read_exactly(c, int.from_bytes(head[:3]))
        if head[3] == http2.SETTINGS and not head[4] & http2.ACK:
            c.sendall(http2.frame(http2.SETTINGS, http2.ACK, 0))
        if head[3] in (http2.HEADERS, http2.DATA) and (
                head[4] & http2.END_STREAM):
            yield struct.unpack("!I", head[5:])[0]


def say_goodbye(c):
    c.settimeout(0.01)  # the answer is not waited for
    with contextlib.suppress(OSError):
        c.unwrap()


def talk(c, answers, kept):
    streams = []
    for stream in requests(c):
        streams.append(stream)
        if len(streams) < 3:
            continue
        if answers:
            c.sendall(http2.whole(streams[0]))
        say_goodbye(c)
        kept.append(c)
        return


def serve(listener, context, answers, kept):
    def one(plain):
        with contextlib.suppress(OSError, EOFError):
            talk(context.wrap_socket(plain, server_side=True), answers, kept)

    while True:
        plain, _ = listener.accept()
        threading.Thread(target=one, args=(plain,), daemon=True).start()


def listen(context, answers, kept):
    """Returns the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, context, answers, kept),
                     daemon=True).start()
    return f"https://localhost:{listener.getsockname()[1]}"
