"""Pictures as data: what is in a chart, where it stands, and two painters of it."""
