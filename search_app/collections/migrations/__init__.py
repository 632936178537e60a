"""How the tables came to be, step by step; run by ``search_app.collections.database`` through Alembic.

One line of steps for all tables, those of the history of ids among them. A step that has been released never changes.
"""
