"""The steps in their order: ``v0001_collections.py`` has the revision ``0001``."""
