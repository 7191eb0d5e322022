"""What `eco doctor` found, as the contract's JSON."""

from typing import TYPE_CHECKING, Any

from ecocli.contract import configuration
from ecocli.core.dates import iso
from ecocli.core.zones import zone_name

if TYPE_CHECKING:
    from ecocli.doctor.examination import Examination
    from ecocli.doctor.finding import Finding
    from ecocli.doctor.places import Place
    from ecocli.imports.waiting import Waiting


def body(found: "Examination") -> dict[str, Any]:
    store = found.state
    return {
        "status": "problems" if found.problems else "well",
        "problems": list(map(_finding, found.problems)),
        "notes": [_finding(each) for each in found.findings if each not in found.problems],
        "places": list(map(_place, found.places)),
        "store": {
            "sizeBytes": store.size_bytes,
            "schemaVersion": store.version,
            "calls": store.calls,
            "lastRecordedTime": _time(store.recorded_at_ms),
            "lastCallTime": _time(store.started_at_ms),
        },
        "settings": list(map(configuration.row, found.settings)),
        "logs": list(map(_logs, found.logs)),
        "clock": {"time": iso(found.now_ms), "timeZone": found.zone and zone_name(found.zone)},
        "versions": dict(found.versions),
    }


def _time(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def _finding(each: "Finding") -> dict[str, Any]:
    return {"code": each.code, "message": each.message, "mend": each.mend, "exitCode": each.exit_code}


def _place(place: "Place") -> dict[str, Any]:
    return {
        "what": place.what,
        "path": str(place.path),
        "exists": place.exists,
        "writable": place.can_write,
        "link": None if place.link is None else str(place.link),
        "fileSystem": place.file_system,
    }


def _logs(waits: "Waiting") -> dict[str, Any]:
    return {
        "source": waits.source,
        "places": list(map(str, waits.places)),
        "files": waits.files,
        "newFiles": waits.new_files,
        "newBytes": waits.new_bytes,
    }
