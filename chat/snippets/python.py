"""The call in Python, with nothing but its standard library."""

from __future__ import annotations

from dataclasses import replace

from chat.snippets.call import Call
from chat.snippets.literals import PYTHON, json_string, literal

AGENT = "example/1.0"
"""Some providers turn away what calls itself Python-urllib."""

_WORDS = {
    "openai": 'answer["choices"][0]["message"]["content"]',
    "anthropic": '"".join(block.get("text", "") for block in answer["content"])',
    "google": '"".join(part.get("text", "") for part in '
    'answer["candidates"][0]["content"]["parts"])',
}
_LINES = """    for line in response:
        if not line.startswith(b"data: {"):
            continue
        event = json.loads(line[6:])
"""
_STREAMED = {
    "openai": """        for choice in event["choices"]:
            print(choice["delta"].get("content") or "", end="", flush=True)
""",
    "anthropic": """        if event["type"] == "content_block_delta":
            print(event["delta"].get("text", ""), end="", flush=True)
""",
    "google": """        for candidate in event.get("candidates", []):
            for part in candidate.get("content", {}).get("parts", []):
                print(part.get("text", ""), end="", flush=True)
""",
}


def write(call: Call) -> str:
    body = literal(call.body, replace(PYTHON, files=call.files), indent="    ")
    modules = {
        "base64": bool(call.files),
        "json": True,
        "os": bool(call.key_header),
        "pathlib": bool(call.files),
        "time": call.is_task,
        "urllib.request": True,
    }
    imports = "".join(f"import {name}\n" for name, is_needed in modules.items() if is_needed)
    headers = _headers({**call.headers, "User-Agent": AGENT}, call)
    return f"""{imports}
request = urllib.request.Request(
    {json_string(call.url)},
    headers={{
        {headers}
    }},
    data=json.dumps({body}).encode(),
)
with urllib.request.urlopen(request) as response:
{_reading(call)}"""


def _headers(plain: dict[str, str], call: Call) -> str:
    lines = [f"{json_string(name)}: {json_string(value)}," for name, value in plain.items()]
    if call.key_header:
        prefix = f"{json_string(call.key_prefix)} + " if call.key_prefix else ""
        key = f'{prefix}os.environ["{call.key_variable}"]'
        lines.append(f"{json_string(call.key_header)}: {key},")
    return "\n        ".join(lines)


def _reading(call: Call) -> str:
    if call.is_streamed:
        return _LINES + _STREAMED[call.dialect]
    words = f"print({_WORDS[call.dialect]})\n"
    if not call.is_task:
        return f"    answer = json.load(response)\n{words}"
    return f"""    task = json.load(response)
while task["status"] in ("queued", "running"):
    time.sleep(1)
    request = urllib.request.Request(
        {json_string(call.tasks_url + "/")} + task["id"],
        headers={{{_headers({}, call).rstrip(",")}}},
    )
    with urllib.request.urlopen(request) as response:
        task = json.load(response)
if task["status"] != "completed":
    raise SystemExit(json.dumps(task["error"]))
answer = task["result"]
{words}"""
