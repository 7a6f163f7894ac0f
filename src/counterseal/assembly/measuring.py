"""What is measured: the ledger's reports and the outbox, as one text for Prometheus."""

from collections import Counter

from counterseal.assembly.alerts import open_outbox, outbox_path
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.ledger.interface import Ledger
from counterseal.reports.interface import ReportEngine
from counterseal.reports.metrics import exposition


def metrics_text(ledger: Ledger, reports: ReportEngine, settings: Settings, clock: Clock) -> str:
    """Return the metrics of a ledger, and of the outbox where there is one.

    Raises:
        CountersealError: what the ledger, the reports and the outbox raise.
    """
    waiting = Counter({it.name: 0 for it in settings.alerts})
    if outbox_path(settings).exists():
        with open_outbox(settings) as outbox:
            waiting.update(it.receiver for it in outbox.waiting())
    entries = {stream: ledger.head(stream).position for stream in ledger.streams()}
    return exposition(reports, clock.now().replace(microsecond=0), waiting=waiting, entries=entries)
