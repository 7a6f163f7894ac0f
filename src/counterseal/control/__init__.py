"""What is done about changes: recorded, judged, published."""

from counterseal.control.record import BlindInterval, Outcome, Recorded, record_audit

__all__ = ["BlindInterval", "Outcome", "Recorded", "record_audit"]
