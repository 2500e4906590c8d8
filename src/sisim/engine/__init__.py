"""The engine: people, events and resource units, month by month, in every arm at once."""
