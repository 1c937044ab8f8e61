"""What a tutorial's aiohttp program does: fetch_aiohttp.py PARALLEL LIST"""

import asyncio
import sys

import aiohttp


async def worker(session, urls, out):
    for url in urls:
        async with session.get(url) as answer:
            out.write(await answer.read())


async def main(parallel, path):
    with open(path, encoding="ascii") as f:
        urls = iter(f.read().split())
    connector = aiohttp.TCPConnector(limit=parallel)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(worker(session, urls, sys.stdout.buffer)
                               for _ in range(parallel)))


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
