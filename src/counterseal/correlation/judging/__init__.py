"""Every change joined with what could explain it: verdict, basis, reason, signals."""
