"""What goes in and out over HTTP, as documented in OpenAPI."""
