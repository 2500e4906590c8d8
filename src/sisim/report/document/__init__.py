"""The decision document: what lies on the committee's table, and the workbook beside it."""
