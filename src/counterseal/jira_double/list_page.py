"""The page of all tickets, and the making of one."""

from html import escape

from counterseal.jira_double.layout import Frame, badge, form, section, time
from counterseal.jira_double.model import Issue
from counterseal.jira_double.site import Site


def list_page(site: Site, frame: Frame) -> str:
    """Return the inner part of the page: what was asked for last comes first."""
    issues = sorted(site.issues.values(), key=lambda it: it.created, reverse=True)
    rows = "".join(_row(it, frame) for it in issues)
    shown = f'<ul class="rows">{rows}</ul>' if rows else "<p>There is none yet.</p>"
    return f"<h1>Tickets</h1>{shown}{section('make', 'Create a ticket', _maker(site, frame))}"


def _row(issue: Issue, frame: Frame) -> str:
    link = frame.to(f"/browse/{issue.issue_key}")
    return (
        f'<li><span class="key">{escape(issue.issue_key)}</span>'
        f'<span class="what"><a href="{link}">{escape(str(issue.fields["summary"]))}</a></span>'
        f"<span>{badge(issue.status)}</span>"
        f'<span class="small">{escape(issue.reporter.display_name)}, {time(issue.created)}</span></li>'
    )


def _maker(site: Site, frame: Frame) -> str:
    if not frame.viewer:
        return "<p>Choose above who you are: somebody has to ask for it.</p>"
    projects = "".join(f'<option value="{it.project_key}">{escape(it.name)}</option>' for it in site.projects.values())
    return form(
        "/create",
        f'<label for="project">Project</label><select id="project" name="project">{projects}</select>'
        '<label for="summary">Summary</label><input id="summary" name="summary" required>'
        "<button>Create</button>",
        frame,
        "grid",
    )
