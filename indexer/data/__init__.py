"""Word lists and tables that the library reads; each file says at its top what it holds."""
