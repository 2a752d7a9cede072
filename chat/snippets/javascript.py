"""The call in JavaScript, with nothing but what Node has."""

from __future__ import annotations

from dataclasses import replace

from chat.snippets.call import Call
from chat.snippets.literals import JAVASCRIPT, json_string, literal

_WORDS = {
    "openai": "answer.choices[0].message.content",
    "anthropic": 'answer.content.map((block) => block.text ?? "").join("")',
    "google": 'answer.candidates[0].content.parts.map((part) => part.text ?? "").join("")',
}
_PIECES = {
    "openai": 'event.choices[0]?.delta.content ?? ""',
    "anthropic": 'event.delta?.text ?? ""',
    "google": "(event.candidates?.[0].content?.parts ?? [])"
    '.map((part) => part.text ?? "").join("")',
}


def write(call: Call) -> str:
    body = literal(call.body, replace(JAVASCRIPT, files=call.files), indent="  ")
    imports = 'import { readFileSync } from "node:fs";\n\n' if call.files else ""
    lines = [f"{json_string(name)}: {json_string(value)}," for name, value in call.headers.items()]
    headers = "\n    ".join([*lines, *_key(call)])
    return f"""{imports}const response = await fetch({json_string(call.url)}, {{
  method: "POST",
  headers: {{
    {headers}
  }},
  body: JSON.stringify({body}),
}});
{_reading(call)}"""


def _key(call: Call) -> list[str]:
    if not call.key_header:
        return []
    key = f"process.env.{call.key_variable}"
    value = f"`{call.key_prefix}${{{key}}}`" if call.key_prefix else key
    return [f"{json_string(call.key_header)}: {value},"]


def _reading(call: Call) -> str:
    if call.is_streamed:
        return _streamed(_PIECES[call.dialect])
    words = f"console.log({_WORDS[call.dialect]});\n"
    if not call.is_task:
        return f"const answer = await response.json();\n{words}"
    key = "".join(_key(call)).rstrip(",")
    return f"""let task = await response.json();
while (["queued", "running"].includes(task.status)) {{
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const asked = await fetch({json_string(call.tasks_url + "/")} + task.id, {{
    headers: {{ {key} }},
  }});
  task = await asked.json();
}}
if (task.status !== "completed") throw new Error(JSON.stringify(task.error));
const answer = task.result;
{words}"""


def _streamed(piece: str) -> str:
    return f"""let rest = "";
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
