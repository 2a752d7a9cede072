"""What a streamed answer costs: rendered as it grows, against rendered whole at every flush.

    python -m benchmarks.rendering [--characters 10000] [--per-flush 2]

Prints CPU and bytes on the wire per 1,000 tokens, and the ratios, all from one run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from chat.rendering import LiveMarkdown, patch, render_blocks
from chat.rendering.highlighting import highlighted

TOKEN = 4  # characters
ANSWER = """\
## Part {n}: reading a file

The **short** answer: open it, read it, close it. A `with` block does the last for you, see
[the documentation](https://docs.python.org/3/library/io.html#part-{n}) for what else it does.

1. Open the file with the *encoding* that it was written in.
2. Read it line by line: a line is never larger than you think, except when it is.
   - The iterator buffers 8 KiB.
   - ~~Never~~ rarely call `readlines()`.
3. Close it.

```python
def lines_{n}(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            yield f"{{number}}: {{line.rstrip()}}"  # {n}
```

| method | memory | time |
|:-------|-------:|-----:|
| `read` | all | $O(n)$ |
| iterate | one line | $O(n)$ |

The cost is $$\\sum_{{i=1}}^{{{n}}} \\frac{{c_i}}{{n}}$$ for 中文 and emoji 🎉 alike.

"""


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float  # seconds
    wire: int  # bytes
    flushes: int


def answer(characters: int) -> str:
    text = ""
    number = 0
    while len(text) < characters:
        number += 1
        text += ANSWER.format(n=number)
    return text[:characters]


def flushes(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def incremental(text: str, size: int) -> Cost:
    """As a live turn does it, for one watcher. The clock stands still: the valve never closes."""
    live = LiveMarkdown(clock=lambda: 0.0)
    shown: tuple[str, ...] = ()
    wire = count = 0
    started = time.process_time()
    for fresh in flushes(text, size):
        live.feed(fresh)
        now = live.blocks()
        if now is not shown:
            wire += len(msgspec.json.encode(patch(shown, now)))
            shown = now
        count += 1
    wire += len(msgspec.json.encode(patch(shown, live.finish())))
    return Cost(time.process_time() - started, wire, count)


def naive(text: str, size: int) -> Cost:
    """The whole document rendered and sent at every flush; its colours are remembered too."""
    so_far = ""
    wire = count = 0
    started = time.process_time()
    for fresh in flushes(text, size):
        so_far += fresh
        wire += len(msgspec.json.encode(render_blocks(so_far)))
        count += 1
    return Cost(time.process_time() - started, wire, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, default=10_000)
    parser.add_argument("--per-flush", type=int, default=2, help="tokens in one flush")
    options = parser.parse_args()
    text = answer(options.characters)
    highlighted("import lexers before the clock starts", "python")

    thousands = len(text) / TOKEN / 1000
    costs: dict[str, Cost] = {}
    ways: dict[str, Callable[[str, int], Cost]] = {"incremental": incremental, "naive": naive}
    print(f"an answer of {len(text):,} characters, {options.per_flush} tokens a flush")
    print(f"{'':12} {'CPU ms / 1,000 tokens':>22} {'kB / 1,000 tokens':>18} {'flushes':>8}")
    for name, way in ways.items():
        cost = costs[name] = way(text, options.per_flush * TOKEN)
        print(
            f"{name:12} {cost.cpu * 1000 / thousands:22.1f} {cost.wire / 1000 / thousands:18.1f}"
            f" {cost.flushes:8,}"
        )
    cpu = costs["naive"].cpu / costs["incremental"].cpu
    wire = costs["naive"].wire / costs["incremental"].wire
    print(f"{'naive ÷ incr.':12} {cpu:21.1f}× {wire:17.1f}×")


if __name__ == "__main__":
    main()
