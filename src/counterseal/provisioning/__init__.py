"""AWS policies as values: which calls the product makes, and what each of its roles may do."""
