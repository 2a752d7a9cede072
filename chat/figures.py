"""The receipt in words: the line under an answer, and the sections of the dialog."""

from __future__ import annotations

import json
from typing import Any

from chat.models import ApiCall, Tally, Turn
from chat.receipts import Row, Section

LABELS = {
    "max_output_tokens": "Max output tokens",
    "top_p": "Top P",
    "top_k": "Top K",
    "json_schema": "JSON schema",
    "extra": "Extra JSON",
}
DIALECTS = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google"}
STATES = {
    "completed": "Completed",
    "stopped": "Stopped: what had arrived is kept",
    "cancelled": "Cancelled by the program",
    "failed": "Failed",
    "refused": "Refused: nobody was asked",
    "interrupted": "Interrupted before the end",
    "running": "Running",
    "queued": "Waiting",
}


def figures(turn: Turn) -> list[tuple[str, str]]:
    """`(value, unit)` pairs of the line under an answer; what is unknown is left out."""
    answered = turn.receipt.get("answered")
    if not answered:
        return []
    pairs: list[tuple[str, str]] = []
    if answered["first_token_ms"] is not None:
        pairs.append((seconds(answered["first_token_ms"]), "to first token"))
    if answered["tokens_per_second"]:
        pairs.append((f"{answered['tokens_per_second']:,.0f}", "tok/s"))
    about = "≈ " if answered["usage"]["is_estimated"] else ""
    pairs.append((f"{about}{answered['usage']['input_tokens']:,}", "in"))
    pairs.append((f"{about}{answered['usage']['output_tokens']:,}", "out"))
    pairs.append((cost_text(turn), ""))
    if answered["finish_reason"] and turn.state == "completed":
        pairs.append(("", answered["finish_reason"]))
    return pairs


def sections(turn: Turn | ApiCall | Tally) -> list[Section]:
    """The receipt as titled rows: asked, sent, answered, charged. A call of a program has one too,
    and it reads the same."""
    receipt = turn.receipt
    found = [Section("Asked", _asked(turn, receipt))]
    if "sent" in receipt:
        found.append(Section("Sent", _sent(receipt["sent"])))
    if "answered" in receipt:
        found.append(Section("Answered", _answered(turn, receipt["answered"])))
    if "charged" in receipt:
        found.append(Section("Charged", _charged(turn, receipt["charged"])))
    return found


def cost_text(turn: Turn | ApiCall | Tally) -> str:
    if turn.cost is None:
        return "cost unknown"
    return dollars(float(turn.cost))


def dollars(amount: float) -> str:
    """Two significant digits below a cent, so that small sums do not look like nothing."""
    if amount == 0:
        return "$0"
    if amount >= 0.01:
        return f"${amount:,.2f}"
    return f"${amount:.2g}" if amount >= 0.0001 else f"${amount:.7f}".rstrip("0")


def seconds(milliseconds: int) -> str:
    if milliseconds < 100:
        return f"{milliseconds} ms"
    digits = 2 if milliseconds < 10_000 else 1
    return f"{milliseconds / 1000:.{digits}f} s"


def _asked(turn: Turn | ApiCall | Tally, receipt: dict[str, Any]) -> tuple[Row, ...]:
    rows = [Row("Model", receipt["asked"]["model"])]
    if isinstance(turn, ApiCall):
        rows += _program(turn)
    else:
        rows.append(Row("System message", receipt["asked"]["system"] or "none"))
        rows += _continued(receipt["asked"].get("continues"))
    rows.append(Row("At", f"{turn.created_at:%Y-%m-%d %H:%M:%S} UTC"))
    if "answered" not in receipt:
        rows.append(_state(turn))
    return tuple(rows)


def _continued(told: dict[str, Any] | None) -> list[Row]:
    if not told:
        return []
    version = f"version {told['version']:,} of the answer"
    if told["way"] == "prefill":
        characters = told.get("characters", 0)
        return [Row("Continues", version, f"Prefilled with its {characters:,} characters.")]
    note = f"Asked for the rest by a message: {told.get('reason', 'nobody knows why')}."
    return [Row("Continues", version, note)]


def _program(call: ApiCall) -> list[Row]:
    way = "as a task" if call.is_task else "streamed" if call.is_streamed else "not streamed"
    return [
        Row("Key", str(call.key or "not there any more")),
        Row("Format", DIALECTS[call.dialect], way),
        Row("Id of the request", call.request_id),
    ]


def _state(turn: Turn | ApiCall | Tally) -> Row:
    return Row("State", STATES[turn.state], (turn.failure or {}).get("message", ""))


def _sent(sent: dict[str, Any]) -> tuple[Row, ...]:
    messages = sent["messages"]
    rows = [
        Row("Endpoint", sent["endpoint_label"], f"{DIALECTS[sent['dialect']]} dialect"),
        Row("Model id", sent["model"]),
        _messages(messages),
    ]
    for file in messages.get("files", ()):
        if isinstance(file, str):
            rows.append(Row("Files", file))
            continue
        note = f"{file['media_type']}, SHA-256 {file.get('sha256', '')[:12]}…"
        rows.append(Row("File", file.get("name") or "without a name", note))
    for outcome in sent["parameters"]:
        if isinstance(outcome, str):  # of very many, the rest is only counted
            rows.append(Row("Parameters", outcome))
            continue
        note = outcome["reason"] or ""
        if outcome["sent_as"] and outcome["sent_as"] != outcome["name"]:
            note = f"as {outcome['sent_as']}. {note}".strip()
        rows.append(Row(label(outcome["name"]), value_text(outcome["value"]), _fate(outcome, note)))
    if omitted := sent["omitted"]:
        names = ", ".join(label(name) for name in omitted)
        rows.append(Row("Not sent", names, "The model's own defaults applied."))
    return tuple(rows)


def _messages(messages: dict[str, Any]) -> Row:
    if not messages["sha256"]:
        return Row("Messages", "not known", "The export did not say what was sent.")
    return Row("Messages", f"{messages['count']:,}", f"SHA-256 {messages['sha256'][:12]}…")


def _answered(turn: Turn | ApiCall | Tally, answered: dict[str, Any]) -> tuple[Row, ...]:
    usage = answered["usage"]
    note = "estimated: the provider did not count" if usage["is_estimated"] else ""
    cached, thought = (
        "; ".join(filter(None, (f"{of:,} of them {what}" if of else "", note)))
        for of, what in (
            (usage["cache_read_tokens"], "cached"),
            (usage["reasoning_tokens"], "thinking"),
        )
    )
    rows = [
        _state(turn),
        Row("Model", answered["model"] or "not named by the provider"),
        Row("Finish reason", answered["finish_reason"] or "none given"),
        Row("Input", f"{usage['input_tokens']:,} tokens", cached),
        Row("Output", f"{usage['output_tokens']:,} tokens", thought),
    ]
    if answered["first_token_ms"] is not None:
        rows.append(Row("First token after", seconds(answered["first_token_ms"])))
    rows.append(Row("Whole answer after", seconds(answered["total_ms"])))
    if answered["tokens_per_second"]:
        rows.append(Row("Speed", f"{answered['tokens_per_second']:,} tokens/s"))
    for fallback in answered.get("fallbacks", ()):
        rows.append(Row("Asked first", fallback["endpoint_label"], fallback["message"]))
    for retry in answered["retries"]:
        waited = f"after {retry['waited_seconds']:.1f} s"
        rows.append(Row("Retried", waited, f"{retry['code']} {retry['status'] or ''}".strip()))
    for name, field in (("Request id", "request_id"), ("Response id", "response_id")):
        if answered[field]:
            rows.append(Row(name, answered[field]))
    return tuple(rows)


def _charged(turn: Turn | ApiCall | Tally, charged: dict[str, Any]) -> tuple[Row, ...]:
    amount, currency = charged.get("cost"), charged.get("currency")
    is_foreign = amount is not None and currency != "USD"
    cost = f"{amount} {currency}" if is_foreign else cost_text(turn)
    rows = [Row("Cost", cost, charged.get("reason", ""))]
    if rates := charged.get("rates"):
        listed = ", ".join(f"{label(name).lower()} {rate}" for name, rate in rates.items())
        rows.append(Row("Rates", listed, f"{currency} per million tokens"))
        note = f"{charged['source']}, as of {charged['as_of']}"
        rows.append(Row("Price table", charged["price_table"], note))
    return tuple(rows)


def label(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _fate(outcome: dict[str, Any], note: str) -> str:
    return note if outcome["fate"] == "sent" else f"{outcome['fate']}. {note}".strip()


def value_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
