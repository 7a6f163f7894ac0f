"""Alerts on their way out: kept until each receiver has taken them."""
