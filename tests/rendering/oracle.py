"""A judge of HTML that knows nothing of how ours is made: what a page may hold, and balance."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"br", "hr", "input", "img", "use"}
_TAGS = """
p br hr em strong del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td a
span div sup sub kbd input img figure figcaption button svg use math mi mn mo ms mtext mspace mrow
mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts mphantom
mpadded menclose mstyle mtable mtr mtd
"""
TAGS = set(_TAGS.split())
ADDRESS = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]\S*)?|mailto:\S+")
FORBIDDEN = re.compile(r"on\w+|style|id|name|srcdoc|formaction|xlink:href|action|data-sourcepos")


class Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "a" and "a" in self._open:
            self.faults.append("a link in a link")
        if tag not in VOID:
            self._open.append(tag)
            self.depth = max(self.depth, len(self._open))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "use":
            self.faults.append(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> out of order")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}")

    def close(self) -> None:
        super().close()
        if self._open:
            self.faults.append(f"left open: {self._open}")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if FORBIDDEN.fullmatch(name):
            self.faults.append(f"{tag}[{name}={value!r}]")
        if name == "href" and tag != "use" and (tag != "a" or not ADDRESS.fullmatch(value)):
            self.faults.append(f"{tag}[href={value!r}]")
        if name == "src" and not (tag == "img" and value.startswith("/files/")):
            self.faults.append(f"{tag}[src={value!r}]")


def judge(html: str) -> Judge:
    found = Judge()
    found.feed(html)
    found.close()
    return found


def faults(blocks: tuple[str, ...]) -> list[str]:
    """What is wrong in any block; each has to be whole in itself."""
    return [f"{fault} in {block[:2000]!r}" for block in blocks for fault in judge(block).faults]


def text_of(blocks: tuple[str, ...]) -> str:
    return "\n".join(judge(block).text for block in blocks)
