"""What a newcomer should look at in the demonstration: the secret, the verdict it shows, and why it is worth a look."""

from counterseal.correlation.judging.finding import Verdict

GUIDE: tuple[tuple[str, Verdict, str], ...] = (
    ("shop/prod/loyalty-cards", Verdict.UNAPPROVED, "changed, and there is no ticket"),
    ("shop/prod/search-token", Verdict.MISMATCHED, "changed although the ticket was rejected"),
    ("shop/prod/session-signing", Verdict.MISMATCHED, "maya approved what maya did"),
    ("shop/prod/payment-api", Verdict.SILENT_ROLLBACK, "set back to an older version, without a new value"),
    ("shop/prod/mail-relay", Verdict.APPROVED_LATE, "approved 75 minutes after it was done"),
    ("shop/prod/delivery-tracking", Verdict.EMERGENCY_PENDING, "an emergency; its approval has until tomorrow"),
    ("bakery/prod/door-codes", Verdict.UNRECORDED_VERSION, "changed while the trail was stopped for 45 minutes"),
    ("shop/prod/gift-vouchers", Verdict.PROVED, "changed with a counterseal, which proves its approval"),
    ("shop/prod/database", Verdict.INHERITED, "rotated by a program, under the approval of the rotation"),
)
