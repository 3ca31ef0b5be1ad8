"""How an artifact that nobody publishes is made, one module a kind."""
