"""ModelsLab's addresses: the same calls, with their name for the model and the key in the body.

https://docs.modelslab.com/llms-api/chat-completions
"""

from __future__ import annotations

from dataclasses import replace

from django.http.response import HttpResponseBase

from chat.api import anthropic, openai
from chat.api.door import View, Visit


def _renamed(view: View) -> View:
    async def renamed(visit: Visit) -> HttpResponseBase:
        body = visit.body
        if isinstance(body, dict) and "model_id" in body:
            body = {"model": body["model_id"]} | body
            del body["model_id"]
        return await view(replace(visit, body=body))

    return renamed


create_completion = _renamed(openai.create_completion)
create_message = _renamed(anthropic.create_message)
count_tokens = _renamed(anthropic.count_tokens)
