"""What Jira holds and the notary issued, read: tickets, people, policy, counterseals."""
