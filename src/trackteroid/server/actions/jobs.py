"""The action `delayed_job`: what the original's server does on its own time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from trackteroid.server.actions.answers import answer
from trackteroid.server.actions.payload import Payload
from trackteroid.server.auth.permissions import require_administrator
from trackteroid.server.core.failures import ValidationError
from trackteroid.server.core.request import Request
from trackteroid.server.core.unit_of_work import unit_of_work
from trackteroid.server.core.values import shown
from trackteroid.server.rules import create_row

#: The types of jobs, and why each fails here.
_JOBS: Final[Mapping[str, str]] = {
    "SYNC_USERS_LDAP": "No users were synchronised: this server is not connected to an LDAP directory.",
}


def delayed_job(request: Request, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Make a `Job` of the type `job_type`; the only one, `SYNC_USERS_LDAP`, fails at once, as there is no directory.

    Raises:
        PermissionError_: The caller is no administrator.
        ValidationError: There is no such type of job.
    """
    require_administrator(request, "start jobs of the server")
    job_type = operation.get("job_type")
    if job_type not in tuple(_JOBS):
        raise ValidationError(f"There is no type of job {shown(job_type)}; there is {', '.join(_JOBS)}.")
    uow = unit_of_work(request)
    values = {"type": job_type, "status": "failed", "data": json.dumps({"description": _JOBS[job_type]})}
    job = create_row(uow, uow.type("Job"), values)
    return {"action": "delayed_job", "data": answer(uow, job, job.type.stored(), Payload())}
