"""One call of a program, from its place in the ledger to its receipt. Beside `turns`, for callers
who hold the connection themselves.

    call = await place(key, request, dialect="openai", request_id=…)
    async with call:
        await call.open()                  # raises ModelError while a status can still be chosen
        async for event in call: …         # raises ModelError after what came before it
"""

from chat.calls.call import Call, drain
from chat.calls.placing import place

__all__ = ["Call", "drain", "place"]
