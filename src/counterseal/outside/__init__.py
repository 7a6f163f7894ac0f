"""Every other host: only addresses of a fixed form are ever asked."""

__all__: list[str] = []
