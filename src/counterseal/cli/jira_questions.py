"""What `counterseal jira connect` asks: each question has an option that answers it beforehand."""

from counterseal.cli.asking import Question

URL = Question("URL", "The address of Jira")
EMAIL = Question("--email", "The e-mail address of the user whose token it is")
CLOUD_ID = Question("--cloud-id", "The cloud id, for a token with scopes", "none")
TOKEN = Question(
    "--token", "The variable that holds the token, or a reference such as aws-sm://eu-west-1/jira", "JIRA_TOKEN"
)
EXPIRES = Question("--token-expires", "The day on which the token expires, as Jira named it", "none")
APP = Question("--oauth-client-id", "The client id of the app")
APP_SECRET = Question("--oauth-client-secret-env", "The variable that holds the app's secret", "JIRA_OAUTH_SECRET")
FIRST = Question("--refresh-token-env", "The variable that holds the first refresh token, for this once")
PROJECTS = Question("--projects", "The keys of the projects whose tickets approve changes, separated by commas")
WEBHOOK = Question("--webhook", "Where Jira reaches our server, such as https://audit.example", "none")
SECRET = Question("--webhook-secret-env", "The variable that holds the webhook's secret", "JIRA_WEBHOOK_SECRET")
INSTALL = Question("--install-webhook", "Make the webhook in Jira now, yes or no", "no")
ANSWERS = Question("--answers", "Tell tickets what was found, by a link and a property, yes or no", "no")
WRITE = Question("--yes", "Write this, yes or no")
