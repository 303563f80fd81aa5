"""Every refusal this server can answer with: its code and the HTTP statuses it comes with.

The words of a code (``refused.<code>.title`` and ``.detail``) are in ``queue_server/words``. A test reads the source and fails
when a code is raised there that does not stand here, or the other way round.
"""

from __future__ import annotations

CODES: dict[str, tuple[int, ...]] = {
    # who asks
    "not-signed-in": (401,),
    "bad-token": (401,),
    "wrong-role": (403,),
    "wrong-origin": (403,),
    "wrong-ticket-key": (403, 404),
    "not-your-counter": (403,),
    "not-yourself": (403,),
    # tickets
    "hall-closed": (409,),
    "nothing-asked": (422,),
    "too-much-asked": (422,),
    "unknown-service": (422,),
    "unknown-package": (422,),
    "unknown-class": (422,),
    "kind-without-queue": (422,),
    "ticket-exists": (409,),
    "unknown-ticket": (404,),
    "ticket-not-waiting": (409,),
    "ticket-not-called": (409,),
    "ticket-not-serving": (409,),
    "ticket-not-held": (409,),
    "ticket-not-missed": (409,),
    "ticket-elsewhere": (409,),
    "ticket-open": (409,),
    "no-ticket": (409,),
    "call-limit": (409,),
    "too-early": (409,),
    "reason-missing": (422,),
    "bad-quantity": (422,),
    "one-target": (422,),
    # counters
    "unknown-counter": (404, 422),
    "counter-closed": (409,),
    "counter-paused": (409,),
    "counter-open": (409,),
    "counter-taken": (409,),
    "counter-leased": (409,),
    "clerk-elsewhere": (409,),
    "bad-clerk": (422,),
    "bad-minutes": (422,),
    "unknown-skill": (422,),
    "serves-nothing": (422,),
    # notices, set-up, views, paper
    "bad-notice": (422,),
    "unknown-notice": (404,),
    "too-many-notices": (409,),
    "unknown-zone": (404, 422),
    "still-needed": (409,),
    "unknown-view": (404,),
    "bad-paper": (422,),
    "font-missing": (503,),
    "bad-speed": (422,),
    # requests
    "unknown-hall": (404,),
    "not-found": (404,),
    "method-not-allowed": (405,),
    "bad-request": (400,),
    "bad-json": (400,),
    "bad-body": (422,),
    "body-too-large": (413,),
    "bad-limit": (422,),
    "bad-key": (422,),
    "key-reused": (422,),
    "note-too-long": (422,),
    "too-many-requests": (429,),
    "too-many-sockets": (429,),
    # the server
    "not-ready": (503,),
    "too-busy": (503,),
    "store-failed": (503,),
    "server-error": (500,),
}
