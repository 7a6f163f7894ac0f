"""`counterseal jira connect`: from nothing to settings that work, on both flavours, with and without a terminal."""

import fcntl
import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.command import SOURCE, counterseal
from tests.journeys.gated_change import Ended

from counterseal.assembly.settings import load_settings
from counterseal.jira_double import faults, world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour

pytestmark = pytest.mark.enable_socket

BEFORE = "# ours\n[policy]\napproved_statuses = ['Approved'] # plain\n"
CLOUD = ["--email", "robot@example.com", "--cloud-id", "none"]
FIELDS = """\
[policy.jira_fields]
secrets = "Secret"
operations = "Operation"
account = "AWS account"
region = "AWS region"
executors = "Executors"
window_from = "Change start"
window_to = "Change end"
emergency = "Emergency since"
"""


@pytest.fixture(params=list(Flavour))
def double(request: pytest.FixtureRequest) -> Iterator[JiraDouble]:
    with JiraDouble(request.param) as made:
        made.approved_issue("OPS", {world.SECRET: "db/password"})
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "counterseal.toml"
    file.write_text(BEFORE)
    return file


def options(double: JiraDouble, **changed: str) -> list[str]:
    """Return an answer to every question; `changed` gives others, and "" leaves one out."""
    given = {
        "token": "JIRA_TOKEN",
        "token-expires": "2999-01-31",
        "projects": "OPS,SEC",
        "field": "suggested",
        "webhook": "none",
        "answers": "no",
    }
    given |= {name.replace("_", "-"): it for name, it in changed.items()}
    told = [part for name, it in given.items() if it for part in (f"--{name}", it)]
    return [double.url, *(CLOUD if double.flavour is Flavour.CLOUD else []), *told]


def connect(double: JiraDouble, file: Path, *arguments: str, **environment: str) -> Ended:
    token = environment.get("JIRA_TOKEN", double.token())
    state = {"COUNTERSEAL_STATE_DIRECTORY": str(file.parent / "state")}
    done = counterseal(
        "jira",
        "connect",
        *arguments,
        folder=file.parent,
        environment={"JIRA_TOKEN": token, "JIRA_WEBHOOK_SECRET": "canary-of-the-hook", **state, **environment},
    )
    ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    said = ended.shown + ended.said + "".join(it.read_text() for it in file.parent.glob("counterseal.toml*"))
    assert not token or token not in said
    assert "canary-of-the-hook" not in said
    return ended


def written(double: JiraDouble) -> str:
    is_cloud = double.flavour is Flavour.CLOUD
    email = 'email = "robot@example.com"\n' if is_cloud else ""
    return (
        f'[jira]\nurl = "{double.url}"\nflavour = "{double.flavour}"\n{email}token_env = "JIRA_TOKEN"\n'
        f'token_expires = "2999-01-31"\nprojects = ["OPS", "SEC"]\n'
    )


# ------------------------------------------------------------------ without a terminal
def test_settings_are_written_that_the_doctor_finds_nothing_wrong_with(double: JiraDouble, file: Path) -> None:
    done = connect(double, file, *options(double), "--yes")
    token = {"JIRA_TOKEN": double.token(), "COUNTERSEAL_STATE_DIRECTORY": str(file.parent / "state")}
    looked = counterseal("doctor", "jira", folder=file.parent, environment=token)

    assert (done.status, done.said) == (0, ""), done.said
    assert file.read_text() == f"{BEFORE}\n{written(double)}\n{FIELDS}"
    assert (file.parent / "counterseal.toml.before-1").read_text() == BEFORE
    assert looked.returncode == 0, looked.stdout.decode()
    kind = "Cloud" if double.flavour is Flavour.CLOUD else "Data Center"
    for said in (
        f"✓ {double.url} answers: Jira {kind}",
        "✓ Jira knows the token as Robot Example",
        "✓ OPS: its tickets are shown to us",
        "✓ SEC: is there, and has no ticket that we may see",
        "secrets      which secrets a change is about: Secret (customfield_10050)",
        "is written; as it was before: counterseal.toml.before-1",
        "counterseal doctor jira",
    ):
        assert said in done.shown
    assert ("scopes   none" in done.shown) is (double.flavour is Flavour.CLOUD)


def test_nothing_is_written_without_yes_and_every_question_names_its_option(double: JiraDouble, file: Path) -> None:
    names = ["--token", "--token-expires", "--projects", "--field", "--webhook", "--answers"]
    left_out = [{name[2:].replace("-", "_"): ""} for name in names]
    missing = [connect(double, file, *options(double, **it), "--yes") for it in left_out]
    no_yes, no_url = connect(double, file, *options(double)), connect(double, file, "--yes")

    assert [it.status for it in (*missing, no_yes, no_url)] == [2] * 8
    for name, done in zip([*names, "--yes", "URL"], [*missing, no_yes, no_url], strict=True):
        assert f"error: {name} is not given, and there is no terminal to ask at" in done.said
    assert file.read_text() == BEFORE


def test_tables_that_are_there_are_replaced_only_on_request(double: JiraDouble, file: Path) -> None:
    file.write_text('[jira]\nurl = "https://old.example"\ncomments = true\n\n# up\n[up]\n')
    refused = connect(double, file, *options(double), "--yes")
    same = file.read_text()
    done = connect(double, file, *options(double), "--yes", "--replace")
    again = connect(double, file, *options(double), "--yes")

    assert refused.status == 9
    assert '-url = "https://old.example"' in refused.shown
    assert f'+url = "{double.url}"' in refused.shown
    assert "--replace replaces them" in refused.said
    assert same.startswith('[jira]\nurl = "https://old.example"\n')
    assert (done.status, again.status) == (0, 0)
    assert file.read_text() == f"{written(double)}comments = true\n\n# up\n[up]\n\n{FIELDS}"
    assert "says so already; it was not touched" in again.shown
    assert [it.name for it in file.parent.glob("*.before-*")] == ["counterseal.toml.before-1"]


def test_fields_are_chosen_by_their_words(double: JiraDouble, file: Path) -> None:
    words = ["--field", "operations=customfield_10051", "--field", "emergency=none"]
    done = connect(double, file, *options(double, field="secrets=Secret"), *words, "--yes")

    assert done.status == 0, done.said
    assert file.read_text().endswith('[policy.jira_fields]\nsecrets = "Secret"\noperations = "customfield_10051"\n')


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"field": "secrets=Secrt"}, 13, "did you mean 'Secret'?"),
        ({"field": "secrets=Secret"}, 2, "--field operations=… is not given"),
        ({"field": "secret"}, 2, "is not WORD=FIELD"),
        ({"field": "colour=Secret"}, 2, "no field holds 'colour' for us"),
        ({"projects": "NONE"}, 9, "there is no project 'NONE', or it is not shown to us"),
        ({"projects": "ops"}, 13, "'ops' is no key of a project"),
        ({"projects": ","}, 2, "no project is named"),
        ({"token_expires": "soon"}, 13, "'soon' is no day"),
        ({"token": "OTHER"}, 13, "the variable 'OTHER', which should hold the token of Jira, is not set"),
        ({"token": "a-token-in-the-wrong-place"}, 13, "jira.token is no reference"),
        ({"webhook": "http://audit.example"}, 9, "is no https address"),
        ({"answers": "perhaps"}, 2, "is neither yes nor no"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_what_to_do(
    double: JiraDouble, file: Path, changed: dict[str, str], status: int, said: str
) -> None:
    done = connect(double, file, *options(double, **changed), "--yes")

    assert (done.status, said in done.said) == (status, True), done.said
    assert "a-token-in-the-wrong-place" not in done.said
    assert file.read_text() == BEFORE


def test_a_dead_token_and_a_page_in_jiras_place_are_kept_apart(double: JiraDouble, file: Path) -> None:
    dead = connect(double, file, *options(double), "--yes", JIRA_TOKEN="canary-of-a-dead-token")
    with double.inject(faults.proxy_page()):
        page = connect(double, file, *options(double), "--yes")
    with double.down():
        down = connect(double, file, *options(double), "--yes")

    assert (dead.status, "does not know the token" in dead.said) == (6, True), dead.said
    assert (page.status, "was answered with a page" in page.said) == (7, True), page.said
    assert (down.status, "did not answer" in down.said) == (7, True), down.said
    assert file.read_text() == BEFORE


def test_a_token_with_scopes_is_set_up_at_the_gateway(file: Path) -> None:
    with JiraDouble(Flavour.CLOUD) as double:
        token = {"JIRA_TOKEN": double.token(is_scoped=True)}
        gateway = ["--cloud-id", world.CLOUD_ID]
        at_site = connect(double, file, *options(double), "--yes", **token)
        done = connect(double, file, *options(double), *gateway, "--yes", **token)

    assert (at_site.status, done.status) == (6, 0), done.said
    assert f'cloud_id = "{world.CLOUD_ID}"' in file.read_text()


# ------------------------------------------------------------------ the webhook, and answers
HOOK = {"webhook": "https://audit.example", "webhook_secret_env": "JIRA_WEBHOOK_SECRET"}


def test_who_is_no_administrator_is_told_what_one_must_do(double: JiraDouble, file: Path) -> None:
    done = connect(double, file, *options(double, **HOOK, answers="yes"), "--yes")

    assert done.status == 0, done.said
    assert 'webhook_secret_env = ["JIRA_WEBHOOK_SECRET"]\nanswers = true\n' in file.read_text()
    assert "counterseal jira webhook install https://audit.example/hooks/jira" in done.shown
    assert 'JQL      project in ("OPS", "SEC")' in done.shown
    assert "[alerts] link" in done.shown
    assert not double.site.hooks


def test_an_administrator_has_the_webhook_made(double: JiraDouble, file: Path) -> None:
    email = {"email": "admin@example.com"} if double.flavour is Flavour.CLOUD else {}
    answers = options(double, **HOOK, **email)
    unasked = connect(double, file, *answers, "--yes", JIRA_TOKEN=double.token(world.ADMIN))
    made = connect(double, file, *answers, "--install-webhook", "yes", "--yes", JIRA_TOKEN=double.token(world.ADMIN))

    assert "--install-webhook is not given" in unasked.said
    assert made.status == 0, made.said
    assert [it.url for it in double.site.hooks.values()] == ["https://audit.example/hooks/jira"]


def test_who_cannot_tell_whether_they_are_an_administrator_is_taken_for_none(double: JiraDouble, file: Path) -> None:
    with double.inject(faults.gone(), "*/mypermissions"):
        done = connect(double, file, *options(double, **HOOK), "--yes")

    assert (done.status, "an administrator of Jira must make it" in done.shown) == (0, True)


def test_a_webhook_that_jira_does_not_make_is_no_reason_to_lose_the_settings(double: JiraDouble, file: Path) -> None:
    email = {"email": "admin@example.com"} if double.flavour is Flavour.CLOUD else {}
    answers = [*options(double, **HOOK, **email), "--install-webhook", "yes", "--yes"]
    with double.inject(faults.forbidden(), "*/webhook*"):
        done = connect(double, file, *answers, JIRA_TOKEN=double.token(world.ADMIN))

    assert (done.status, "warning: the webhook was not made" in done.said) == (0, True)
    assert "an administrator of Jira must make it" in done.shown
    assert load_settings(file, environment={"HOME": "/"}).jira.projects == ("OPS", "SEC")


# ------------------------------------------------------------------ at a terminal
class Typist:
    """Somebody at a terminal: waits for each question, and types an answer."""

    def __init__(self, file: Path, *arguments: str) -> None:
        self._master, there = os.openpty()
        state = str(file.parent / "state")
        self.program = subprocess.Popen(
            [sys.executable, "-m", "counterseal", "jira", "connect", *arguments],
            cwd=file.parent,
            env={
                **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
                "PYTHONPATH": str(SOURCE),
                "HOME": str(file.parent),
                "COUNTERSEAL_STATE_DIRECTORY": state,
                "NO_COLOR": "1",
            },
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # getpass asks /dev/tty
        )
        os.close(there)
        self.seen = ""
        self._answered = 0

    def answers(self, question: str, answer: str) -> None:
        """Wait for a question, and type."""
        self._read_until(question)
        self._answered = len(self.seen)
        os.write(self._master, f"{answer}\n".encode())

    def ends(self) -> int:
        """Read the rest, and return the exit status."""
        self._read_until(None)
        os.close(self._master)
        return self.program.wait(30)

    def _read_until(self, text: str | None) -> None:
        while text is None or text not in self.seen[self._answered :]:
            try:
                part = os.read(self._master, 65536)
            except OSError:  # the other side has ended
                part = b""
            if not part:
                assert text is None, self.seen
                return
            self.seen += part.decode()


def test_a_person_is_asked_shown_and_asked_again(double: JiraDouble, file: Path) -> None:
    token = double.token()
    typist = Typist(file)
    typist.answers("The address of Jira: ", "https://user:canary-word@jira.example")
    typist.answers("The address of Jira: ", f"{double.url}/browse/OPS-1")
    if double.flavour is Flavour.CLOUD:
        typist.answers("The e-mail address of the user whose token it is: ", world.ROBOT.email)
        typist.answers("for a token with scopes [none]: ", "")
    typist.answers("[JIRA_TOKEN]: ", "")
    typist.answers("(not shown, not kept): ", "canary-of-a-dead-token")
    typist.answers("[JIRA_TOKEN]: ", "")
    typist.answers("(not shown, not kept): ", token)
    typist.answers("[none]: ", "2999-01-31")
    typist.answers("separated by commas: ", "OPS,NONE")
    typist.answers("separated by commas: ", "OPS,SEC")
    typist.answers("The field for secrets: which secrets a change is about [Secret]: ", "")
    typist.answers("The field for operations: what is done to them [Operation]: ", "Operatoin")
    typist.answers("The field for operations: what is done to them [Operation]: ", "")
    for _ in range(6):
        typist.answers("The field for ", "")
    typist.answers("Where Jira reaches our server", "")
    typist.answers("yes or no [no]: ", "")
    typist.answers("Write this, yes or no: ", "yes")

    assert typist.ends() == 0, typist.seen
    assert file.read_text() == f"{BEFORE}\n{written(double)}\n{FIELDS}"
    assert "did you mean 'Operation'?" in typist.seen
    assert "there is no project 'NONE'" in typist.seen
    assert token not in typist.seen
    assert "canary-of-a-dead-token" not in typist.seen


def test_who_says_no_keeps_what_was(double: JiraDouble, file: Path) -> None:
    typist = Typist(file, *options(double, answers="no"))
    typist.answers("(not shown, not kept): ", double.token())
    typist.answers("Write this, yes or no: ", "no")

    assert typist.ends() == 9
    assert "nothing was changed" in typist.seen
    assert file.read_text() == BEFORE


def test_who_leaves_keeps_what_was(file: Path) -> None:
    typist = Typist(file)
    typist.answers("The address of Jira: ", "\x04")

    assert typist.ends() == 2
    assert file.read_text() == BEFORE
