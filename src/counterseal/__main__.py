"""`python -m counterseal` is the command `counterseal`."""

from counterseal.cli.main import main

raise SystemExit(main())
