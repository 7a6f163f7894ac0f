"""A Jira on this machine, Cloud or Data Center, over one state: a stateful double with faults on demand.

It rests on the standard library alone, and is the Jira of `counterseal up --demo` and of the tests. Nobody else imports
it (docs/decisions/0038-a-double-that-ships.md). It listens on 127.0.0.1, and its webhooks go nowhere else.

    with JiraDouble("cloud", clock=clock) as double:
        issue = double.create_issue("OPS", {world.SECRET: "prod/db"})       # OPS has approvals, SEC has none
        double.request_approval(issue, world.BOB)
        double.approve(issue, by=world.BOB)                                 # who asks our client: double.token(person)
        with double.inject(faults.throttled(5), "*/search*", times=1):      # faults: one for each way to go wrong
            ...
        double.hooks.holds = True                                           # webhooks wait for double.hooks.deliver()
        assert "canary" not in double.everything_said()

Shapes are as Atlassian documents them. What is only remembered is marked [R] where it stands.
"""
