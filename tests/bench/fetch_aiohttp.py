"""What a tutorial's aiohttp program does:

fetch_aiohttp.py [-p PARALLEL] [--ca FILE] [--gzip] [--names] LIST

Bodies go to stdout, or with --names what the elements of their arrays are
called.
"""

import argparse
import asyncio
import json
import ssl
import sys

import aiohttp


def selected(body, wants_names):
    if not wants_names:
        return body
    return "".join(f"{element['name']}\n" for element in json.loads(body)
                   ).encode()


async def worker(session, urls, wants_names):
    for url in urls:
        async with session.get(url) as answer:
            sys.stdout.buffer.write(selected(await answer.read(), wants_names))


async def main(options):
    with open(options.list, encoding="ascii") as f:
        urls = (line.rstrip("\n") for line in f)
        connector = aiohttp.TCPConnector(
            limit=options.p,
            ssl=ssl.create_default_context(cafile=options.ca)
            if options.ca else None)
        headers = {"Accept-Encoding": "gzip" if options.gzip else "identity"}
        async with aiohttp.ClientSession(
                connector=connector, headers=headers) as session:
            await asyncio.gather(*(worker(session, urls, options.names)
                                   for _ in range(options.p)))


def parse_arguments():
    p = argparse.ArgumentParser()
    p.add_argument("-p", type=int, default=50)
    p.add_argument("--ca")
    p.add_argument("--gzip", action="store_true")
    p.add_argument("--names", action="store_true")
    p.add_argument("list")
    return p.parse_args()


asyncio.run(main(parse_arguments()))
