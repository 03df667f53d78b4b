"""Prints what a container of the shop knows: readiness, metrics, and the reports of the others."""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

HOST = sys.argv[1]
REPORTS = pathlib.Path(sys.argv[2])
WANTED = "nexus_invariant_breaches"


def fetch(path: str) -> "tuple[int, str]":
    request = urllib.request.Request("http://127.0.0.1:8000" + path, headers={"Host": HOST})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 – itself
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError as error:
        return 0, str(error)


def report(name: str) -> object:
    try:
        return json.loads((REPORTS / (name + ".json")).read_text())
    except OSError:
        return None
    except ValueError:
        return {"error": "the report cannot be read"}


began = time.monotonic()
status, body = fetch("/health/ready/")
milliseconds = round((time.monotonic() - began) * 1000)
metrics = fetch("/metrics")[1] if status else ""
print(
    json.dumps(
        {
            "reports": {name: report(name) for name in ("backup", "drill", "certificate")},
            "ready": {"status": status, "body": body, "ms": milliseconds},
            "metrics": [line for line in metrics.splitlines() if line.startswith(WANTED)],
        }
    )
)
