"""Jira: the wing that asks it, listens to it and answers it, on Cloud and on Data Center."""

__all__: list[str] = []
