"""How an exported page looks, and the policy that goes with it.

The one rule: the page loads nothing and runs nothing, wherever it is opened. The style is named in
the policy by its hash; it holds no character that HTML would have to escape.
"""

from __future__ import annotations

import base64
import hashlib

from django.utils.html import format_html

_CSS = """
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --quiet: light-dark(#666, #aaa); }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem; }
article + article { margin-top: 4rem; border-top: 1px solid var(--line); padding-top: 2rem; }
.lane { margin-top: 3rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h1 { line-height: 1.25; }
section { margin-block: 1.5rem; break-inside: auto; }
section h2 { margin: 0; font-size: 0.875rem; break-after: avoid; }
.user { padding: 0.25rem 1rem; border: 1px solid var(--line); border-radius: 0.75rem; }
.line, .when, .thought, .file { font-size: 0.8125rem; color: var(--quiet); }
.words { overflow-wrap: anywhere; }
.words pre { padding: 0.75rem; overflow: auto; border: 1px solid var(--line); }
.words code { font-size: 0.875em; }
.words img { max-width: 100%; height: auto; border-radius: 0.5rem; break-inside: avoid; }
.words figure { margin: 1rem 0; }
.words .code__bar { font-size: 0.8125rem; color: var(--quiet); }
.words button { display: none; }
.words table { border-collapse: collapse; }
.words th, .words td { padding: 0.25rem 0.5rem; border: 1px solid var(--line); }
.system { white-space: pre-wrap; }
@media print {
  :root { color-scheme: light; }
  main { max-width: none; padding: 0; }
  article + article { break-before: page; border: 0; margin: 0; padding: 0; }
  h1, h2, h3 { break-after: avoid; }
  .words pre { white-space: pre-wrap; break-inside: auto; }
  .words tr, .line { break-inside: avoid; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

POLICY = (
    "default-src 'none'; img-src data:; "
    f"style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
)
STYLE = format_html("<style>{}</style>", _CSS)
