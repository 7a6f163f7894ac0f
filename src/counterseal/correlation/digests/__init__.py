"""CloudTrail's digest chain, checked."""
