"""The call in PHP, with its cURL extension."""

from __future__ import annotations

from dataclasses import replace

from chat.snippets.call import Call
from chat.snippets.literals import PHP, literal, php_string

_WORDS = {
    "openai": '$answer["choices"][0]["message"]["content"]',
    "anthropic": 'implode("", array_column($answer["content"], "text"))',
    "google": 'implode("", array_column($answer["candidates"][0]["content"]["parts"], "text"))',
}
_PIECES = {
    "openai": '$event["choices"][0]["delta"]["content"] ?? ""',
    "anthropic": '$event["delta"]["text"] ?? ""',
    "google": 'implode("", '
    'array_column($event["candidates"][0]["content"]["parts"] ?? [], "text"))',
}


def write(call: Call) -> str:
    body = literal(call.body, replace(PHP, files=call.files), indent="    ")
    lines = [f"{php_string(f'{name}: {value}')}," for name, value in call.headers.items()]
    headers = "\n        ".join([*lines, *_key(call)])
    before, option, after = _streamed(call) if call.is_streamed else _whole(call)
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


def _key(call: Call) -> list[str]:
    if not call.key_header:
        return []
    return [f'"{call.key_header}: {call.key_prefix}" . getenv("{call.key_variable}"),']


def _whole(call: Call) -> tuple[str, str, str]:
    words = f"echo {_WORDS[call.dialect]}, PHP_EOL;\n"
    name = "task" if call.is_task else "answer"
    reading = f"${name} = json_decode(curl_exec($curl), true);\n"
    if call.is_task:
        reading += _waiting(call)
    return "", "CURLOPT_RETURNTRANSFER => true,", reading + words


def _waiting(call: Call) -> str:
    key = "".join(_key(call)).rstrip(",")
    return f"""while (in_array($task["status"], ["queued", "running"])) {{
    sleep(1);
    $curl = curl_init({php_string(call.tasks_url + "/")} . $task["id"]);
    curl_setopt_array($curl, [
        CURLOPT_HTTPHEADER => [{key}],
        CURLOPT_RETURNTRANSFER => true,
    ]);
    $task = json_decode(curl_exec($curl), true);
}}
if ($task["status"] !== "completed") {{
    exit(json_encode($task["error"]) . PHP_EOL);
}}
$answer = $task["result"];
"""


def _streamed(call: Call) -> tuple[str, str, str]:
    reading = f"""$rest = "";
$read = function ($curl, $bytes) use (&$rest) {{
    $lines = explode("\\n", $rest . $bytes);
    $rest = array_pop($lines);
    foreach ($lines as $line) {{
        if (str_starts_with($line, "data: {{")) {{
            $event = json_decode(substr($line, 6), true);
            echo {_PIECES[call.dialect]};
        }}
    }}
    return strlen($bytes);
}};
"""
    return reading, "CURLOPT_WRITEFUNCTION => $read,", "curl_exec($curl);\n"
