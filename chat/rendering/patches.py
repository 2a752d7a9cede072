"""What changed between two renderings, as little of it as can be said.

The one rule: `apply_patch(old, patch(old, new)) == new`. A patch is a list of [block, keep,
suffix]: block number `block` keeps its first `keep` UTF-16 units, which is how a browser counts,
and goes on with `suffix`. `keep` of −1 removes that block and all after it.
"""

from __future__ import annotations

Patch = list[list[int | str]]


def patch(old: tuple[str, ...], new: tuple[str, ...]) -> Patch:
    """What makes `new` of `old`. Blocks that are the same object cost next to nothing."""
    if old is new:
        return []
    changes: Patch = []
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        if before is after or before == after:
            continue
        kept = _common(before, after)
        changes.append([number, _units(after, kept), after[kept:]])
    changes += [[number, 0, new[number]] for number in range(len(old), len(new))]
    if len(new) < len(old):
        changes.append([len(new), -1, ""])
    return changes


def apply_patch(old: tuple[str, ...], changes: Patch) -> tuple[str, ...]:
    """What a browser makes of a patch."""
    blocks = list(old)
    for number, keep, suffix in changes:
        if not isinstance(number, int) or not isinstance(keep, int) or not isinstance(suffix, str):
            raise TypeError(f"not a change: {[number, keep, suffix]}")
        if keep == -1:
            del blocks[number:]
            continue
        before = blocks[number] if number < len(blocks) else ""
        kept = before.encode("utf-16-le")[: 2 * keep].decode("utf-16-le")
        blocks[number : number + 1] = [kept + suffix]
    return tuple(blocks)


def _common(before: str, after: str) -> int:
    """The length of the longest common prefix, by halves: comparing slices is memcmp."""
    low, high = 0, min(len(before), len(after))
    if before[:high] == after[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _units(text: str, length: int) -> int:
    return length if text.isascii() else len(text[:length].encode("utf-16-le")) // 2
