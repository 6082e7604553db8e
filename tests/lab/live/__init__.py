"""The live laboratory: pages, servers, browsers, and the comparison (live.py runs it)."""
