"""What counterseals are checked against on this machine, asked for again and again."""

from contextlib import closing
from pathlib import Path

from tests.sns import NOW

from counterseal.assembly.anchors import EvidenceHere
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.notaries import make_notary_key
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock
from counterseal.correlation.judging.proof import Evidence


def test_it_is_read_again_once_something_has_changed(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path / "state")
    with closing(open_ledger(settings, FixedClock(NOW))) as ledger:
        here = EvidenceHere(ledger, settings, Evidence())
        assert here.now().keys is None

        key_id = make_notary_key(settings, beside_others=False)
        known = here.now()

        assert known.keys is not None
        assert known.keys.knows(key_id)
        assert here.now() is known
