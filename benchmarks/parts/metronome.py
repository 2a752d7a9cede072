"""A simulated provider: OpenAI's dialect, one token at a fixed beat, each saying when it was sent.

    python -m benchmarks.parts.metronome PORT

The model id is the score: `<tokens>@<per second>`; 0 per second is as fast as the socket takes it.
A token is `t<microseconds of the monotonic clock>` and a blank, so that whoever reads it, in
whatever process on this machine, knows how old it is. Every fortieth ends a paragraph.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

PARAGRAPH = 40


async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, rest = head.partition(b"content-length:")
            length = int(rest.split(b"\r\n")[0] or 0)
            body = await reader.readexactly(length)
            if not body:
                return  # somebody looks whether we are here
            score = json.loads(body)["model"]
            tokens, rate = (int(number) for number in score.split("@"))
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"transfer-encoding: chunked\r\n\r\n"
            )
            began = time.monotonic()
            for number in range(tokens):
                if rate:
                    await asyncio.sleep(max(0, began + number / rate - time.monotonic()))
                end = " " if (number + 1) % PARAGRAPH else "\n\n"
                chunk(writer, {"content": f"t{time.monotonic_ns() // 1000}{end}"}, None)
                await writer.drain()
            chunk(writer, {}, "stop")
            framed(writer, b"data: [DONE]\n\n")
            writer.write(b"0\r\n\r\n")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def chunk(writer: asyncio.StreamWriter, delta: dict[str, str], finish: str | None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    payload = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]}
    framed(writer, b"data: " + json.dumps(payload).encode() + b"\n\n")


def framed(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


async def main(port: int) -> None:
    server = await asyncio.start_server(play, "127.0.0.1", port, backlog=1024)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
