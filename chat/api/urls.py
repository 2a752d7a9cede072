"""The addresses of the API, below /api/."""

from __future__ import annotations

from django.urls import path

from chat.api import anthropic, description, google, models, modelslab, openai, tasks
from chat.api.door import door, hello, nowhere
from chat.api.repeats import once

list_of_all = door(models.dialect_of, GET=models.index)
one_of_all = door(models.dialect_of, GET=models.show, POST=once(google.call_method))
google_list = door("google", GET=models.index)
google_one = door("google", GET=models.show, POST=once(google.call_method))

urlpatterns = [
    path("v1/chat/completions", door("openai", POST=once(openai.create_completion))),
    path("v1/messages", door("anthropic", POST=once(anthropic.create_message))),
    path("v1/messages/count_tokens", door("anthropic", POST=anthropic.count_tokens)),
    path("v1/models", list_of_all),
    path("v1/models/<path:name>", one_of_all),
    path("v1/tasks", door("openai", GET=tasks.index)),
    path("v1/tasks/<str:pk>", door("openai", GET=tasks.show)),
    path("v1/tasks/<str:pk>/cancel", door("openai", POST=tasks.cancel)),
    path("v1beta/models", google_list),
    path("v1beta/models/<path:name>", google_one),
    # The AI SDK takes a name with a slash for a whole path.
    path("v1beta/<path:name>", google_one),
    path(
        "v7/llm/chat/completions",
        door("openai", POST=once(modelslab.create_completion), has_key_in_body=True),
    ),
    path(
        "v7/llm/v1/messages",
        door("anthropic", POST=once(modelslab.create_message), has_key_in_body=True),
    ),
    path(
        "v7/llm/v1/messages/count_tokens",
        door("anthropic", POST=modelslab.count_tokens, has_key_in_body=True),
    ),
    path("openapi.json", description.show),
    path("api/hello", hello),
    path("<path:rest>", nowhere),
]
