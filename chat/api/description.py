"""The API in OpenAPI's words, at /api/openapi.json.

https://spec.openapis.org/oas/v3.1.0. The one rule: it describes the addresses that there are, no
more and no fewer; what a body may hold beyond this is what each vendor's own reference says.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.api.schemas import SCHEMAS, reference

JSON = "application/json"
EVENTS = "text/event-stream"
SUMMARY = "Every model of this server, in the formats of OpenAI, Anthropic and Google."

Operation = dict[str, Any]

_ERRORS = {
    "400": "A field is wrong, or the prompt does not fit.",
    "401": "The key is missing, unknown, revoked or over.",
    "402": "A budget would be exceeded.",
    "404": "There is no such model, or not for this key.",
    "409": "A request with the same idempotency key is still being answered.",
    "413": "The body is larger than 20 MiB.",
    "415": "The body is not JSON.",
    "429": "The key's minute, or the provider's, is used up.",
    "502": "The provider failed.",
    "503": "The provider is overloaded, or this server is restarting.",
    "504": "The provider fell silent.",
}
_OF_READING = ("400", "401", "404")
_ASYNC = {
    "name": "X-Async-Mode",
    "in": "header",
    "description": "`true`: answer at once with a task.",
    "schema": {"type": "string", "enum": ["true", "false"]},
}
_NAMED = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again under the same key, the same request is made once.",
    "schema": {"type": "string", "pattern": "^[!-~]+$", "maxLength": 255},
}


def show(http: HttpRequest) -> HttpResponse:
    return JsonResponse(description())


def description() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Playground", "version": settings.VERSION, "summary": SUMMARY},
        "servers": [{"url": f"{settings.SITE_URL}/api"}],
        "security": [{"bearer": []}, {"xApiKey": []}, {"xGoogApiKey": []}],
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "xApiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "xGoogApiKey": {"type": "apiKey", "in": "header", "name": "x-goog-api-key"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    completion = _answer("Chat Completions", "ChatCompletionRequest", "ChatCompletion", "OpenAI")
    message = _answer("Messages", "MessageRequest", "Message", "Anthropic")
    count = _count("MessageRequest", "MessageTokens", "Anthropic")
    google: dict[str, Any] = {}
    for version in ("v1beta", "v1"):
        at = f"/{version}/models/{{model}}"
        google |= {
            f"{at}:generateContent": _model_post(
                _answer("generateContent", "GenerateContentRequest", "GeneratedContent", "Google")
            ),
            f"{at}:streamGenerateContent": _model_post(
                _answer(
                    "streamGenerateContent", "GenerateContentRequest", "GeneratedContents", "Google"
                )
            ),
            f"{at}:countTokens": _model_post(
                _count("GenerateContentRequest", "ContentTokens", "Google")
            ),
        }
    listing = _get("The models that the key may use.", "Models", "Models")
    one = _get("One of them.", "Model", "Models", _path("model"))
    return {
        "/v1/chat/completions": {"post": completion},
        "/v1/messages": {"post": message},
        "/v1/messages/count_tokens": {"post": count},
        "/v1/models": {"get": listing},
        "/v1/models/{model}": {"get": one},
        "/v1beta/models": {"get": listing},
        "/v1beta/models/{model}": {"get": one},
        **google,
        "/v1/tasks": {"get": _get("Tasks, the newest first.", "Tasks", "Tasks", *_filters())},
        "/v1/tasks/{id}": {"get": _get("A task.", "Task", "Tasks", _path("id"))},
        "/v1/tasks/{id}/cancel": {"post": _cancel()},
        "/v7/llm/chat/completions": {"post": completion},
        "/v7/llm/v1/messages": {"post": message},
        "/v7/llm/v1/messages/count_tokens": {"post": count},
    }


def _answer(name: str, request: str, response: str, vendor: str) -> Operation:
    return {
        "summary": f"{vendor}: {name}",
        "tags": [vendor],
        "parameters": [_ASYNC, _NAMED],
        "requestBody": _body(request),
        "responses": {
            "200": {
                "description": "The answer; events where it is streamed.",
                "content": {JSON: {"schema": reference(response)}, EVENTS: {}},
            },
            "202": _told("A task, where one was asked for.", "Task"),
            **_errors(*_ERRORS),
        },
    }


def _count(request: str, response: str, vendor: str) -> Operation:
    return {
        "summary": f"{vendor}: how many tokens a request has",
        "tags": [vendor],
        "requestBody": _body(request),
        "responses": {
            "200": _told("The number; the header `x-token-count` says who counted.", response),
            **_errors("400", "401", "404", "413", "415", "429"),
        },
    }


def _get(summary: str, response: str, tag: str, *parameters: dict[str, Any]) -> Operation:
    return {
        "summary": summary,
        "tags": [tag],
        "parameters": list(parameters),
        "responses": {"200": _told(summary, response), **_errors(*_OF_READING)},
    }


def _cancel() -> Operation:
    return {
        "summary": "Call a task off.",
        "tags": ["Tasks"],
        "parameters": [_path("id")],
        "requestBody": {"content": {JSON: {"schema": {"type": "object"}}}},
        "responses": {"200": _told("The task.", "Task"), **_errors(*_OF_READING, "413", "415")},
    }


def _model_post(operation: Operation) -> dict[str, Any]:
    parameters = [_path("model"), *operation.get("parameters", [])]
    return {"post": {**operation, "parameters": parameters}}


def _path(name: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _filters() -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": 100}
    return [
        {"name": "status", "in": "query", "schema": reference("TaskStatus")},
        {"name": "model", "in": "query", "schema": {"type": "string"}},
        {"name": "after", "in": "query", "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": limit},
    ]


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {JSON: {"schema": reference(name)}}}


def _told(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": reference(name)}}}


def _errors(*statuses: str) -> dict[str, Any]:
    told = {status: _told(_ERRORS[status], "Error") for status in statuses}
    return told | ({"529": told["503"]} if "503" in told else {})
