"""The call in each language, and how the words of the answer are got out of it.

The one rule: no package to install. Python and JavaScript (Node 20 or later) come with all that is
needed, PHP with its cURL extension.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from chat.snippets.call import Call
from chat.snippets.literals import JAVASCRIPT, JSON, PHP, PYTHON, json_string, literal, php_string

AGENT = "example/1.0"
"""Some providers turn away what calls itself Python-urllib."""


@dataclass(frozen=True, slots=True)
class Language:
    name: str
    label: str
    colours: str
    write: Callable[[Call], str]


def curl(call: Call) -> str:
    lines = [f"curl {'-N ' if call.is_streamed else ''}{shlex.quote(call.url)}"]
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.key_header:
        lines.append(f'-H "{call.key_header}: {call.key_prefix}${call.key_variable}"')
    body = literal(call.body, JSON).replace("'", "'\\''")
    return " \\\n  ".join([*lines, f"-d '{body}'"]) + "\n"


def python(call: Call) -> str:
    headers = {**call.headers, "User-Agent": AGENT}
    lines = [f"{json_string(name)}: {json_string(value)}," for name, value in headers.items()]
    if call.key_header:
        prefix = f"{json_string(call.key_prefix)} + " if call.key_prefix else ""
        key = f'{prefix}os.environ["{call.key_variable}"]'
        lines.append(f"{json_string(call.key_header)}: {key},")
    inner = "\n        ".join(lines)
    imports = "import json\nimport os\n" if call.key_header else "import json\n"
    return f"""{imports}import urllib.request

request = urllib.request.Request(
    {json_string(call.url)},
    headers={{
        {inner}
    }},
    data=json.dumps({literal(call.body, PYTHON, indent="    ")}).encode(),
)
with urllib.request.urlopen(request) as response:
{_PYTHON_STREAMED[call.dialect] if call.is_streamed else _PYTHON[call.dialect]}"""


_PYTHON = {
    "openai": """    answer = json.load(response)
print(answer["choices"][0]["message"]["content"])
""",
    "anthropic": """    answer = json.load(response)
print("".join(block.get("text", "") for block in answer["content"]))
""",
    "google": """    answer = json.load(response)
print("".join(part.get("text", "") for part in answer["candidates"][0]["content"]["parts"]))
""",
}
_PYTHON_LINES = """    for line in response:
        if not line.startswith(b"data: {"):
            continue
        event = json.loads(line[6:])
"""
_PYTHON_STREAMED = {
    "openai": _PYTHON_LINES
    + """        for choice in event["choices"]:
            print(choice["delta"].get("content") or "", end="", flush=True)
""",
    "anthropic": _PYTHON_LINES
    + """        if event["type"] == "content_block_delta":
            print(event["delta"].get("text", ""), end="", flush=True)
""",
    "google": _PYTHON_LINES
    + """        for candidate in event.get("candidates", []):
            for part in candidate.get("content", {}).get("parts", []):
                print(part.get("text", ""), end="", flush=True)
""",
}


def javascript(call: Call) -> str:
    lines = [f"{json_string(name)}: {json_string(value)}," for name, value in call.headers.items()]
    if call.key_header:
        key = f"process.env.{call.key_variable}"
        value = f"`{call.key_prefix}${{{key}}}`" if call.key_prefix else key
        lines.append(f"{json_string(call.key_header)}: {value},")
    headers = "\n    ".join(lines)
    reading = _JAVASCRIPT_STREAMED if call.is_streamed else _JAVASCRIPT
    return f"""const response = await fetch({json_string(call.url)}, {{
  method: "POST",
  headers: {{
    {headers}
  }},
  body: JSON.stringify({literal(call.body, JAVASCRIPT, indent="  ")}),
}});
{reading[call.dialect]}"""


_JAVASCRIPT = {
    "openai": """const answer = await response.json();
console.log(answer.choices[0].message.content);
""",
    "anthropic": """const answer = await response.json();
console.log(answer.content.map((block) => block.text ?? "").join(""));
""",
    "google": """const answer = await response.json();
console.log(answer.candidates[0].content.parts.map((part) => part.text ?? "").join(""));
""",
}
_JAVASCRIPT_PIECES = {
    "openai": 'event.choices[0]?.delta.content ?? ""',
    "anthropic": 'event.delta?.text ?? ""',
    "google": "(event.candidates?.[0].content?.parts ?? [])"
    '.map((part) => part.text ?? "").join("")',
}
_JAVASCRIPT_STREAMED = {
    dialect: f"""let rest = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {{
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  for (const line of lines) {{
    if (!line.startsWith("data: {{")) continue;
    const event = JSON.parse(line.slice(6));
    process.stdout.write({piece});
  }}
}}
"""
    for dialect, piece in _JAVASCRIPT_PIECES.items()
}


def php(call: Call) -> str:
    lines = [f"{php_string(f'{name}: {value}')}," for name, value in call.headers.items()]
    if call.key_header:
        lines.append(f'"{call.key_header}: {call.key_prefix}" . getenv("{call.key_variable}"),')
    headers = "\n        ".join(lines)
    body = literal(call.body, PHP, indent="    ")
    reading = _PHP_STREAMED if call.is_streamed else _PHP
    before, option, after = reading[call.dialect]
    return f"""<?php
{before}$curl = curl_init({php_string(call.url)});
curl_setopt_array($curl, [
    CURLOPT_HTTPHEADER => [
        {headers}
    ],
    CURLOPT_POSTFIELDS => json_encode({body}),
    {option}
]);
{after}"""


_PHP_PIECES = {
    "openai": ('$answer["choices"][0]["message"]["content"]', '["choices"][0]["delta"]["content"]'),
    "anthropic": (
        'implode("", array_column($answer["content"], "text"))',
        '["delta"]["text"]',
    ),
    "google": (
        'implode("", array_column($answer["candidates"][0]["content"]["parts"], "text"))',
        '["candidates"][0]["content"]["parts"][0]["text"]',
    ),
}
_PHP = {
    dialect: (
        "",
        "CURLOPT_RETURNTRANSFER => true,",
        f"$answer = json_decode(curl_exec($curl), true);\necho {piece}, PHP_EOL;\n",
    )
    for dialect, (piece, _) in _PHP_PIECES.items()
}
_PHP_STREAMED = {
    dialect: (
        f"""$rest = "";
$read = function ($curl, $bytes) use (&$rest) {{
    $lines = explode("\\n", $rest . $bytes);
    $rest = array_pop($lines);
    foreach ($lines as $line) {{
        if (str_starts_with($line, "data: {{")) {{
            echo json_decode(substr($line, 6), true){piece} ?? "";
        }}
    }}
    return strlen($bytes);
}};
""",
        "CURLOPT_WRITEFUNCTION => $read,",
        "curl_exec($curl);\n",
    )
    for dialect, (_, piece) in _PHP_PIECES.items()
}

LANGUAGES = {
    language.name: language
    for language in (
        Language("python", "Python", "python", python),
        Language("javascript", "JavaScript", "javascript", javascript),
        Language("curl", "cURL", "bash", curl),
        Language("php", "PHP", "php", php),
    )
}
