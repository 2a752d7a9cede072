"""The first wall: what the parser wrote of a block, rewritten into what we stand for.

The one rule: everything put in is built here from escaped text; nothing of the parser's
attributes is passed on unread.
"""

from __future__ import annotations

import re
from html import unescape

from chat.rendering.clean import Images
from chat.rendering.formulas import mathml
from chat.rendering.links import link
from chat.rendering.spelling import escaped, quoted

# One pass over everything that is not ours yet. Code and links are taken whole, so that nothing
# inside them is read twice; the parser escapes every < and > of the text, also in attributes.
# Each way begins with <, & or a no-break space: that lets the engine skip all the rest.
_TOKEN = re.compile(
    r'<pre><code(?: class="language-(?P<language>[^"]*)")?(?P<is_math> data-math-style="display")?>'
    r"(?P<pre>.*?)</code></pre>"
    r"|<code>(?P<code>.*?)</code>"
    r'|<span data-math-style="(?P<style>inline|display)">(?P<math>.*?)</span>'
    r'|<a href="(?P<href>[^"]*)"(?: title="(?P<title>[^"]*)")?>(?P<inner>.*?)</a>'
    r'|<img src="(?P<src>[^"]*)" alt="(?P<alt>[^"]*)"(?: title="[^"]*")? />'
    r'|<input type="checkbox" class="task-list-item-checkbox"(?P<checked> checked="")? '
    r'disabled="" />(?P<loose> \n<p>)?'
    r"|<(?P<void>br|hr) />"
    r"|(?P<quote>&quot;)|(?P<nbsp>\u00a0)"
    r"|(?P<line_break>&lt;br ?/?&gt;)"
    r"|&lt;(?P<small>sub|sup|kbd)&gt;(?P<text>[^<]{1,200}?)&lt;/(?P=small)&gt;"
    r'|<(?P<tag>[a-z]+) class="(?P<class>contains-task-list|task-list-item|markdown-alert[^"]*)"',
    re.DOTALL,
)
_UNTOUCHED = re.compile(r"<(p|h[1-6])>[^<&\u00a0]*</\1>")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,40}")
_CLASSES = {"contains-task-list": "tasks", "task-list-item": "task"}


def content(raw: str, images: Images | None = None) -> str:
    """Safe HTML of a raw block, without the chrome around code and tables."""
    if raw.startswith('<pre class="plain">') or _UNTOUCHED.fullmatch(raw):
        return raw
    return _rewritten(raw, images, in_link=False)


def language(info: str) -> str:
    """The name of a language as we show it: the first word after the fence, if it is a name."""
    found = _LANGUAGE.match(info.strip())
    return found[0] if found else ""


def code(source: str, name: str) -> str:
    """A code block before it is dressed; `source` is escaped already."""
    attribute = f' class="language-{name}"' if name else ""
    return f"<pre><code{attribute}>{source}</code></pre>"


def _rewritten(raw: str, images: Images | None, *, in_link: bool) -> str:
    def token(found: re.Match[str]) -> str:
        match found.lastgroup:
            case "quote":
                return '"'
            case "nbsp":
                return "&nbsp;"
            case "line_break":
                return "<br>"
            case "void":
                return f"<{found['void']}>"
            case "code":
                return f"<code>{_respelt(found['code'])}</code>"
            case "pre":
                return _code(found)
            case "math":
                return _formula(unescape(found["math"]), display=found["style"] == "display")
            case "inner":
                return link(
                    unescape(found["href"]),
                    _rewritten(found["inner"], images, in_link=True),
                    title=unescape(found["title"] or ""),
                )
            case "text":
                return f"<{found['small']}>{_respelt(found['text'])}</{found['small']}>"
            case "class":
                return f'<{found["tag"]} class="{_class(found["class"])}"'
            case "alt":
                return _image(found, images, in_link=in_link)
        return _checkbox(found)

    return _TOKEN.sub(token, raw)


def _respelt(html: str) -> str:
    return html.replace("&quot;", '"').replace("\u00a0", "&nbsp;")


def _code(found: re.Match[str]) -> str:
    if found["is_math"]:
        formula = mathml(unescape(found["pre"]).strip(), display=True)
        if formula:
            return f"<p>{formula}</p>"
    return code(_respelt(found["pre"]), language(unescape(found["language"] or "")))


def _formula(source: str, *, display: bool) -> str:
    formula = mathml(source.strip(), display)
    if formula:
        return formula
    fence = "$$" if display else "$"
    return f'<code class="formula">{escaped(fence + source + fence)}</code>'


def _image(found: re.Match[str], images: Images | None, *, in_link: bool) -> str:
    source, alt = unescape(found["src"]), unescape(found["alt"])
    if images is not None and images(source):
        return f'<img src="{quoted(source)}" alt="{quoted(alt)}" loading="lazy">'
    label = escaped(alt or "image")
    return label if in_link else link(source, label, image=True)


def _checkbox(found: re.Match[str]) -> str:
    label, checked = ("Done", ' checked=""') if found["checked"] else ("To do", "")
    box = f'<input class="task__box" aria-label="{label}"{checked} disabled="" type="checkbox">'
    return f"\n<p>{box} " if found["loose"] else box


def _class(name: str) -> str:
    if known := _CLASSES.get(name):
        return known
    if name == "markdown-alert-title":
        return "callout__title"
    return f"callout callout--{name.rpartition('-')[2]}"
