"""The programs that take turns, each in the environment that it needs; of the harness they import the loop alone."""
