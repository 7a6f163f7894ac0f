"""Side-by-side measurements: ours and its peers take turns in one run, and only ratios are judged."""
