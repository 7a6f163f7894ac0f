"""The web application: pages that never hold a secret value."""

__all__: list[str] = []
