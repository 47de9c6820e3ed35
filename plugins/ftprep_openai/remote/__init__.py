"""Connections to services that speak OpenAI's API, over the official client, which is slow to import: `address` alone
does without it."""
