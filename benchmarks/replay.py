"""What a track costs: its bytes and the CPU to draw it, beside drawing the answer once.

    python -m benchmarks.replay [--characters 8000 200000 2000000] [--milliseconds 20]

The answer comes four characters at a time, so many milliseconds apart.
"""

from __future__ import annotations

import argparse
import gzip
import os
import tempfile
import time

import msgspec

from benchmarks.rendering import answer
from chat.rendering import render_blocks

PIECE = 4
PAIRS = 20_000  # of a timeline; the last one takes the rest


def timeline(characters: int, milliseconds: int) -> list[list[int]]:
    pairs = min(characters // PIECE, PAIRS)
    times = [[300 + number * milliseconds, PIECE] for number in range(pairs)]
    times[-1][1] += characters - pairs * PIECE
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, nargs="+", default=[8_000, 200_000, 2_000_000])
    parser.add_argument("--milliseconds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "PLAYGROUND_DATA": folder}
        import django

        django.setup()
        measure(options.characters, options.milliseconds)


def measure(lengths: list[int], milliseconds: int) -> None:
    from chat.replays.tracks import track

    print(f"{'characters':>11} {'frames':>7} {'kB':>8} {'gzip kB':>8} {'ms':>7} {'once ms':>8}")
    for characters in lengths:
        text = answer(characters)[:characters]
        times = timeline(len(text), milliseconds)
        begun = time.thread_time()
        render_blocks(text)
        once = time.thread_time() - begun
        begun = time.thread_time()
        found = track([{"type": "text", "text": text}], times)
        drawn = time.thread_time() - begun
        data = msgspec.json.encode(found)
        print(
            f"{characters:11,} {len(found['frames']):7,} {len(data) / 1000:8,.0f}"
            f" {len(gzip.compress(data)) / 1000:8,.0f} {drawn * 1000:7,.0f} {once * 1000:8,.0f}"
        )


if __name__ == "__main__":
    main()
