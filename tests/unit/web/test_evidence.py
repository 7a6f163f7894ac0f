"""Evidence as a file that stands alone: the same content as the page, loading nothing."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from tests.unit.web.conftest import TICKET
from tests.unit.web.dossiers import chain, seal
from tests.unit.web.fake_reports import NOON, finding, waived

from counterseal.control.evidence import Dossier
from counterseal.web.evidence import asked_about, evidence_document, evidence_of


@pytest.fixture
def document() -> str:
    row = finding(time=NOON, signals="", basis="", ticket="OPS-105", recorded_at=NOON, actor_via="")
    told = evidence_of(row, [row], Dossier(TICKET, seal(NOON), chain()), waived())
    return evidence_document(told, written_at=NOON)


def test_it_says_everything_that_the_page_says(document: str) -> None:
    headings = re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', document)

    assert headings == [
        "In the order of time", "What AWS recorded", "Counterseal", "Verdicts so far", "Who asked, who approved",
        "Witnesses", "Place in the ledger", "Check it by hand",
    ]  # fmt: skip
    assert "<strong>Waived</strong> by cleo" in document
    assert "<details open>" in document


def test_it_loads_nothing_and_links_to_nothing(document: str) -> None:
    assert re.search(r"<script|<link|<img|<a |url\(|@import|http(?!-equiv)s?:", document) is None


def test_its_policy_allows_its_own_style_and_nothing_else(document: str) -> None:
    style = re.search(r"<style>(.*)</style>", document, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', document)

    assert style is not None
    assert policy is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy[1].replace("&#39;", "'").startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_what_a_sweep_found_has_no_event_no_ticket_and_no_witness() -> None:
    told = {"verdict": "untracked-version", "event": "", "event_id": "sweep:1", "actor_name": "", "actor_arn": ""}
    row = finding(time=NOON, signals="", basis="", ticket="", recorded_at=NOON, actor_via="", **told)
    document = evidence_document(evidence_of(row, [row], Dossier(), None), written_at=NOON)

    assert re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', document) == [
        "What AWS holds", "Verdicts so far", "Place in the ledger"
    ]  # fmt: skip
    assert "Evidence: Untracked version on shop/prod/database" in document
    assert "Evidence of one finding" in document


def test_names_from_outside_are_text_in_it() -> None:
    row = finding(time=NOON, secret_name="<img src=x>", signals="", basis="", ticket="", recorded_at=NOON, actor_via="")
    document = evidence_document(evidence_of(row, [row], Dossier(), None), written_at=NOON)

    assert "<img" not in document
    assert "No checkpoint covers this entry yet" in document
    assert "counterseal up" not in document


def test_the_ledger_is_asked_about_the_entry_of_the_finding() -> None:
    assert asked_about(finding(ticket="OPS-1")) == ("OPS-1", "0d9f0a3e-3f0e-4a43-8f3c-2b1d6f1f0a11", "audit", 7)
