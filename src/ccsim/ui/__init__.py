"""Mesa's page in the browser, and its server."""
