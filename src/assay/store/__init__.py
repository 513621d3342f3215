"""Keep and fetch: rows in, frozen values out, always within a tenant scope."""
