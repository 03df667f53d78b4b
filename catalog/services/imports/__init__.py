"""Taking a catalogue file into the shop: read, validate row by row, write in batches."""

from catalog.services.imports.error_report import ErrorReport
from catalog.services.imports.refusals import Flaw, Refusal
from catalog.services.imports.running import ImportRunning, Listener, import_catalog
from catalog.services.imports.sources import (
    Format,
    Source,
    UnreadableSource,
    open_source,
    source_of,
)
from catalog.services.imports.summaries import ImportSummary

__all__ = [
    "ErrorReport",
    "Flaw",
    "Format",
    "ImportRunning",
    "ImportSummary",
    "Listener",
    "Refusal",
    "Source",
    "UnreadableSource",
    "import_catalog",
    "open_source",
    "source_of",
]
